"""Counts over pairs of states and stretches of time, with explicit zeros, and the days on which a series changes.

A happening counts once, however many reports tell of it. What did not take place (plans, ifs, denials) is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from communique.codebook import current
from communique.errors import CallError

__all__ = ["PERIODS", "Count", "change_points", "counts"]

# Rows made into objects at a time.
_ROWS_AT_A_TIME = 10_000
PERIODS = ("day", "week", "month", "quarter", "year")

# Pairs of states that a happening is about; where nobody is acted upon, those who act together are one another's.
_ROWS = """
    WITH
    happened AS (
        SELECT
            h.id, h."events", h.stories,
            -- a promise or threat is made when it is told, whatever day its act is for
            date_trunc('{by}', CASE
                WHEN h.act IS NULL THEN least(h."date", coalesce(TRY_CAST(h.first_reported AS DATE), h."date"))
                ELSE coalesce(TRY_CAST(h.first_reported AS DATE), h."date") END) AS period,
            [x FOR x IN h.actors IF list_contains($states, x)] AS actors,
            [x FOR x IN h.recipients IF list_contains($states, x)] AS recipients,
            len(h.recipients) = 0 AS joint
        FROM happenings AS h
        WHERE h."date" IS NOT NULL AND (h.act IS NOT NULL AND h.status <> 'hypothetical' OR h.status IN ('occurred', 'ongoing'))
    ),
    valued AS (
        SELECT m.happening AS id, mode(e.quad) AS quad, avg(e.intensity) AS intensity
        FROM base.happening_events AS m JOIN events AS e ON e.id = m."event" GROUP BY m.happening
    ),
    sided AS (
        SELECT *, unnest(actors) AS one, CASE WHEN joint THEN actors ELSE recipients END AS others FROM happened
    ),
    pair_counts AS (
        SELECT one, other, period, quad, count(*) AS happenings, sum("events") AS passages, sum(stories) AS stories,
            sum(intensity) AS intensity
        FROM (SELECT *, unnest(others) AS other FROM sided) JOIN valued USING (id)
        WHERE one <> other GROUP BY ALL
    ),
    span AS (
        SELECT date_trunc('{by}', min(TRY_CAST(published AS DATE))) AS first,
            date_trunc('{by}', max(TRY_CAST(published AS DATE))) AS last
        FROM articles
    ),
    periods AS (
        SELECT unnest(generate_series(
            CAST(coalesce(date_trunc('{by}', TRY_CAST($from AS DATE)), first) AS TIMESTAMP),
            CAST(coalesce(TRY_CAST($until AS DATE) - 1, last) AS TIMESTAMP), INTERVAL 1 {by}
        )) AS period FROM span
    ),
    told AS (
        SELECT date_trunc('{by}', TRY_CAST(published AS DATE)) AS period, count(*) AS reports, count(DISTINCT story) AS stories,
            count(DISTINCT outlet) AS outlets
        FROM articles WHERE coded_by IS NOT NULL GROUP BY 1
    ),
    pairs AS (SELECT DISTINCT one, other FROM pair_counts UNION SELECT unnest($ones), unnest($others)),
    wanted AS (SELECT * FROM pairs WHERE len($ones) = 0 OR list_contains($ones, one) AND list_contains($others, other))
    SELECT
        p.one, p.other, CAST(CAST(t.period AS DATE) AS VARCHAR),
        coalesce(sum(c.happenings), 0)::BIGINT, coalesce(sum(c.passages), 0)::BIGINT, coalesce(sum(c.stories), 0)::BIGINT,
        coalesce(sum(c.happenings) FILTER (c.quad = 'verbal cooperation'), 0)::BIGINT,
        coalesce(sum(c.happenings) FILTER (c.quad = 'material cooperation'), 0)::BIGINT,
        coalesce(sum(c.happenings) FILTER (c.quad = 'verbal conflict'), 0)::BIGINT,
        coalesce(sum(c.happenings) FILTER (c.quad = 'material conflict'), 0)::BIGINT,
        round(coalesce(sum(c.intensity), 0), 3)::DOUBLE, coalesce(any_value(d.reports), 0)::BIGINT,
        coalesce(any_value(d.stories), 0)::BIGINT, coalesce(any_value(d.outlets), 0)::BIGINT
    FROM wanted AS p CROSS JOIN periods AS t
    LEFT JOIN pair_counts AS c ON c.one = p.one AND c.other = p.other AND c.period = t.period
    LEFT JOIN told AS d ON d.period = t.period
    GROUP BY p.one, p.other, t.period ORDER BY p.one, p.other, t.period
"""


class Book(Protocol):
    """What is asked of a `store.Record`."""

    @property
    def sql(self) -> Callable[..., Any]: ...


@dataclass(frozen=True, slots=True)
class Count:
    """One state towards another in one period, which begins on the ISO day `period`.

    `happenings`: occurrences, of which four columns tell the quadrant; `events`: passages that tell of them; `stories`: the
    independent sources of each, summed. `intensity`: sum over happenings, -10 (conflict) to 10 (cooperation) each.
    `reports`, `coded_stories`, `outlets`: all that was coded of the period, whatever it is about: what the counts are out
    of.
    """

    one: str
    other: str
    period: str
    happenings: int
    events: int
    stories: int
    verbal_coop: int
    material_coop: int
    verbal_conf: int
    material_conf: int
    intensity: float
    reports: int
    coded_stories: int
    outlets: int


COLUMNS = tuple(f.name for f in fields(Count))


def counts(
    book: Book, by: str, pair: Sequence[str] = (), from_: str | None = None, until: str | None = None
) -> Iterator[Count]:
    """A row for every ordered pair of states that the record names together and every period, zeros too; with `pair`, for
    these two in both directions only. Periods run from that of the first report to that of the last, or within half-open
    days; in a period of which no report was coded, a zero says nothing. Raises `CallError` for other codes or periods."""
    if by not in PERIODS:
        raise CallError(f"{by!r} is no period; there are {', '.join(PERIODS)}")
    states = [row["iso3"] for row in current().rows("countries.csv")]
    codes = [code.upper() for code in pair]
    for code in codes:
        if code not in states:
            raise CallError(f"{code} is no state; pairs are of two ISO3 codes")
    values = {"states": states, "from": from_, "until": until, "ones": codes, "others": codes[::-1]}
    rows = book.sql(_ROWS.format(by=by), values)
    for part in rows.to_arrow_reader(_ROWS_AT_A_TIME):
        yield from (Count(*row.values()) for row in part.to_pylist())


# When a series changes


def change_points(values: Sequence[float]) -> list[int]:
    """Where the rate of a series of counts changes: the indices at which a new stretch begins.

    The stretches are those of least cost, which is minus twice the Poisson likelihood of each stretch with its own rate and
    a penalty of twice the logarithm of the length for every further one (found exactly, by PELT). A constant series has none.
    """
    number = len(values)
    if number < 2:
        return []
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + max(value, 0.0))

    def cost(first: int, last: int) -> float:
        total = sums[last] - sums[first]
        return 2 * (total - total * math.log(total / (last - first))) if total > 0 else 0.0

    penalty = 2 * math.log(number)
    best = [-penalty] + [0.0] * number
    before = [0] * (number + 1)
    candidates = [0]
    for end in range(1, number + 1):
        scored = [(best[start] + cost(start, end) + penalty, start) for start in candidates]
        best[end], before[end] = min(scored)
        candidates = [start for score, start in scored if score - penalty <= best[end]] + [end]
    found = []
    at = before[number]
    while at > 0:
        found.append(at)
        at = before[at]
    return found[::-1]
