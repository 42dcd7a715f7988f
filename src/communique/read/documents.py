"""Word documents, rich text and PDF: one report, or the download of a news database (see `databases`)."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from communique.model import Article, Problem
from communique.read import databases, pages
from communique.read.archives import FREE_BYTES, MAX_RATIO
from communique.read.drafts import Download, Draft, Heading, paragraphs, tidy
from communique.read.source import MAX_DOCUMENT, DamageError, Given, Source, checked, clean

# A document with thousands of articles is a tenth of this; beyond it the tree of its parts fills the memory.
MAX_UNZIPPED = 200_000_000

# pypdf writes a line for every small fault it mends; without this, Python prints them all.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def articles(source: Source, given: Given, download: Download) -> Iterator[Article | Problem]:
    """The articles of a download, each named by its place, `file.docx#12`; and what is missing of it."""
    for number, draft in enumerate(download.drafts, 1):
        yield _from_draft(replace(source, name=f"{source.name}#{number}", inside=True), given, draft)
    found = len(download.drafts)
    if download.announced is not None and download.announced != found:
        yield source.problem(f"it speaks of {download.announced:,} articles and holds {found:,}; download it again")


def _from_draft(source: Source, given: Given, draft: Draft) -> Article | Problem:
    title = f" ({draft.title})" if draft.title else ""
    if not draft.complete:
        return source.problem(f"the article breaks off before its end{title}; get the file again")
    if not draft.text:
        return source.problem(
            f"an article without text{title}; the database has only what is said about it", aside=True
        )
    article = Article.make(
        clean(draft.text),
        given_id=draft.given_id,
        title=draft.title and clean(draft.title),
        outlet=draft.outlet or given.outlet,
        published=draft.published or given.published,
        language=draft.language,
        url=draft.url,
        author=draft.author,
    )
    return checked(source, article)


def _read(source: Source, given: Given, lines: Sequence[str], author: str | None = None) -> Iterator[Article | Problem]:
    """The articles of a document's lines, or the one report that it is."""
    if download := databases.split(lines, wrapped=False):
        yield from articles(source, given, download)
        return
    blocks = paragraphs(lines, wrapped=False)
    text = clean("\n\n".join(blocks))
    title = next((tidy(line) for line in lines if isinstance(line, Heading) and tidy(line)), None) or _first(blocks)
    article = Article.make(text, title=title, outlet=given.outlet, published=given.published, author=author)
    yield checked(source, article)


def _first(blocks: Sequence[str]) -> str | None:
    """The first line, where it may be a title: short, no sentence, and with text below it."""
    if len(blocks) < 2 or len(blocks[0]) > 200 or blocks[0].endswith((".", ":", ";", ",")):
        return None
    return blocks[0]


def _whole(source: Source) -> bytes:
    raw = source.whole(MAX_DOCUMENT)
    if len(raw) > MAX_DOCUMENT:
        raise DamageError(f"a document of more than {MAX_DOCUMENT:,} bytes; download it in parts")
    return raw


@contextmanager
def _taking_apart(kind: str) -> Iterator[None]:
    """Turns whatever a library raises on a broken file into the reason why it cannot be read."""
    try:
        yield
    except (DamageError, RecursionError, MemoryError):
        raise
    except Exception as error:  # libraries raise anything on bytes they did not foresee
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise DamageError(f"a broken or cut {kind} ({reason}); get it again, or save its text as .txt") from error


# Word

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MARKS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}softHyphen": "\xad",
}
# What was deleted or moved away, what is set otherwise, and the older of two forms of the same drawing.
_LEFT_OUT = frozenset(
    {f"{_W}{name}" for name in ("pPr", "rPr", "sectPr", "del", "moveFrom", "instrText", "delText")} | {f"{_MC}Fallback"}
)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# What programs write where no author is known.
_NOBODY = frozenset("python-docx|microsoft office user|windows user|user|admin|administrator|author|unknown".split("|"))


