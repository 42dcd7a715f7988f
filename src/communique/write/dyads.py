"""`dyad-year`: a row for every ordered pair of states and year, with Correlates of War state numbers.

Counts of events run from the first state to the second. Every pair of states that the record names has a row for every
year with reports in which both were members of the state system, so that a zero is a zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product
from typing import NamedTuple

from communique.errors import CallError
from communique.model import Actor, Event, Party, Tie
from communique.write.codes import Codes, codes
from communique.write.files import Export, table_writer
from communique.write.source import Book, Selection, Told, stretches, told

_QUADS = {
    "verbal cooperation": "verbal_coop",
    "material cooperation": "material_coop",
    "verbal conflict": "verbal_conf",
    "material conflict": "material_conf",
}
_COUNTS = ("events", *_QUADS.values())
_SUMS = ("intensity_sum", "intensity_pos", "intensity_neg")
# Whether there is one in force on some day of the year, and how many there are.
_FLAGS = ("alliance", "relations", "embassy", "base", "sanction", "conflict")
_NUMBERS = ("agreements", "exercises", "dialogues", "memberships")
COLUMNS = ("ccode1", "ccode2", "year", "iso3_1", "iso3_2", *_COUNTS, *_SUMS, *_FLAGS, *_NUMBERS, "reports")
# The column of a kind of tie in which the parties take the same part.
_KINDS = {
    **{kind: kind for kind in ("alliance", "relations", "conflict")},
    **{kind: f"{kind}s" for kind in ("agreement", "exercise", "dialogue")},
}

_YEARS = """
    SELECT left(coalesce(published, anchor_from), 4) AS "year", count(*) FROM articles
    WHERE coalesce(published, anchor_from) IS NOT NULL GROUP BY 1 ORDER BY 1
"""

# Two states and a year, the states by their COW numbers.
Cell = tuple[int, int, int]


class Part(NamedTuple):
    """A state's part in a tie: its role, and the years in which the tie was in force for it."""

    state: str
    role: str | None
    years: set[int]


