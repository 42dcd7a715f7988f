"""Files, folders, streams and addresses to articles.

A format is recognised by its content; the name only helps where the content leaves it open. Whatever cannot be read
comes out as one `Problem` that names the place and says what to do, and its neighbours are read all the same. The
readers are in `formats.OURS`, each `reader(source, given) -> Iterator[Article | Problem]`; other packages add theirs
with an entry point (see `formats`).
"""

from __future__ import annotations

import glob
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from communique.errors import CallError
from communique.model import Article, Problem
from communique.read import web
from communique.read.days import iso_day
from communique.read.formats import Format, items, known_formats, no_report
from communique.read.rows import FIELDS
from communique.read.source import Given, Reader, Source, checked

__all__ = ["Format", "Given", "Reader", "Size", "Source", "checked", "day", "files", "known_formats", "measure", "read"]

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def read(
    inputs: str | Path | Iterable[str | Path],
    *,
    published: str | None = None,
    outlet: str | None = None,
    columns: Mapping[str, str] | None = None,
    local: bool = False,
) -> Iterator[Article | Problem]:
    """Every report of the inputs in order: files, folders (all within, by name), globs, http(s) addresses, `-` for
    standard input.

    `published` (ISO day) and `outlet` stand in where a report states none. `columns`: which column of a table holds
    which field (`{"text": "Body"}`). `local`: addresses inside this network may be fetched. What could not be read
    comes as a `Problem` in its place.
    """
    for field in columns or {}:
        if field not in FIELDS:
            raise CallError(f"{field!r} is no field of a report; they are {', '.join(FIELDS)}")
    given = Given(day(published) if published else None, outlet or None, dict(columns or {}), local)
    names = [inputs] if isinstance(inputs, str | Path) else inputs
    return (item for name in names for item in _read_input(str(name), given))


def day(value: str) -> str:
    """An ISO day out of an ISO date or time; `CallError` where it is none."""
    if (found := iso_day(value)) is None or not value.strip()[:4].isdigit():
        raise CallError(f"{value!r} is no date; write it as YYYY-MM-DD")
    return found


def _read_input(name: str, given: Given) -> Iterator[Article | Problem]:
    if name == "-":
        if sys.stdin.isatty():
            print("paste the report; a line with Ctrl-D ends it", file=sys.stderr)
        yield from items(Source.opened("standard input", sys.stdin.buffer), given)
        return
    if _ADDRESS.match(name):
        yield from _read_address(name, given)
        return
    found = files(name)
    if found is None:
        hint = "; an address begins with https://" if re.match(r"www\.|\w+:", name) else ""
        yield Problem(name, "read", f"no such file or folder; check the spelling and the current folder{hint}")
        return
    if not found:
        yield Problem(name, "read", "nothing to read in it")
    inside = found != [Path(name)]
    for path in found:
        yield from _read_file(path, inside, given)


def _read_address(url: str, given: Given) -> Iterator[Article | Problem]:
    # A password in an address must not get into the record.
    name = re.sub(r"//[^/@]*@", "//", url)
    try:
        fetched = web.fetch(url, local=given.local)
    except web.Refused as error:
        yield Problem(name, "read", error.reason)
        return
    body = io.BytesIO(fetched.body)
    yield from items(Source.opened(name, body, url=fetched.url, charset=fetched.charset), given)


def files(name: str) -> list[Path] | None:
    """The files an input stands for, in order of their names; `None` where there is no such file, folder or match.
    Hidden files are left out of folders."""
    path = Path(name)
    if path.is_dir():
        inner = (p for p in path.rglob("*") if p.is_file())
        return sorted(p for p in inner if not any(part.startswith(".") for part in p.relative_to(path).parts))
    if path.exists():
        return [path]
    matches = sorted(glob.glob(name, recursive=True))
    if not matches:
        return None
    return [file for match in matches for file in (files(match) or [])]


def _read_file(path: Path, inside: bool, given: Given) -> Iterator[Article | Problem]:
    if inside and (reason := no_report(path.name)):
        yield Problem(str(path), "read", reason, aside=True)
        return
    try:
        with path.open("rb") as stream:
            yield from items(Source.opened(str(path), stream, inside=inside), given)
    except OSError as error:
        yield Problem(str(path), "read", f"cannot be read ({error.strerror}); check that you may open it")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to read: bytes, and reports, `None` where archives, tables or addresses leave that open.
    Standard input counts nothing."""

    reports: int | None = 0
    bytes: int = 0


# One report a file; of the rest only JSON lines tell their number without being read as reports.
_SINGLE = frozenset({"", ".txt", ".text", ".md", ".markdown", ".html", ".htm"})
_LINES = frozenset({".jsonl", ".ndjson"})


def measure(inputs: Iterable[str | Path]) -> Size:
    """A quick look at how much the inputs hold, without reading any of it as a report."""
    size = Size()
    for name in inputs:
        if _ADDRESS.match(str(name)):
            size = replace(size, reports=None)
            continue
        for path in files(str(name)) or []:
            try:
                size = _with(size, path, path.stat().st_size)
            except OSError:
                continue
    return size


def _with(size: Size, path: Path, length: int) -> Size:
    suffix = path.suffix.lower()
    reports = 1 if suffix in _SINGLE else _lines(path) if suffix in _LINES else None
    known = None if size.reports is None or reports is None else size.reports + reports
    return Size(known, size.bytes + length)


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
