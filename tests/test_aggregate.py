"""Counts with their zeros and denominators, the days on which a series changes, and networks of a day."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from typer.testing import CliRunner

from communique import Coder
from communique.aggregate import COLUMNS, change_points, counts
from communique.cli import app
from communique.errors import CallError
from communique.model import Article
from communique.network import network
from communique.store import Record

REPORTS = [
    ("Meridian Wire", "2022-03-23", "Poland on Wednesday expelled 45 Russian diplomats, the interior minister said."),
    ("The Common Quay", "2022-03-24", "Poland expelled 40 Russian diplomats on 23 March."),
    ("Meridian Wire", "2022-05-02", "Russia on Monday expelled three Polish diplomats."),
    ("Meridian Wire", "2022-05-03", "Poland will expel 12 Russian diplomats in June, the minister said."),
    ("Rampart Review", "2022-06-20", "Japan and the Philippines signed a loan agreement in Manila on Monday."),
]  # fmt: skip


@pytest.fixture(scope="module")
def path(coder: Coder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("aggregate") / "record.duckdb"
    with Record.open(path, write=True) as record:
        record.add([coder.code(Article.make(text, outlet=o, published=day)) for o, day, text in REPORTS], [], "v1")
    return path


@pytest.fixture
def record(path: Path) -> Iterator[Record]:
    with Record.open(path) as book:
        yield book


def test_a_pair_has_a_row_for_every_month_in_both_directions(record: Record) -> None:
    rows = list(counts(record, "month", ["pol", "RUS"]))
    assert [(r.one, r.other, r.period) for r in rows] == [
        (one, other, f"2022-0{month}-01") for one, other in (("POL", "RUS"), ("RUS", "POL")) for month in (3, 4, 5, 6)
    ]
    # What is planned counts as the promise or threat that it is, on the day it is told.
    assert [r.happenings for r in rows] == [1, 0, 1, 0, 0, 0, 1, 0]
    march = rows[0]
    assert (march.events, march.stories, march.material_conf + march.verbal_conf) == (2, 2, 1)
    assert march.intensity < 0
    assert (march.reports, march.outlets) == (2, 2)
    assert [(r.reports, r.outlets) for r in rows[:4]] == [(2, 2), (0, 0), (2, 1), (1, 1)]


def test_what_two_do_together_counts_in_both_directions(record: Record) -> None:
    rows = list(counts(record, "year", ["JPN", "PHL"]))
    assert [(r.one, r.other, r.happenings) for r in rows] == [("JPN", "PHL", 1), ("PHL", "JPN", 1)]


def test_every_pair_of_all_has_every_period(record: Record) -> None:
    rows = list(counts(record, "quarter"))
    pairs = {(r.one, r.other) for r in rows}
    assert {("POL", "RUS"), ("RUS", "POL"), ("JPN", "PHL"), ("PHL", "JPN")} <= pairs
    assert len(rows) == 2 * len(pairs)
    for by in ("day", "week", "month", "year"):
        assert sum(r.happenings for r in counts(record, by)) == sum(r.happenings for r in rows)


def test_days_narrow_and_widen_the_periods(record: Record) -> None:
    found = [r.period for r in counts(record, "month", ["POL", "RUS"], "2022-02-10", "2022-04-01") if r.one == "POL"]
    assert found == ["2022-02-01", "2022-03-01"]


def test_what_makes_no_sense_is_refused(record: Record) -> None:
    with pytest.raises(CallError, match="fortnight"):
        list(counts(record, "fortnight"))
    with pytest.raises(CallError, match="NATO"):
        list(counts(record, "month", ["NATO", "RUS"]))


def test_the_command_writes_csv_and_objects(path: Path) -> None:
    def run(*more: str) -> Any:
        return CliRunner().invoke(app, ["aggregate", str(path), *more])

    table = list(csv.DictReader(io.StringIO(run("POL", "RUS", "--by", "year").stdout)))
    assert [tuple(row) for row in table] == [COLUMNS, COLUMNS]
    objects = [json.loads(line) for line in run("POL", "RUS", "--by", "year", "--json").stdout.splitlines()]
    with Record.open(path) as record:
        assert objects == [asdict(row) for row in counts(record, "year", ["POL", "RUS"])]
    assert run("POL").exit_code != 0


# When a series changes


def test_a_constant_series_has_no_change() -> None:
    assert change_points([]) == change_points([3]) == change_points([4] * 50) == change_points([0] * 50) == []


@pytest.mark.parametrize(("series", "expected"), [
    ([0] * 30 + [5] * 30, [30]),
    ([1] * 40 + [9] * 20 + [1] * 40, [40, 60]),
    ([2, 1, 2, 3, 2, 1] * 8 + [12, 14, 11, 13] * 6, [48]),
])  # fmt: skip
def test_a_change_of_rate_is_found_where_it_is(series: list[int], expected: list[int]) -> None:
    assert change_points(series) == expected


def test_the_stretches_are_the_best_of_all() -> None:
    """Against every way to cut a short series."""
    import itertools
    import math

    def cost(part: list[int]) -> float:
        total = sum(part)
        return 2 * (total - total * math.log(total / len(part))) if total else 0.0

    rng = random.Random(3)
    for _ in range(30):
        series = [rng.choice((0, 1, 1, 2, 8)) for _ in range(9)]
        ways = (c for n in range(4) for c in itertools.combinations(range(1, 9), n))

        def total(cuts: tuple[int, ...], series: list[int] = series) -> float:
            ends = [0, *cuts, len(series)]
            parts = [series[a:b] for a, b in itertools.pairwise(ends)]
            return sum(map(cost, parts)) + 2 * math.log(len(series)) * len(cuts)

        best = min(map(total, ways))
        assert total(tuple(change_points(series))) == pytest.approx(best) or len(change_points(series)) > 3


# Networks

TIES = [
    "The defence treaty between Norway and Sweden entered into force on 2 May 2020.",
    "Norway invaded Chile on 3 May 2023.", "Sweden imposed sanctions on Chile on 3 May 2023.",
    "Norway is a member of NATO.", "Poland is a member of NATO.", "Norway is a member of EFTA.",
]  # fmt: skip


def test_a_network_counts_friends_foes_triads_and_blocs(coder: Coder, tmp_path: Path) -> None:
    with Record.open(tmp_path / "r.duckdb", write=True) as record:
        record.add([coder.code(text, outlet=f"O{i}", published="2024-01-05") for i, text in enumerate(TIES)], [], "v1")
    with Record.open(tmp_path / "r.duckdb") as record:
        held = [t for t in record.ties("2024-02-01") if str(t.status) == "active"]
    found = network(held)
    by_code = {n.code: n for n in found.nodes}
    assert by_code["NOR"].blocs == ("EFTA", "NATO")
    assert [(b.one, b.other, b.both) for b in found.bridges] == [("EFTA", "NATO", ("NOR",))]
    assert (by_code["NOR"].friends, by_code["NOR"].foes) == (3, 1)
    assert (by_code["CHL"].friends, by_code["CHL"].foes) == (0, 2)
    assert (by_code["CHL"].balanced, by_code["CHL"].unbalanced, found.balance) == (1, 0, 1.0)
    assert by_code["NOR"].community == by_code["SWE"].community != by_code["CHL"].community
    graph = nx.Graph((p.entity, q.entity) for t in held for p in t.parties for q in t.parties if p.entity != q.entity)
    assert {n.code: n.degree for n in found.nodes} == dict(graph.degree())
    assert found.edges == graph.number_of_edges()
    assert [n.code for n in found.nodes] == sorted(by_code, key=lambda c: (-by_code[c].degree, c))
    assert network(held, ["membership"]).nodes != found.nodes
    assert network(held) == found
    assert network([]).nodes == ()
