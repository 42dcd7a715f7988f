"""Reading: every format that `communique code` reads, with nothing coded.

The same reports are written in each format and read back: one file a report for text, Markdown and web pages, one file
with all of them otherwise; Word, rich text and PDF as a download of Nexis. MB are of text that comes out, whatever the
file weighs. The baseline reads them as plain text files with `open().read()`, and does nothing more; the readers also
find out the format, the encoding, the title, outlet and day, the language, and what is no text. The shortest of several
rounds.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import ROOT, Cell, Table, best, main

from communique import read
from communique.model import Article, Problem
from communique.read import known_formats
from reports import make

sys.path.insert(0, str(ROOT / "tests"))

import mixed
from exports import Sample

# Reports, rounds.
FULL, QUICK = (200, 3), (4, 1)
# Format -> what the folder of all formats in tests/mixed.py calls it.
FILES = {
    "text": "plain.txt",
    "markdown": "notes.md",
    "html": "pages.html",
    "jsonl": "rows.jsonl",
    "csv": "table.csv",
    "parquet": "table.parquet",
    "feed": "feed.rss",
    "warc": "crawl.warc.gz",
    "zip": "pages.zip",
    "tar": "texts.tar.gz",
    "compressed": "packed.jsonl.gz",
    "docx": "nexis.docx",
    "rtf": "nexis.rtf",
    "pdf": "nexis.pdf",
}


def written(name: str, samples: list[Sample], folder: Path) -> Path:
    """The folder or file that holds the reports in this format."""
    path = folder / name / FILES[name]
    path.parent.mkdir()
    mixed.WRITERS[path.name](*((samples, path) if path.name.startswith("nexis") else (path, samples)))
    return path if path.exists() else path.parent


def plain(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        with open(path, encoding="utf-8") as file:
            file.read()


def everything(path: Path) -> list[Article | Problem]:
    return list(read(path))


def measure(quick: bool) -> Table:
    count, rounds = QUICK if quick else FULL
    samples = [Sample(r.title, r.outlet, r.published, None, r.text) for r in make(count)]
    megabytes = sum(len(sample.text.encode()) for sample in samples) / 1e6
    rows: list[tuple[Cell, ...]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {form.name: written(form.name, samples, folder) for form in known_formats()}
        bare = best(lambda: plain(paths["text"]), rounds)
        rows.append(("open().read() (baseline)", _megabytes(paths["text"]), count, megabytes / bare, count / bare, 1.0))
        for form, path in paths.items():
            time = best(partial(everything, path), rounds)
            found = sum(isinstance(item, Article) for item in everything(path))
            speeds = (megabytes / time, count / time, time / bare) if found == count else (None, None, None)
            rows.append((f"{form} ({FILES[form]})", _megabytes(path), found, *speeds))
    return Table(
        ("format", "MB on disk", "reports found", "MB/s", "reports/s", "time, of the baseline's"),
        rows,
        (f"{count:,} reports with {megabytes:.1f} MB of text.",),
    )


def _megabytes(path: Path) -> float:
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.iterdir())) / 1e6


if __name__ == "__main__":
    main(measure, __doc__)
