"""Every format is written and read back."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from communique.errors import CallError, CommuniqueError
from communique.write import COLUMNS, LATER, WRITERS, export

QUOTE = 'He said "no|never", twice.\nThen he left, émigré that he was.'
SPAN = {"start": 3, "end": 60, "text": QUOTE, "article": "a-1"}
ACTOR = {**SPAN, "text": "Oslo", "name": "Norway", "country": "NOR", "sector": "GOV", "entity": "NOR"}
UNNAMED = {**SPAN, "text": "officials", "name": None, "country": None, "sector": None, "entity": None}
VOICE = {"kind": "source", "sources": [ACTOR], "via": [], "cue": None, "stance": "report"}
TABLES: dict[str, list[dict[str, Any]]] = {
    "articles": [
        {"id": "a-1", "given_id": None, "title": "T", "outlet": "The Fjord", "published": "2024-03-05", "anchor": None}
        | {"language": None, "url": None, "text": "xx " + QUOTE}
    ],
    "events": [
        {"id": "e-1", "type": "REJECT", "act": None, "mode": None, "contexts": ["military", "legal"]}
        | {"status": "occurred", "historical": False, "actors": [ACTOR, UNNAMED], "recipients": [], "place": None}
        | {"when": None, "voice": VOICE, "trigger": SPAN, "sentence": SPAN, "quad": "verbal conflict"}
        | {"intensity": -4.0, "score": 0.5, "because": []}
    ],
    "statements": [
        {"id": "s-1", "sources": [ACTOR], "via": [UNNAMED], "cue": None, "content": [SPAN, SPAN]}
        | {"form": "mixed", "status": "occurred"}
    ],
    "ties": [
        {"id": "t-1", "kind": "membership", "name": None, "parties": [ACTOR | {"role": "member"}, UNNAMED]}
        | {"status": "active", "step": "in force", "since": None, "until": None, "place": None, "voice": VOICE}
        | {"history": [], "outlets": 1, "stories": 1, "score": 0.5}
        | {"evidence": [{**SPAN, "for": True}, {**SPAN, "for": False}]}
    ],
}


@pytest.mark.parametrize("table", COLUMNS)
def test_csv_keeps_cells_and_leaves_unknown_empty(tmp_path: Path, table: str) -> None:
    export(TABLES, "csv", tmp_path)
    with (tmp_path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        [row] = list(csv.DictReader(file))
    assert list(row) == list(COLUMNS[table])
    assert row["id"] == TABLES[table][0]["id"]
    if table == "events":
        assert row["quote"] == QUOTE
        assert row["contexts"] == "military|legal"
        assert row["actor_countries"] == "NOR|"
        assert row["place"] == ""
        assert (row["date"], row["date_source"]) == ("2024-03-05", "published")
    if table == "ties":
        assert (row["evidence_for"], row["evidence_against"]) == ("1", "1")


def test_an_event_without_a_day_goes_by_that_of_its_report(tmp_path: Path) -> None:
    anchor = {"from": "2024-03-01", "until": "2024-04-01", "inferred": True, "because": "the text"}
    when = {**SPAN, "from": "2024-02-29", "until": "2024-03-01", "grain": "day"}
    for about, event, expected in (
        ({"published": None, "anchor": anchor}, {}, ("2024-03-01", "anchor")),
        ({"published": None}, {}, ("", "")),
        ({}, {"when": when}, ("2024-02-29", "text")),
    ):
        tables = {"articles": [TABLES["articles"][0] | about], "events": [TABLES["events"][0] | event]}
        export(tables, "csv", tmp_path / "x.csv")
        with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
            [row] = list(csv.DictReader(file))
        assert (row["date"], row["date_source"]) == expected


@pytest.mark.parametrize("table", COLUMNS)
def test_parquet_keeps_types_and_null(tmp_path: Path, table: str) -> None:
    export(TABLES, "parquet", tmp_path)
    [row] = pq.read_table(tmp_path / f"{table}.parquet").to_pylist()
    assert list(row) == list(COLUMNS[table])
    if table == "events":
        assert row["actor_countries"] == ["NOR", None]
        assert row["recipient_names"] == []
        assert row["intensity"] == -4.0
        assert row["historical"] is False
        assert row["latitude"] is None
        assert row["quote"] == QUOTE


@pytest.mark.parametrize("table", COLUMNS)
def test_jsonl_is_the_full_object(tmp_path: Path, table: str) -> None:
    export(TABLES, "jsonl", tmp_path)
    text = (tmp_path / f"{table}.jsonl").read_text("utf-8")
    assert [json.loads(line) for line in text.splitlines()] == TABLES[table]


@pytest.mark.parametrize("form", WRITERS)
def test_a_path_with_a_suffix_is_one_table(tmp_path: Path, form: str) -> None:
    assert export(TABLES, form, tmp_path / "deep" / "x.out") == [tmp_path / "deep" / "x.out"]
    export(TABLES, form, tmp_path / "y.out", "ties")
    assert (tmp_path / "deep" / "x.out").read_bytes() != (tmp_path / "y.out").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "y.out"]


@pytest.mark.parametrize("form", WRITERS)
def test_no_rows_still_make_a_readable_file(tmp_path: Path, form: str) -> None:
    export({name: [] for name in COLUMNS}, form, tmp_path)
    if form == "parquet":
        assert pq.read_table(tmp_path / "events.parquet").column_names == list(COLUMNS["events"])
    else:
        text = (tmp_path / f"events.{form}").read_text("utf-8")
        assert text == (",".join(COLUMNS["events"]) + "\n" if form == "csv" else "")


@pytest.mark.parametrize("form", [*LATER, "xlsx", ""])
def test_formats_we_do_not_write_name_those_we_do(tmp_path: Path, form: str) -> None:
    with pytest.raises(CallError, match="csv, jsonl, parquet"):
        export(TABLES, form, tmp_path)


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="events, ties, statements, articles"):
        export(TABLES, "csv", tmp_path, "people")


def test_a_place_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(CommuniqueError, match="--to"):
        export(TABLES, "csv", tmp_path / "file" / "inside.csv")
    assert (tmp_path / "file").read_text() == "kept"


def test_a_file_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    def broken() -> Any:
        yield TABLES["events"][0]
        raise RuntimeError("the record went away")

    (tmp_path / "x.csv").write_text("old")
    with pytest.raises(RuntimeError):
        export({**TABLES, "events": broken()}, "csv", tmp_path / "x.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert (tmp_path / "x.csv").read_text() == "old"
