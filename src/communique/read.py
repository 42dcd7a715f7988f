"""Files, folders and streams to articles: one function per format, each yielding `Article` or `Problem`.

A format is recognised by its content; the name only helps where the content leaves it open. Whatever cannot be read
comes out as one `Problem` that names the place and says what to do, and its neighbours are read all the same.
To add a format: one function here and one line in `READERS`, plus its recognition in `recognise`.
"""

from __future__ import annotations

import glob
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from communique.errors import CallError
from communique.model import Article, Problem

HEAD_BYTES = 65_536
# A page or text beyond this is no report but an archive; reading it as one would fill the memory.
MAX_BYTES = 5_000_000
MAX_CHARACTERS = 1_000_000
ROW_COLUMNS = ("id", "outlet", "published", "title", "url", "language", "author")

_TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".md", ".markdown"})
_ROW_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
_NO_REPORT = re.compile(r"(?:readme|licen[cs]e|copying|changelog|contributing|notice)\b.*", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<article[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_LANG = re.compile(r"""<html[^>]*?\slang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WORD = re.compile(r"[^\W\d_]+")

# About a quarter of the words of any English news text, and next to none of any other language's.
_ENGLISH = frozenset(
    re.split(
        r"\s+",
        "the of and that with by from has have had its said are were which this not but been their would will it as "
        "for to is be at who after they his her than more into about",
    )
)
_ENGLISH_SHARE = 0.10
# Below this many words the share says nothing.
_ENOUGH_WORDS = 30

# What is recognised but not read yet, and what to do meanwhile.
LATER = {
    "csv": "CSV tables come with a later version; turn the rows into JSON lines with a field 'text'",
    "parquet": "Parquet comes with a later version; turn the rows into JSON lines with a field 'text'",
    "warc": "WARC archives come with a later version; extract the pages and give the HTML files",
    "feed": "RSS and Atom feeds come with a later version; save the pages and give the HTML files",
    "address": "web addresses come with a later version; save the page and give the file",
    "gzip": "compressed files come with a later version; unpack the file first",
    "zip": "archives and office documents are not read; unpack it, or save the text as .txt",
    "pdf": "PDF is not read; save the text as .txt",
    "binary": "this is neither text nor HTML nor JSON lines",
}


@dataclass(frozen=True, slots=True)
class Aside(Problem):
    """Something met inside a folder or a file of many rows that is no report for us: another language, another kind
    of file. Listed among the problems, but no failure of what was asked."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the call says of reports that do not say it themselves. `published` is an ISO day."""

    published: str | None = None
    outlet: str | None = None


@dataclass(slots=True)
class Source:
    """An opened input. `head`: its first bytes, already taken from `stream`; `inside`: met in a folder or glob."""

    name: str
    stream: IO[bytes]
    head: bytes
    inside: bool = False

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()

    def whole(self) -> bytes:
        """All bytes, but not many more than `MAX_BYTES`; `lines` may go on after it."""
        if len(self.head) >= HEAD_BYTES:
            self.head += self.stream.read(MAX_BYTES)
        return self.head

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(line number from 1, bytes); never more than one line in memory."""
        *full, rest = self.head.split(b"\n")
        yield from enumerate(full, 1)
        number = len(full) + 1
        if len(self.head) >= HEAD_BYTES:
            rest += self.stream.readline()
        if rest:
            yield number, rest
        yield from enumerate(self.stream, number + 1)

    def problem(self, reason: str, line: int | None = None, aside: bool = False) -> Problem:
        where = self.name if line is None else f"{self.name}:{line}"
        return (Aside if aside else Problem)(source=where, station="read", reason=reason)


Reader = Callable[[Source, Given], Iterator[Article | Problem]]


def read(
    inputs: str | Path | Iterable[str | Path], *, published: str | None = None, outlet: str | None = None
) -> Iterator[Article | Problem]:
    """Every report of the inputs in order: files, folders (all within, by name), globs, `-` for standard input.

    `published` (ISO day) and `outlet` stand in where a report states none. What could not be read comes as a
    `Problem` in its place.
    """
    given = Given(day(published) if published else None, outlet or None)
    names = [inputs] if isinstance(inputs, str | Path) else inputs
    return (item for name in names for item in _read_input(str(name), given))


def day(value: str) -> str:
    """An ISO day out of an ISO date or time; `CallError` where it is none."""
    if (found := _day(value)) is None:
        raise CallError(f"{value!r} is no date; write it as YYYY-MM-DD")
    return found


def _read_input(name: str, given: Given) -> Iterator[Article | Problem]:
    if name == "-":
        yield from _read_stream("standard input", sys.stdin.buffer, False, given)
        return
    if re.match(r"https?://", name, re.IGNORECASE):
        yield Problem(name, "read", LATER["address"])
        return
    found = files(name)
    if found is None:
        yield Problem(name, "read", "no such file or folder; check the spelling and the current folder")
        return
    if not found:
        yield Problem(name, "read", "nothing to read in it")
    inside = found != [Path(name)]
    for path in found:
        yield from _read_file(path, inside, given)


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
    if inside and _NO_REPORT.fullmatch(path.name):
        yield Aside(str(path), "read", "left out: by its name no report; give it by name to read it")
        return
    try:
        with path.open("rb") as stream:
            yield from _read_stream(str(path), stream, inside, given)
    except OSError as error:
        yield Problem(str(path), "read", f"cannot be read ({error.strerror}); check that you may open it")


def _read_stream(name: str, stream: IO[bytes], inside: bool, given: Given) -> Iterator[Article | Problem]:
    source = Source(name, stream, stream.read(HEAD_BYTES), inside)
    kind = recognise(source)
    if kind is None:
        yield source.problem("empty file", aside=inside)
    elif kind not in READERS:
        yield source.problem(LATER[kind], aside=inside)
    elif kind == "text" and inside and source.suffix not in _TEXT_SUFFIXES:
        yield source.problem(f"left out: {source.suffix} is no report; give it by name to read it as text", aside=True)
    else:
        yield from READERS[kind](source, given)


_MAGIC = ((b"PAR1", "parquet"), (b"WARC/", "warc"), (b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"%PDF", "pdf"))


def recognise(source: Source) -> str | None:
    """The kind of an input: a name of `READERS` or `LATER`, or `None` where it is empty."""
    head = source.head
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    encoding = _unicode_encoding(head)
    if encoding is None and b"\x00" in head:
        return "binary"
    bare = head if encoding in (None, "utf-8-sig") else head.decode(encoding or "utf-8", "ignore").encode()
    bare = bare.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare:
        return None
    if bare.startswith((b"{", b"[")) and (
        bare[1:].lstrip()[:1] in (b'"', b"{", b"}") or source.suffix in _ROW_SUFFIXES
    ):
        return "jsonl"
    if bare.startswith(b"<"):
        start = bare[:4096]
        if _FEED.search(start):
            return "feed"
        if _HTML.search(start) or source.suffix in (".html", ".htm", ".xhtml"):
            return "html"
    if source.suffix in _ROW_SUFFIXES:
        return "jsonl"
    return "csv" if _is_csv(bare, source.suffix) else "text"


def _is_csv(head: bytes, suffix: str) -> bool:
    """A table is known by a header line with a column `text`, or by its name."""
    cells = [c.strip(b" \"'\r").lower() for c in re.split(rb"[,;\t]", head.split(b"\n", 1)[0])]
    return suffix in (".csv", ".tsv") or (len(cells) > 1 and b"text" in cells)


# Bytes to text


def _unicode_encoding(head: bytes) -> str | None:
    """The encoding a byte order mark tells, or that zero bytes at every other place give away."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if head.startswith(mark):
            return name
    sample = head[:512]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.8 * half and b"\x00" not in sample[0::2]:
        return "utf-16-le"
    if half and sample[0::2].count(0) > 0.8 * half and b"\x00" not in sample[1::2]:
        return "utf-16-be"
    return None


def decode(raw: bytes, declared: str | None = None) -> str | None:
    """Text out of bytes: by byte order mark, as UTF-8, as declared, else as Windows-1252; `None` if none fits."""
    marked = _unicode_encoding(raw)
    for encoding in [marked] if marked else ["utf-8", declared, "cp1252"]:
        if encoding is None:
            continue
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _clean(text: str) -> str:
    """Without the two kinds of characters that no UTF-8 file or database holds; offsets stay as they are."""
    return _UNSTORABLE.sub("\ufffd", text)


_ENCODING_ADVICE = "neither UTF-8 nor another encoding we can tell; save it as UTF-8"
_SIZE_ADVICE = f"larger than {MAX_BYTES:,} bytes; split it into one file per report, or into JSON lines"


# One function per format


def read_text(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A file of plain text or Markdown is one report; its first line is the title if it stands alone and short."""
    raw = source.whole()
    text = decode(raw)
    if len(raw) > MAX_BYTES:
        yield source.problem(_SIZE_ADVICE)
    elif text is None:
        yield source.problem(_ENCODING_ADVICE)
    else:
        text = _clean(text)
        yield _checked(
            source, Article.make(text, title=_first_line(text), published=given.published, outlet=given.outlet)
        )


_TITLE = re.compile(r"\s*(?:#+[ \t]*)?(\S[^\n\r]{0,198}?)[ \t]*\r?\n[ \t]*\r?\n\s*\S")


def _first_line(text: str) -> str | None:
    found = _TITLE.match(text)
    if not found or found[1].endswith((".", ":", ";", ",")):
        return None
    return found[1]


def read_html(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A saved web page is one report: its main text, and what its metadata says of title, outlet, day and address."""
    raw = source.whole()
    if len(raw) > MAX_BYTES:
        yield source.problem(_SIZE_ADVICE)
        return
    declared = _CHARSET.search(raw[:4096])
    page = decode(raw, declared[1].decode("ascii", "ignore") if declared else None)
    if page is None:
        yield source.problem(_ENCODING_ADVICE)
        return
    found = _extract(page)
    if isinstance(found, str):
        yield source.problem(found)
        return
    language = _LANG.search(page[:20_000])
    article = Article.make(
        _clean(found["text"]),
        title=found.get("title"),
        outlet=found.get("sitename") or given.outlet,
        published=_day(found.get("date")) or given.published,
        language=_language(language[1]) if language else None,
        url=found.get("url"),
        author=found.get("author"),
    )
    yield _checked(source, article)


def _extract(page: str) -> dict[str, Any] | str:
    """Main text and metadata of a page, or the reason why there is none."""
    import trafilatura

    # Never `deduplicate`: it remembers earlier pages and then leaves out text of this one. The latest day allowed is
    # fixed, and only dates that the page states as its own are taken, so that the answer is the same on any day.
    dates = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page)
    try:
        found = trafilatura.bare_extraction(
            page, with_metadata=True, include_comments=False, deduplicate=False, date_extraction_params=dates
        )
    except Exception as error:  # a broken page can raise anything that lxml or the extractor does not catch
        return f"the page could not be taken apart ({type(error).__name__}: {error}); save its text as .txt"
    values: dict[str, Any] = {}
    if found is not None:
        values = found if isinstance(found, dict) else found.as_dict()
    if not (values.get("text") or "").strip():
        return "no article text found in the page; if there is one, save it as .txt"
    return values


def read_jsonl(source: Source, given: Given) -> Iterator[Article | Problem]:
    """JSON lines: one report a row with `text` and, if known, `id outlet published title url language author`.
    A file that is one JSON document (an object, or a list of them) over several lines is read as well."""
    if _unicode_encoding(source.head) not in (None, "utf-8-sig"):
        source.head = (decode(source.whole()) or "").encode("utf-8", "replace")
    source.head = source.head.removeprefix(b"\xef\xbb\xbf")
    start = source.head.lstrip()
    first = start.split(b"\n", 1)[0].strip()
    if first in (b"{", b"[") or start.startswith(b"["):
        yield from _read_document(source, given)
        return
    for number, raw in source.lines():
        if line := raw.strip():
            yield _read_row(source, number, line, given)


def _read_document(source: Source, given: Given) -> Iterator[Article | Problem]:
    raw = source.whole()
    if len(raw) > MAX_BYTES:
        yield source.problem(f"one JSON document of more than {MAX_BYTES:,} bytes; write one object a line")
        return
    try:
        value = json.loads(decode(raw) or "")
    except (ValueError, RecursionError) as error:
        yield source.problem(f"no valid JSON ({error}); write one object a line, in double quotes")
        return
    for number, row in enumerate(value if isinstance(value, list) else [value], 1):
        # A document without reports met in a folder is a file of another kind, not a broken report.
        aside = source.inside and not (isinstance(row, dict) and "text" in row)
        yield _report(source, number, row, given, aside)


def _read_row(source: Source, number: int, line: bytes, given: Given) -> Article | Problem:
    text = decode(line)
    if text is None:
        return source.problem(_ENCODING_ADVICE, number)
    try:
        row = json.loads(text)
    except RecursionError:
        return source.problem("nested too deeply to be a report; leave the row out", number)
    except ValueError as error:
        return source.problem(f"no valid JSON ({error}); one object a line, in double quotes", number)
    return _report(source, number, row, given)


def _report(source: Source, number: int, row: Any, given: Given, aside: bool = False) -> Article | Problem:
    """The article of one row, or what is wrong with it."""
    if not isinstance(row, dict):
        return source.problem(f"{_kind_name(row)} instead of an object with a field 'text'", number, aside)
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        return source.problem(_text_fault(row), number, aside)
    values: dict[str, str | None] = {}
    for column in ROW_COLUMNS:
        value = _cell(row.get(column))
        if isinstance(value, _Fault):
            return source.problem(f"'{column}' is {_kind_name(row[column])}; write it as text, or null", number)
        values[column] = value
    if values["published"] and _day(values["published"]) is None:
        return source.problem(f"'published' is {values['published']!r}; write the day as YYYY-MM-DD, or null", number)
    article = Article.make(
        _clean(text),
        given_id=values["id"],
        title=values["title"],
        outlet=values["outlet"] or given.outlet,
        published=_day(values["published"]) or given.published,
        language=_language(values["language"]),
        url=values["url"],
        author=values["author"],
    )
    return _checked(source, article, number)


def _text_fault(row: dict[str, Any]) -> str:
    if "text" not in row:
        names = ", ".join(sorted(str(name) for name in row)[:8]) or "nothing"
        return f"no field 'text' (the row has {names}); name the field that holds the report 'text'"
    if isinstance(row["text"], str) or row["text"] is None:
        return "'text' is empty; fill it in or leave the row out"
    return f"'text' is {_kind_name(row['text'])}; write the report as one string"


class _Fault:
    """Marks a cell that is neither text nor number nor a list of them."""


def _cell(value: Any) -> str | _Fault | None:
    if value is None or isinstance(value, str):
        return _clean(value.strip()) or None if value else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _clean("; ".join(item.strip() for item in value if item.strip())) or None
    return _Fault()


def _kind_name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


# What an article says of itself


def _day(value: str | None) -> str | None:
    """The ISO day of an ISO date or time as written there (no change of time zone), or `None`."""
    head = re.match(r"\s*(\d{4}-\d{2}-\d{2})(?:[T ].*)?\s*$|\s*(\d{8})\s*$", value or "")
    if not head:
        return None
    try:
        return date.fromisoformat(head[1] or head[2]).isoformat()
    except ValueError:
        return None


def _language(value: str | None) -> str | None:
    """The two-letter code of "en-GB", "EN" or "English"."""
    if not value:
        return None
    code = re.split(r"[-_]", value.strip().lower())[0]
    return "en" if code == "english" else code


def is_english(text: str) -> bool | None:
    """Whether the words are English, `None` where there are too few of them to tell."""
    words = _WORD.findall(text[:20_000].lower())
    if len(words) < _ENOUGH_WORDS:
        # Scripts without spaces give few words for much text.
        return None if len(text) < 6 * _ENOUGH_WORDS or text.isascii() else False
    return sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


def _checked(source: Source, article: Article, line: int | None = None) -> Article | Problem:
    """The article, or why it is not one we read. The words decide on the language, the label only where they are few:
    pages in German that call themselves English are common."""
    if not article.text.strip():
        return source.problem("no text in it", line, aside=source.inside)
    if len(article.text) > MAX_CHARACTERS:
        return source.problem(f"longer than {MAX_CHARACTERS:,} characters; split it into its reports", line)
    english = is_english(article.text)
    if english is None:
        english = article.language in (None, "en")
    if not english:
        label = f" (labelled {article.language!r})" if article.language else ""
        reason = f"not in English{label}; only English reports are read so far"
        return source.problem(reason, line, aside=source.inside or line is not None)
    return article


READERS: dict[str, Reader] = {
    "text": read_text,
    "html": read_html,
    "jsonl": read_jsonl,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to read: reports (rows counted by line) and bytes. Standard input counts nothing."""

    reports: int = 0
    bytes: int = 0


def measure(inputs: Iterable[str | Path]) -> Size:
    """A quick look at how much the inputs hold, without reading any of it as a report."""
    size = Size()
    for name in inputs:
        for path in files(str(name)) or []:
            with _opened(path) as stream:
                if stream is None:
                    continue
                rows = sum(chunk.count(b"\n") for chunk in _chunks(stream)) if path.suffix in _ROW_SUFFIXES else 1
            size = replace(size, reports=size.reports + rows, bytes=size.bytes + path.stat().st_size)
    return size


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(1 << 20):
        yield chunk


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | None]:
    try:
        stream = path.open("rb")
    except OSError:
        yield None
        return
    with stream:
        yield stream