@dataclass
class Panel:
    """What is known of two states in a year."""

    years: range
    known: Codes
    states: set[str] = field(default_factory=set)
    events: defaultdict[Cell, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    # Column -> the ties, or organisations, that make it up.
    ties: defaultdict[Cell, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    outside: int = 0

    def event(self, event: Event, year: int) -> None:
        """Counts an event once for each pair of states in it; those who act together do so with one another."""
        actors, recipients = self._states(event.actors), self._states(event.recipients)
        found = product(actors, recipients) if event.recipients else permutations(actors, 2)
        # In tenths, because sums of fractions depend on their order.
        intensity = round(10 * (event.intensity or 0))
        for one, other in found:
            if one == other:
                continue
            cell = self._cell(one, other, year)
            if cell is None:
                self.outside += 1
                continue
            counts = self.events[cell]
            counts["events"] += 1
            counts[_QUADS[event.quad]] += 1
            counts["intensity_sum"] += intensity
            counts["intensity_pos" if intensity > 0 else "intensity_neg"] += intensity

    def tie(self, one: str, other: str, column: str, key: str, years: Iterable[int]) -> None:
        for year in years:
            if one != other and (cell := self._cell(one, other, year)):
                self.ties[cell].setdefault(column, set()).add(key)

    def rows(self, reports: Mapping[int, int]) -> Iterator[list[object]]:
        """By the numbers of the states, then by year."""
        in_year = {year: self._members(year) for year in self.years}
        numbers = sorted({number for members in in_year.values() for number in members})
        for one, other in permutations(numbers, 2):
            for year, members in in_year.items():
                if one in members and other in members:
                    head = [one, other, year, members[one], members[other]]
                    yield [*head, *self._values((one, other, year)), reports.get(year, 0)]

    def without_number(self) -> list[str]:
        """The states that were no members of the state system in any of the years."""
        return sorted(s for s in self.states if not any(self.known.cow_in(s, year) for year in self.years))

    def _states(self, actors: Iterable[Actor]) -> list[str]:
        found = list(dict.fromkeys(state for actor in actors if (state := self.known.state(actor))))
        self.states.update(found)
        return found

    def _cell(self, one: str, other: str, year: int) -> Cell | None:
        if year not in self.years:
            return None
        numbers = self.known.cow_in(one, year), self.known.cow_in(other, year)
        return (numbers[0], numbers[1], year) if numbers[0] and numbers[1] else None

    def _members(self, year: int) -> dict[int, str]:
        """COW number -> ISO3 of the states that were members in a year. Of two names for one state (Yugoslavia,
        Serbia), the one that was its own then."""
        found = {}
        for state in sorted(self.states):
            if number := self.known.cow_in(state, year):
                found[number] = state
        return found

    def _values(self, cell: Cell) -> Iterator[object]:
        counts, ties = self.events.get(cell, Counter()), self.ties.get(cell, {})
        yield from (counts[name] for name in _COUNTS)
        yield from (counts[name] / 10 for name in _SUMS)
        yield from (int(name in ties) for name in _FLAGS)
        yield from (len(ties.get(name, ())) for name in _NUMBERS)


def write_dyads(job: Export) -> None:
    """CSV with a header of short lower-case names, as R and Stata take them."""
    reports = {int(year): number for year, number in job.book.sql(_YEARS).fetchall()}
    panel = Panel(_years(job, reports), codes())
    chosen = Selection(job.filters, facts=True)
    _add_events(panel, job.book, chosen)
    _add_ties(panel, job.book.ties())
    with job.text("dyad-year.csv") as file:
        out = table_writer(file)
        out.writerow(COLUMNS)
        out.writerows(panel.rows(reports))
    job.note_left_out(chosen)
    job.note(
        panel.outside,
        f"events of pairs left out: outside the years {panel.years[0]}-{panel.years[-1]} (--from and --until set "
        "others), or one of the two was no state of the COW system then",
    )
    if without := panel.without_number():
        job.notes.append(f"left out, having no COW number in these years: {', '.join(without)}")


def _years(job: Export, reports: Mapping[int, int]) -> range:
    """The years from the first report to the last, or those of `--from` and `--until`."""
    from_, until = job.filters.get("from_"), job.filters.get("until")
    if not reports and not (from_ and until):
        raise CallError("no report has a date, so that there are no years to count by; give --from and --until")
    first = int(from_[:4]) if from_ else min(reports)
    last = _last(until) if until else max(reports)
    if last < first:
        raise CallError(f"no year lies between --from {from_ or first} and --until {until or last}")
    return range(first, last + 1)


def _add_events(panel: Panel, book: Book, chosen: Selection) -> None:
    """Copies of one text are one story, and count once."""
    day: str | None = None
    seen: set[tuple[object, ...]] = set()
    for row in told(book, chosen):
        if row.day != day:
            day, seen = row.day, set()
        key = _same(row)
        if day and key not in seen:
            seen.add(key)
            panel.event(row.event, int(day[:4]))


def _same(row: Told) -> tuple[object, ...]:
    event = row.event
    parties = (tuple(sorted(a.country or a.text for a in side)) for side in (event.actors, event.recipients))
    return (row.report.story, event.type, event.mode, event.act, *parties)


# Ties


def _add_ties(panel: Panel, found: Sequence[Tie]) -> None:
    diplomatic = panel.known.book.toml("ties.toml")["presence"]["diplomatic"]
    members: defaultdict[str, list[Part]] = defaultdict(list)
    for tie in found:
        parts = list(_parts(tie, panel))
        if tie.kind == "membership":
            members[_organisation(tie)] += parts
            continue
        for one, other in permutations(parts, 2):
            if column := _column(tie, one, other, diplomatic):
                panel.tie(one.state, other.state, column, tie.id, one.years & other.years)
    for organisation, those in members.items():
        for one, other in permutations(those, 2):
            panel.tie(one.state, other.state, "memberships", organisation, one.years & other.years)


def _parts(tie: Tie, panel: Panel) -> Iterator[Part]:
    """The states that are parties."""
    for party in tie.parties:
        if state := panel.known.state(party):
            panel.states.add(state)
            yield Part(state, party.role, in_force(tie, party, panel.years))


def _column(tie: Tie, one: Part, other: Part, diplomatic: Sequence[str]) -> str | None:
    """The column in which a tie stands between a first and a second state."""
    roles = (one.role, other.role)
    if tie.kind == "sanction":
        return "sanction" if roles == ("sender", "target") else None
    if tie.kind == "presence":
        what = "embassy" if any(word in (tie.name or "").lower() for word in diplomatic) else "base"
        return what if roles == ("guest", "host") else None
    return _KINDS.get(tie.kind)


def _organisation(tie: Tie) -> str:
    return next((p.entity or p.text for p in tie.parties if p.role == "organisation"), tie.id)


def in_force(tie: Tie, party: Party, years: range) -> set[int]:
    """The years on some day of which a tie was active for a party.

    Where nobody says since when, it counts from the first report of it; an exercise that is over counts in its year.
    """
    found: set[int] = set()
    for stretch in stretches(tie):
        held = tie.kind == "exercise" and stretch.status == "ended"
        from_ = stretch.from_ or stretch.told
        if from_ is None or not (held or stretch.status == "active"):
            continue
        first = int(max(from_, party.from_ or from_)[:4])
        ends = [_last(day) for day in (stretch.until, party.until) if day]
        last = first if held else min([*ends, years[-1]])
        found |= {year for year in years if first <= year <= last}
    return found


def _last(until: str) -> int:
    """The last year before a day."""
    return int(until[:4]) - (until[4:] == "-01-01")
