"""Makes a folder of reports as people have them: every format that is read, with some files that are broken.

Each report is one of our samples with a sentence of its own, so that it can be told from all others.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

import exports
from exports import Sample

SAMPLES = Path(__file__).parents[1] / "samples"
OUTLETS = ("The Harbour Courier", "Meridian Wire", "The Fjord", "Eastern Ledger", "Plateau Post")
GERMAN = (
    "Die Bundesregierung hat am Montag beschlossen, zwei Fregatten in die Ostsee zu schicken. Der Minister sagte der "
    "Presse in Berlin, die Schiffe sollten noch in dieser Woche auslaufen, weil die Partner darum gebeten hätten."
)


@dataclass
class Made:
    """What was put into the folder: reports that must be coded, reports in other languages, and the broken files with a
    word of the reason that each must get."""

    coded: int = 0
    foreign: int = 0
    broken: dict[str, str] = field(default_factory=dict)


def samples(count: int, rng: random.Random, first: int = 0) -> list[Sample]:
    rows = [json.loads(line) for line in (SAMPLES / "reports.jsonl").read_text("utf-8").splitlines()]
    made = []
    for number in range(first, first + count):
        row = rng.choice(rows)
        own = f"This was report number {number + 1:,} of the series, sent on line {rng.randrange(10_000)}."
        made.append(
            Sample(
                title=f"{row['title']} ({number})",
                outlet=rng.choice(OUTLETS),
                published=f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}",
                author="Ola Vik",
                text=f"{row['text']}\n\n{own}",
                language="English",
            )
        )
    return made


def html(sample: Sample) -> str:
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in sample.text.split("\n\n"))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{escape(sample.title)}</title><meta property="og:site_name" '
        f'content="{sample.outlet}"><meta property="article:published_time" content="{sample.published}"></head><body>'
        f"<article><h1>{escape(sample.title)}</h1>{paragraphs}</article></body></html>"
    )


def _row(sample: Sample) -> dict[str, str | None]:
    return {
        "text": sample.text,
        "title": sample.title,
        "outlet": sample.outlet,
        "published": sample.published,
        "author": sample.author,
    }


def _jsonl(path: Path, items: Sequence[Sample]) -> None:
    path.write_text("".join(json.dumps(_row(s)) + "\n" for s in items), "utf-8")


def _csv(path: Path, items: Sequence[Sample]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _row(items[0]))
        writer.writeheader()
        writer.writerows(map(_row, items))


def _parquet(path: Path, items: Sequence[Sample]) -> None:
    pd.DataFrame([_row(s) for s in items]).to_parquet(path)


def _feed(path: Path, items: Sequence[Sample]) -> None:
    entries = "".join(
        f"<item><title>{escape(s.title)}</title><link>https://example.org/{zlib.crc32(s.title.encode())}/{n}</link>"
        f"<pubDate>{s.published}</pubDate><description>{escape(escape(s.text))}</description></item>"
        for n, s in enumerate(items)
    )
    head = f"<title>{items[0].outlet}</title><link>https://example.org/</link>"
    path.write_text(f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{entries}</channel></rss>', "utf-8")


def warc(pages: Sequence[str]) -> bytes:
    packed = b""
    for number, page in enumerate(pages):
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/{zlib.crc32(page.encode())}/{number}\r\n"
            f"WARC-Date: 2024-05-01T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        packed += gzip.compress(head.encode() + http + b"\r\n\r\n")
    return packed


def _warc(path: Path, items: Sequence[Sample]) -> None:
    path.write_bytes(warc([html(s) for s in items]))


def _zip(path: Path, items: Sequence[Sample]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sample in enumerate(items):
            archive.writestr(f"pages/{number}.html", html(sample))


def _tar(path: Path, items: Sequence[Sample]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for number, sample in enumerate(items):
            raw = f"{sample.title}\n\n{sample.text}".encode()
            info = tarfile.TarInfo(f"texts/{number}.txt")
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))


def _each(suffix: str, make: Callable[[Sample], str]) -> Callable[[Path, Sequence[Sample]], None]:
    def write(path: Path, items: Sequence[Sample]) -> None:
        for number, sample in enumerate(items):
            path.with_name(f"{path.stem}-{number}{suffix}").write_text(make(sample), "utf-8")

    return write


WRITERS: dict[str, Callable[[Path, Sequence[Sample]], None]] = {
    "plain.txt": _each(".txt", lambda s: f"{s.title}\n\n{s.text}"),
    "notes.md": _each(".md", lambda s: f"---\noutlet: {s.outlet}\n---\n# {s.title}\n\n{s.text}"),
    "pages.html": _each(".html", html),
    "mixed-newlines.txt": _each(".txt", lambda s: f"{s.title}\r\n\r\n{s.text}".replace("\n\n", "\r\r")),
    "rows.jsonl": _jsonl,
    "packed.jsonl.gz": lambda path, items: path.write_bytes(_packed(items)) and None,
    "table.csv": _csv,
    "table.parquet": _parquet,
    "feed.rss": _feed,
    "crawl.warc.gz": _warc,
    "pages.zip": _zip,
    "texts.tar.gz": _tar,
    "nexis.docx": exports.nexis_docx,
    "nexis.rtf": exports.nexis_rtf,
    "nexis.pdf": exports.nexis_pdf,
    "factiva.rtf": exports.factiva_rtf,
    "factiva.html": exports.factiva_html,
    "proquest.txt": exports.proquest_txt,
}


def _packed(items: Sequence[Sample]) -> bytes:
    return gzip.compress("".join(json.dumps(_row(s)) + "\n" for s in items).encode())


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel>&b;</channel></rss>'
# Name -> what is in it, and a word of the reason it must get.
BROKEN: dict[str, tuple[Callable[[Sample], bytes], str]] = {
    "empty.txt": (lambda s: b"", "empty"),
    "binary.txt": (lambda s: bytes(range(256)) * 100, "neither text"),
    "nul-bytes.txt": (lambda s: s.text.replace(" ", "\0", 5).encode(), "zero bytes"),
    "long-line.jsonl": (lambda s: json.dumps({"text": "x" * 20_000_000}).encode(), "more than"),
    "huge-page.html": (lambda s: b"<html><body><p>" + b"word " * 4_200_000 + b"</p></body></html>", "larger than"),
    "deep-page.html": (lambda s: b"<html><body>" + b"<div>" * 30_000 + b"</div>" * 30_000, "no article text"),
    "cut.txt.gz": (lambda s: gzip.compress(s.text.encode() * 50)[:-40], "cut"),
    "bomb.jsonl.gz": (lambda s: gzip.compress(b"\n" * 60_000_000), "bomb"),
    "entities.xml": (lambda s: BOMB.encode(), "entity bomb"),
    "no-encoding.txt": (lambda s: b"\x81\x8d\x8f\x90\x9d " + "é".encode("cp1252") * 9, "UTF-8"),
    "blank-lines.txt": (lambda s: b"\n" * 1_000_000, "no text"),
    "cut.warc.gz": (lambda s: warc([html(s)])[:-30], "cut"),
    "cut.zip": (lambda s: b"PK\x03\x04" + b"\0" * 60, "cut"),
    "broken.parquet": (lambda s: b"PAR1" + b"x" * 60, "Parquet"),
    "broken.jsonl": (lambda s: b'{"text": "no end', "no valid JSON"),
    "header-only.csv": (lambda s: b"text,title\n", "without rows"),
    "cut.docx": (lambda s: _document(exports.nexis_docx, s, ".docx")[:-500], ""),
    "scan.pdf": (lambda s: exports.pdf_without_text(), "no text"),
}


def _document(write: Callable[[Sequence[Sample], Path], None], sample: Sample, suffix: str) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"x{suffix}"
        write([sample], path)
        return path.read_bytes()


def build(folder: Path, count: int, seed: int = 1) -> Made:
    """About `count` reports over all formats, a file in ten broken, some in German. The same seed, the same folder."""
    rng = random.Random(seed)
    made = Made()
    share = max(1, round(count * 0.9 / len(WRITERS)))
    for name, write in WRITERS.items():
        items = samples(share, rng, made.coded)
        path = folder / name.split(".")[0] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith(("nexis", "factiva", "proquest")):
            write(items, path)  # type: ignore[arg-type]
        else:
            write(path, items)
        made.coded += share
    for number in range(max(1, count // 100)):
        (folder / f"german-{number}.txt").write_text(f"{GERMAN} Meldung {number}.", "utf-8")
        made.foreign += 1
    wanted = max(len(BROKEN), count // 10)
    broken = folder / "broken"
    broken.mkdir(parents=True)
    for number in range(wanted):
        name, (content, word) = list(BROKEN.items())[number % len(BROKEN)]
        [sample] = samples(1, rng, 1_000_000 + number)
        path = broken / f"{number}-{name}"
        path.write_bytes(content(sample))
        made.broken[str(path)] = word
    return made
