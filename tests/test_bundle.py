"""A replication archive has all that is needed to make the record again, and, where asked, no text."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from communique import Coder
from communique.bundle import bundle
from communique.errors import CallError
from communique.model import Article
from communique.store import Record

LONG = (
    "Poland on Wednesday expelled 45 Russian diplomats from the country, the interior minister said at a meeting with reporters "
    "in Warsaw, and added that the list had been drawn up over many months by the Quibbleworth service."
)
TEXTS = [
    ("Meridian Wire", "2022-03-23", LONG),
    ("The Common Quay", "2022-03-24", "Poland expelled 40 Russian diplomats on 23 March."),
]


@pytest.fixture(scope="module")
def path(coder: Coder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "study.duckdb"
    with Record.open(path, write=True) as record:
        record.add([coder.code(Article.make(text, outlet=o, published=day)) for o, day, text in TEXTS], [], "v1")
    return path


def unpacked(path: Path, to: Path, **more: Any) -> Path:
    with Record.open(path) as record:
        names = bundle(record, to / "a.zip", **more)
    with zipfile.ZipFile(to / "a.zip") as archive:
        assert archive.namelist() == names
        archive.extractall(to / "a")
    return to / "a"


def test_the_manifest_tells_every_file_and_input(path: Path, tmp_path: Path) -> None:
    folder = unpacked(path, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert {"record.duckdb", "reports.jsonl", "README.md", "CITATION.cff", "tables/events.csv"} <= manifest[
        "files"
    ].keys()
    assert sorted(i["sha256"] for i in manifest["inputs"]) == sorted(
        hashlib.sha256(t.encode()).hexdigest() for _, _, t in TEXTS
    )
    assert manifest["coded_by"] == ["v1"]


def test_the_reports_in_it_make_the_same_record_again(path: Path, tmp_path: Path, coder: Coder) -> None:
    folder = unpacked(path, tmp_path)
    rows = [json.loads(line) for line in (folder / "reports.jsonl").read_text("utf-8").splitlines()]
    made = [
        Article.make(r["text"], outlet=r["outlet"], published=r["published"], url=r["url"], title=r["title"])
        for r in rows
    ]
    with Record.open(tmp_path / "again.duckdb", write=True) as record:
        record.add([coder.code(article) for article in made], [], "v1")
    with Record.open(tmp_path / "again.duckdb") as again, Record.open(folder / "record.duckdb") as given:
        assert again.events().to_json() == given.events().to_json()
        assert again.happenings().to_json() == given.happenings().to_json()


def test_without_text_no_passage_is_there_and_each_can_be_checked(path: Path, tmp_path: Path) -> None:
    folder = unpacked(path, tmp_path, without_text=True)
    for file in folder.rglob("*"):
        assert file.is_dir() or b"months by the Quibbleworth" not in file.read_bytes(), file
    assert not (folder / "reports.jsonl").exists()
    with Record.open(path) as whole, Record.open(folder / "record.duckdb") as record:
        hashes = {(a, s, e): h for a, s, e, h in record.sql("FROM base.quotes").fetchall()}
        for ours, theirs in zip(whole.events(), record.events(), strict=True):
            assert (ours.id, ours.sentence.start, ours.sentence.end) == (
                theirs.id,
                theirs.sentence.start,
                theirs.sentence.end,
            )
            assert ours.sentence.text.startswith(theirs.sentence.text.removesuffix("…"))
            key = (ours.article, ours.sentence.start, ours.sentence.end)
            assert hashes[key] == hashlib.sha256(ours.sentence.text.encode()).hexdigest()
        assert record.counts() == whole.counts()
        assert [h.id for h in record.happenings()] == [h.id for h in whole.happenings()]
    with Record.open(folder / "record.duckdb", write=True) as record, pytest.raises(CallError, match="without texts"):
        record.rebuild()


def test_an_archive_is_not_written_over(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    with Record.open(path) as record, pytest.raises(CallError, match="already"):
        bundle(record, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"mine"


def test_the_same_record_gives_the_same_tables(path: Path, tmp_path: Path) -> None:
    """DuckDB's own file is another one each time; what is in it is not."""
    with Record.open(path) as record:
        for name in ("a.zip", "b.zip"):
            bundle(record, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "a.zip") as one, zipfile.ZipFile(tmp_path / "b.zip") as other:
        same = [name for name in one.namelist() if one.read(name) == other.read(name)]
        assert set(one.namelist()) - set(same) <= {"record.duckdb", "manifest.json"}
