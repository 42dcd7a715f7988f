"""A replication archive of a record: what others need to check a study made with it, and to make it again.

A ZIP of the record, its tables as CSV, the reports as JSON lines, a manifest (hashes of the inputs and of every file, coder
versions, rules), a citation file and a note with the one command that makes the record again. The same record gives
the same tables. Where texts may not be passed on, they are left out: the record keeps the first words, the place and a hash of
each passage.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from communique import __version__
from communique.errors import CallError
from communique.store import Record
from communique.write import export

__all__ = ["bundle"]

# The least day that a ZIP can name: an archive must not differ by the day it was made.
_DAY = (1980, 1, 1, 0, 0, 0)
_TABLES = (
    "events",
    "ties",
    "statements",
    "happenings",
    "happening_events",
    "happening_values",
    "quantities",
    "tie_states",
)


def bundle(book: Record, to: Path, without_text: bool = False) -> list[str]:
    """Writes the archive and gives the names of its files. Raises `CallError` where there is one already."""
    if to.exists():
        raise CallError(f"{to}: is there already; give another name, or remove it first")
    with tempfile.TemporaryDirectory(prefix="communique-") as name:
        folder = Path(name)
        book.write_copy(folder / "record.duckdb", without_text=without_text)
        with Record.open(folder / "record.duckdb") as given:
            _tables(given, folder / "tables")
        if not without_text:
            export(book, "jsonl", folder / "reports.jsonl", table="articles")
        (folder / "CITATION.cff").write_text(_CITATION.format(version=__version__, title=book.path.stem), "utf-8")
        (folder / "README.md").write_text(_readme(book, without_text), "utf-8")
        manifest = json.dumps(_manifest(book, folder, without_text), indent=1, ensure_ascii=False) + "\n"
        (folder / "manifest.json").write_text(manifest, "utf-8")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        part = to.with_name(f"{to.name}.part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DAY)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, path.read_bytes())
        part.replace(to)
        return [path.relative_to(folder).as_posix() for path in files]


def _tables(book: Record, folder: Path) -> None:
    """The views as CSV, nested columns left out: they are in the record."""
    folder.mkdir()
    for name in _TABLES:
        view = book.sql(f"FROM {name} LIMIT 0")
        plain = [c for c, kind in zip(view.columns, map(str, view.types), strict=True) if "STRUCT" not in kind]
        columns = ", ".join(f'"{column}"' for column in plain)
        rows = book.sql(f"SELECT {columns} FROM {name} ORDER BY ALL")
        _csv(folder / f"{name}.csv", plain, rows.fetchall())


def _csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(["|".join(map(str, cell)) if isinstance(cell, list) else cell for cell in row] for row in rows)


def _manifest(book: Record, folder: Path, without_text: bool) -> Mapping[str, Any]:
    """What went in and what came out, with SHA-256 of both."""
    inputs = [
        {
            "article": a.id, "given_id": a.given_id, "outlet": a.outlet, "published": a.published, "url": a.url,
            "characters": len(a.text), "sha256": hashlib.sha256(a.text.encode()).hexdigest(),
        }
        for a in book.each_article(superseded=True)
    ]  # fmt: skip
    return {
        "program": f"communique {__version__}",
        "coded_by": book.runs(),
        "counts": book.counts(),
        "without_text": without_text,
        "files": {p.relative_to(folder).as_posix(): _hash(p) for p in sorted(folder.rglob("*")) if p.is_file()},
        "inputs": sorted(inputs, key=lambda item: str(item["article"])),
    }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


_CITATION = """cff-version: 1.2.0
message: "If you use this record, please cite it and the program it was made with."
title: "{title}: a record of events and ties, coded from news reports"
type: dataset
authors:
  - name: "put your name here"
references:
  - type: software
    title: communique
    version: "{version}"
    authors:
      - name: "The communique developers"
"""


def _readme(book: Record, without_text: bool) -> str:
    counts = "\n".join(f"- {number:,} {name}" for name, number in book.counts().items())
    given = (
        "The texts of the reports may not be passed on and are not in here. Whoever has them makes the record again with\n"
        "`communique code REPORTS --into again.duckdb`; `inputs` in `manifest.json` says which they are, with a hash of each.\n"
        "The record has the first words, the place and a hash of each passage (`base.quotes`)."
        if without_text
        else "`communique code reports.jsonl --into again.duckdb` makes the record again."
    )
    runs = "\n".join(f"- `{run}`" for run in book.runs())
    return (
        f"# {book.path.stem}\n\nMade with communique {__version__}:\n\n{counts}\n\nCoded by\n\n{runs}\n\n## Make it again\n\n"
        f"`python -m pip install communique=={__version__}`, then:\n\n{given}\n\n## What is in here\n\n"
        "- `record.duckdb`: the record, for communique and DuckDB\n- `tables/`: its views as CSV, items of lists joined by |\n"
        "- `manifest.json`: SHA-256 of every input and file, coder versions, counts\n- `CITATION.cff`: how to cite it\n"
    )
