"""A report that is forgotten is gone: from every table, from all that rested on it, and from the bytes of the file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from communique import Coder
from communique.errors import CallError
from communique.model import Article, CodedReport
from communique.store import Record

SECRET = "Zanzelwyck"
TEXTS = [
    ("Meridian Wire", "2022-03-23", "Poland on Wednesday expelled 45 Russian diplomats, the interior minister said."),
    (
        "The Common Quay",
        "2022-03-24",
        f"Poland expelled 40 Russian diplomats on 23 March, {SECRET} said in his letter.",
    ),
    (
        "Rampart Review",
        "2024-07-09",
        "Japan and the Philippines signed a reciprocal access agreement in Manila on Monday.",
    ),
]


@pytest.fixture
def reports(coder: Coder) -> list[CodedReport]:
    return [coder.code(Article.make(text, outlet=outlet, published=day)) for outlet, day, text in TEXTS]


def rows(path: Path) -> dict[str, list[str]]:
    """Every row of every table, less the record's own name and count."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'base' ORDER BY 1").fetchall()
        return {n: sorted(map(repr, con.execute(f"FROM base.{n}").fetchall())) for (n,) in names if n != "meta"}


def test_nothing_of_a_forgotten_report_stays(reports: list[CodedReport], tmp_path: Path) -> None:
    path = tmp_path / "record.duckdb"
    with Record.open(path, write=True) as record:
        record.add(reports, [], "v1")
    secret = reports[1].article.id
    assert SECRET.encode() in path.read_bytes(), "else the test would prove nothing"
    with Record.open(path) as record:
        [before] = record.happenings(type="SANCTION")
    assert (before.reports, before.differing) == (2, ("expelled",))
    with Record.open(path, write=True) as record:
        record.forget([secret])
    assert SECRET.encode() not in path.read_bytes()
    assert not [name for name, found in rows(path).items() if any(secret in row for row in found)]
    with Record.open(path) as record:
        [after] = record.happenings(type="SANCTION")
        assert (after.reports, after.differing) == (1, ())
        assert record.article(secret) is None
        assert record.counts()["reports"] == 2


def test_a_record_that_forgot_is_as_one_that_never_knew(reports: list[CodedReport], tmp_path: Path) -> None:
    whole, without = tmp_path / "whole.duckdb", tmp_path / "without.duckdb"
    with Record.open(whole, write=True) as record:
        record.add(reports, [], "v1")
    with Record.open(whole, write=True) as record:
        record.forget([reports[2].article.id])
    with Record.open(without, write=True) as record:
        record.add(reports[:2], [], "v1")
    assert rows(whole) == rows(without)
    with Record.open(whole, write=True) as record:
        record.add([reports[2]], [], "v1")
    with Record.open(whole) as record:
        assert record.counts()["reports"] == 3


def test_the_version_that_it_superseded_counts_again(coder: Coder, tmp_path: Path) -> None:
    path = tmp_path / "record.duckdb"
    first, second = (coder.code(Article.make(text, given_id="one", outlet="Meridian Wire")) for _, _, text in TEXTS[:2])
    with Record.open(path, write=True) as record:
        record.add([first], [], "v1")
        record.add([second], [], "v1")
        record.forget([second.article.id])
    with Record.open(path) as record:
        assert [a.id for a in record.articles()] == [first.article.id]


def test_an_id_that_no_report_has_is_refused_and_nothing_is_removed(reports: list[CodedReport], tmp_path: Path) -> None:
    path = tmp_path / "record.duckdb"
    with Record.open(path, write=True) as record:
        record.add(reports, [], "v1")
        with pytest.raises(CallError, match="a-none"):
            record.forget([reports[0].article.id, "a-none"])
    with Record.open(path) as record:
        assert record.counts()["reports"] == 3
