"""Which kind an input is, told by its content, and the reader for it.

Other packages may add readers: an entry point of the group `communique.readers` names a `Format`, which is asked
before ours. A reader is `reader(source, given)` and yields an `Article` or a `Problem` for each report that there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from communique.model import Article, Problem
from communique.read import archives, documents, feeds, rows, text, warc
from communique.read.source import DamageError, Given, Reader, Source, unicode_encoding

GROUP = "communique.readers"

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<article[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_TEXT_SUFFIXES = frozenset({"", ".txt", ".text"})
_ROW_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
_NO_REPORT = re.compile(r"(?:readme|licen[cs]e|copying|changelog|contributing|notice)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of input. `matches(head, suffix)`: whether an input is of this kind, by its first bytes (`HEAD_BYTES` at
    most, never empty) and the suffix of its name in small letters with its dot; `suffixes`: those it goes by."""

    name: str
    reader: Reader
    matches: Callable[[bytes, str], bool]
    suffixes: tuple[str, ...]
    about: str


def _magic(*marks: bytes) -> Callable[[bytes, str], bool]:
    return lambda head, suffix: head.startswith(marks)


def _bare(head: bytes) -> bytes:
    """The start of a text in UTF-8, without byte order mark and white space."""
    encoding = unicode_encoding(head)
    bare = head if encoding in (None, "utf-8-sig") else head.decode(encoding or "utf-8", "ignore").encode()
    return bare.removeprefix(b"\xef\xbb\xbf").lstrip()


def _is_docx(head: bytes, suffix: str) -> bool:
    return head.startswith(b"PK\x03\x04") and (suffix == ".docx" or b"word/" in head)


def _is_feed(head: bytes, suffix: str) -> bool:
    bare = _bare(head)
    return bare.startswith(b"<") and bool(_FEED.search(bare[:4096])) and not _HTML.search(bare[:200])


def _is_html(head: bytes, suffix: str) -> bool:
    bare = _bare(head)
    return bare.startswith(b"<") and bool(_HTML.search(bare[:4096]) or suffix in (".html", ".htm", ".xhtml"))


def _is_json(head: bytes, suffix: str) -> bool:
    bare = _bare(head)
    if not bare.startswith((b"{", b"[")):
        return suffix in _ROW_SUFFIXES
    return bare[1:].lstrip()[:1] in (b'"', b"{", b"}") or suffix in _ROW_SUFFIXES