def read_docx(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A Word document, text and tables in order, without headers, footers and deleted text.

    The day on which a document was made is not taken for the day of publication: often it is the one of copying.
    """
    raw = _whole(source)
    with _taking_apart("Word document"):
        _check_package(raw)
        import docx

        document = docx.Document(io.BytesIO(raw))
        styles = {style.style_id: str(style.name or "").lower() for style in document.styles}
        headings = frozenset(key for key, name in styles.items() if name.startswith(("heading", "title")))
        lines = list(_docx_lines(document.element.body, headings))
        author = tidy(document.core_properties.author or "")
    yield from _read(source, given, lines, author if author.lower() not in _NOBODY else None)


def _check_package(raw: bytes) -> None:
    """Refuses what unpacks to too much, and parts whose document type may hide an entity bomb."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        size = sum(info.file_size for info in package.infolist())
        if size > MAX_UNZIPPED or size > max(FREE_BYTES, MAX_RATIO * len(raw)):
            raise DamageError(f"unpacks to {size:,} bytes, as a decompression bomb does; left alone")
        for info in package.infolist():
            # UTF-16 hides the mark from a search by bytes.
            if info.filename.endswith((".xml", ".rels")) and _DTD.search(package.read(info).replace(b"\x00", b"")):
                raise DamageError(f"{info.filename} in it has a document type (DTD), which may hide an entity bomb")


def _docx_lines(container: Any, headings: frozenset[str]) -> Iterator[str]:
    for element in container:
        if element.tag == f"{_W}p":
            yield from _docx_paragraph(element, headings)
        elif element.tag == f"{_W}tr":
            yield from _docx_row(element, headings)
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
            yield from _docx_lines(element, headings)


def _docx_paragraph(element: Any, headings: frozenset[str]) -> Iterator[str]:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    level = element.find(f"{_W}pPr/{_W}outlineLvl")
    heading = level is not None or (style is not None and style.get(f"{_W}val") in headings)
    for line in "".join(_docx_words(element)).split("\n"):
        yield Heading(line) if heading else line


def _docx_words(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _MARKS:
            yield _MARKS[child.tag]
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            # A paragraph in a paragraph is a text box.
            mark = "\n" if child.tag == f"{_W}p" else ""
            yield mark
            yield from _docx_words(child)
            yield mark


def _docx_row(row: Any, headings: frozenset[str]) -> list[str]:
    """The cells of a row as one line, tabs between them; the last may go on below. Cells that all hold several
    paragraphs are no row but a layout: they come one after the other."""
    cells = [[line for line in _docx_lines(cell, headings) if line.strip()] for cell in row.iter(f"{_W}tc")]
    if any(len(cell) > 1 for cell in cells[:-1]):
        return [line for cell in cells for line in cell]
    return ["\t".join(cell[0] if cell else "" for cell in cells), *(cells[-1][1:] if cells else [])]


# Rich text

_BINARY = re.compile(rb"\\\\|\\bin(\d{1,9}) ?")
# Pictures are written as hexadecimal digits; no word is that long.
_DIGITS = re.compile(rb"[0-9a-fA-F\r\n]{400,}")
_CELL = re.compile(rb"\\(?:nest)?cell(?![a-z])")
_PICTURE = re.compile(rb"\\pict(?![a-z])")
_BRACES = re.compile(rb"\\[\\{}]")


def read_rtf(source: Source, given: Given) -> Iterator[Article | Problem]:
    """Rich text. Of a file that was cut, the articles before the last are read: nobody knows how much the last lost."""
    raw = _whole(source)
    with _taking_apart("RTF file"):
        from striprtf.striprtf import rtf_to_text

        convert: Any = rtf_to_text

        plain = _without_pictures(raw)
        bare = _BRACES.sub(b"", plain)
        cut = bare.count(b"{") > bare.count(b"}")
        text = str(convert(_escaped(plain), errors="replace"))
        # Characters beyond the first 65,536 come as two halves.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lines = [line.rstrip("\t") for line in text.split("\n")]
    if not cut:
        yield from _read(source, given, lines)
        return
    download = databases.split(lines, wrapped=False)
    whole = download.drafts[:-1] if download else ()
    yield from articles(source, given, Download(whole))
    yield source.problem(f"the file is cut: {_count(len(whole))} read, the rest is not there; get it again")


def _count(number: int) -> str:
    return "1 article was" if number == 1 else f"{number:,} articles were"


def _without_pictures(raw: bytes) -> bytes:
    """The file without binary data and long runs of digits, its pictures under another name: the library drops what
    follows their own up to the first brace, which need not be theirs, and skips only some binary data."""
    kept = []
    at = 0
    while found := _BINARY.search(raw, at):
        kept.append(raw[at : found.start() if found[1] else found.end()])
        at = found.end() + int(found[1] or 0)
    return _PICTURE.sub(rb"\\picprop", _DIGITS.sub(b"", b"".join([*kept, raw[at:]])))


def _escaped(raw: bytes) -> str:
    """What the library can read: bytes beyond ASCII as escapes, unless the file is UTF-8; cells parted by tabs, as bars
    stand in texts; and links in a form it leaves alone, as it would put addresses into the text."""
    raw = _CELL.sub(rb"\\tab ", raw).replace(rb"\fldinst{", rb"\fldinst {")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return re.sub(rb"[\x80-\xff]", lambda found: b"\\'%02x" % found[0][0], raw).decode("ascii")


# PDF


def read_pdf(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A PDF that holds text; pages that are pictures, and pages that cannot be read, are named."""
    raw = _whole(source)
    if b"%%EOF" not in raw[-2048:]:
        raise DamageError("the PDF does not end as it should, so it is cut or broken; get it again")
    with _taking_apart("PDF"):
        import pypdf

        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DamageError("locked with a password; save it without one")
        found, faults = _pdf_rows(reader)
        author = tidy(str((reader.metadata.author if reader.metadata else None) or ""))
    yield from (source.problem(fault) for fault in faults)
    if not any(found):
        if not faults:
            yield source.problem("no text in it (scanned pages?): run text recognition (OCR) first")
        return
    lines = pages.paragraphs(found)
    yield from _read(source, given, lines, author if author.lower() not in _NOBODY else None)


def _pdf_rows(reader: Any) -> tuple[list[list[pages.Row]], list[str]]:
    """(lines of each page, what is wrong with pages)."""
    found: list[list[pages.Row]] = []
    faults: list[str] = []
    pictures: list[int] = []
    for number, page in enumerate(reader.pages, 1):
        try:
            found.append(pages.rows(page))
            if not found[-1] and pages.has_picture(page):
                pictures.append(number)
        except (RecursionError, MemoryError):
            raise
        except Exception as error:  # one bad page must not take the others with it
            faults.append(f"page {number} cannot be read ({type(error).__name__}: {error}); save its text as .txt")
    if pictures and any(found):
        faults.append(f"pages without text ({', '.join(map(str, pictures))}): run text recognition (OCR) first")
    return found, faults


# HTML

_DOWNLOAD = re.compile(
    r"end of document|load-date|\d of \d+ documents?\b|proquest|factiva|>\s*HD\s*<|\b[A-Z0-9]{8}(?:19|20)\d{6}[0-9a-z]{9}\b",
    re.IGNORECASE,
)
_HEADLINE_CLASS = re.compile(r"(?:^|\s)[a-z]{2}Headline(?:\s|$)")
_HTML_HIDDEN = frozenset("script style noscript template head iframe svg".split())
_HTML_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_HTML_BLOCKS = _HTML_HEADINGS | frozenset(
    "p div li ul ol dl dt dd tr table thead tbody section article blockquote pre hr br form body".split()
)


def split_html(page: str) -> Download | None:
    """The articles of a page that a news database made, `None` where it is an ordinary page."""
    if not _DOWNLOAD.search(page):
        return None
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", page))
    except (etree.LxmlError, ValueError):
        return None
    return databases.split(_html_lines(etree.iterwalk(root, ("start", "end", "comment", "pi"))), wrapped=False)


def _html_lines(walk: Any) -> list[str]:
    """The lines of a page, one a block; cells of a row parted by tabs."""
    lines: list[str] = []
    text = ""
    heading = 0
    marked = False

    def flush() -> None:
        nonlocal text, marked
        lines.append(Heading(text) if marked else text)
        text, marked = "", False

    for event, element in walk:
        tag = element.tag
        if event == "start" and tag not in _HTML_HIDDEN:
            if tag in _HTML_BLOCKS:
                flush()
            heading += _is_heading(element)
            text += "\t" if tag in ("td", "th") and element.getprevious() is not None else ""
            words = element.text
        elif event == "start":
            walk.skip_subtree()
            continue
        else:
            if event == "end" and tag not in _HTML_HIDDEN:
                heading -= _is_heading(element)
                if tag in _HTML_BLOCKS:
                    flush()
            words = element.tail
        marked = marked or bool(heading and words and words.strip())
        text += re.sub(r"[ \t\r\n]+", " ", words or "")
    flush()
    return lines


def _is_heading(element: Any) -> bool:
    return element.tag in _HTML_HEADINGS or _HEADLINE_CLASS.search(element.get("class") or "") is not None