OURS = (
    Format("parquet", rows.read_parquet, _magic(b"PAR1"), (".parquet",), "a Parquet table, one report a row"),
    Format("warc", warc.read_warc, _magic(b"WARC/"), (".warc", ".warc.gz"), "a web archive, one report a page"),
    Format(
        "compressed",
        archives.read_compressed,
        _magic(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"),
        (".gz", ".bz2", ".xz"),
        "gzip, bzip2 or xz, read as what it holds",
    ),
    Format(
        "docx",
        documents.read_docx,
        _is_docx,
        (".docx",),
        "a Word document: one report, or a download of Nexis, Factiva or ProQuest",
    ),
    Format("zip", archives.read_zip, _magic(b"PK\x03\x04", b"PK\x05\x06"), (".zip",), "a ZIP archive of any of these"),
    Format("pdf", documents.read_pdf, _magic(b"%PDF"), (".pdf",), "a PDF with text: one report, or such a download"),
    Format("rtf", documents.read_rtf, _magic(b"{\\rtf"), (".rtf",), "rich text: one report, or such a download"),
    Format(
        "tar",
        archives.read_tar,
        lambda head, suffix: head[257:262] == b"ustar",
        (".tar",),
        "a tar archive of any of these",
    ),
    Format("jsonl", rows.read_jsonl, _is_json, (".jsonl", ".ndjson", ".json"), "JSON lines, one report a line"),
    Format("feed", feeds.read_feed, _is_feed, (".rss", ".atom", ".xml"), "an RSS or Atom feed, one report an entry"),
    Format("html", text.read_html, _is_html, (".html", ".htm"), "a web page, or the HTML download of a news database"),
    Format(
        "csv",
        rows.read_csv,
        lambda head, suffix: rows.is_csv(_bare(head), suffix),
        (".csv", ".tsv"),
        "a table with a header row, one report a row",
    ),
    Format(
        "markdown",
        text.read_markdown,
        lambda head, suffix: suffix in _MARKDOWN_SUFFIXES,
        (".md", ".markdown"),
        "one report, its markup left out",
    ),
    Format(
        "text",
        text.read_text,
        lambda head, suffix: True,
        (".txt", ".text"),
        "one report, or the text download of a news database",
    ),
)


@cache
def known_formats() -> tuple[Format, ...]:
    """Those of other packages, then ours, in the order they are asked in."""
    added = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return (*(point.load() for point in added), *OURS)


# Kinds known by their first bytes that nothing here reads.
_UNREADABLE = (
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as .docx, .txt or .csv"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"SQLite format 3", "a database; export its reports as CSV"),
)
# Named like reports, in a form that is not read: broken promises, wherever they are met.
_WRONG_SUFFIXES = frozenset({".doc", ".xls", ".xlsx", ".odt", ".mht", ".mhtml", ".eml"})
_BINARY = "neither text nor any kind of file that is read (it holds zero bytes); if it is a text, save it anew as UTF-8"


def recognise(source: Source) -> Format | str:
    """The kind of an input, or why it is of none."""
    head, suffix = source.head, source.suffix
    if not head:
        return "an empty file"
    for mark, reason in _UNREADABLE:
        if head.startswith(mark):
            return reason
    if head.startswith(b"PK\x03\x04"):
        if suffix in (".xlsx", ".xlsm") or b"xl/workbook" in head[:4096]:
            return "an Excel workbook; save it as CSV"
        if b"mimetypeapplication/vnd.oasis" in head[:100]:
            return "an OpenDocument file; save it as .docx, .txt or .csv"
    if suffix in (".mht", ".mhtml", ".eml"):
        return "a mail or a page saved as one; save it as .html or .txt"
    if head[8:12] == b"DUCK":
        return "a DuckDB database, perhaps a record; ask it with `communique events`, or export its reports"
    found = next(form for form in known_formats() if form.matches(head, suffix))
    if found.reader in _OF_TEXT and unicode_encoding(head) is None and b"\x00" in head:
        return _BINARY
    return found


_OF_TEXT = frozenset({text.read_text, text.read_markdown, text.read_html, rows.read_csv, rows.read_jsonl})


def items(source: Source, given: Given) -> Iterator[Article | Problem]:
    """Everything that one input holds. Nothing it may be stops its neighbours."""
    found = recognise(source)
    if isinstance(found, str):
        # What is named as a report and holds none is broken, wherever it is met; other kinds are left out of folders.
        broken = source.suffix in _WRONG_SUFFIXES or any(source.suffix in form.suffixes for form in known_formats())
        yield source.problem(found, aside=source.inside and not broken)
        return
    if found.name == "text" and source.inside and source.suffix not in _TEXT_SUFFIXES:
        reason = f"left out: {source.suffix} is no report; give it by name to read it as text"
        yield source.problem(reason, aside=True)
        return
    try:
        yield from found.reader(source, given)
    except DamageError as error:
        yield source.problem(str(error))
    except RecursionError:
        yield source.problem("nested too deeply to be taken apart; save its text as .txt")
    except OSError as error:
        yield source.problem(f"cannot be read on ({error.strerror or error}); check that the file is whole")


def no_report(name: str) -> str | None:
    """Why a file met in a folder or archive is left out by its name."""
    if _NO_REPORT.fullmatch(name):
        return "left out: by its name no report; give it by name to read it"
    return None
