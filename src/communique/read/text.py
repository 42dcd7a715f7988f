"""Plain text, Markdown and web pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from communique.model import Article, Problem
from communique.read import databases, documents
from communique.read.days import iso_day
from communique.read.source import ENCODING_ADVICE, MAX_BYTES, SIZE_ADVICE, Given, Source, checked, clean, decode

# The download of a news database is longer than any report.
_MAX_DOWNLOAD = 4 * MAX_BYTES
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_LANG = re.compile(r"""<html[^>]*?\slang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_TITLE = re.compile(r"\s*(?:#+[ \t]*)?(\S[^\n\r]{0,198}?)[ \t]*\r?\n[ \t]*\r?\n\s*\S")
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?\n", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^(\w+)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def read_text(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A file of plain text is one report; its first line is the title if it stands alone and short. The text download
    of a news database is as many reports as it holds."""
    raw = source.whole(_MAX_DOWNLOAD)
    if len(raw) > _MAX_DOWNLOAD:
        yield source.problem(SIZE_ADVICE)
        return
    text = decode(raw, source.charset)
    if text is None:
        yield source.problem(ENCODING_ADVICE)
        return
    if drafts := databases.split(text.splitlines()):
        yield from documents.articles(source, given, drafts)
        return
    if len(raw) > MAX_BYTES:
        yield source.problem(SIZE_ADVICE)
        return
    text = clean(text)
    yield checked(source, Article.make(text, title=_first_line(text), published=given.published, outlet=given.outlet))


def _first_line(text: str) -> str | None:
    found = _TITLE.match(text)
    if not found or found[1].endswith((".", ":", ";", ",")):
        return None
    return found[1]


# Markdown


def read_markdown(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A Markdown file is one report, without its markup; the first heading is the title, and fields at its head
    (`title: ...` between lines of dashes) tell title, outlet, date, author, address and language."""
    raw = source.whole()
    text = decode(raw)
    if len(raw) > MAX_BYTES:
        yield source.problem(SIZE_ADVICE)
        return
    if text is None:
        yield source.problem(ENCODING_ADVICE)
        return
    about: dict[str, str] = {}
    if front := _FRONT_MATTER.match(text):
        about = {name.lower(): value.strip("\"'") for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    plain, heading = _without_markup(clean(text))
    article = Article.make(
        plain,
        title=about.get("title") or heading or _first_line(plain),
        outlet=about.get("outlet") or about.get("source") or given.outlet,
        published=iso_day(about.get("published") or about.get("date")) or given.published,
        language=about.get("language") or about.get("lang"),
        url=about.get("url") or about.get("link"),
        author=about.get("author"),
    )
    yield checked(source, article)


def _without_markup(text: str) -> tuple[str, str | None]:
    """The words of a Markdown text, one paragraph a block, and its first heading."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    heading: str | None = None
    opened = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "inline":
            block = "".join(_words(child) for child in token.children or [])
            blocks.append(block)
            if heading is None and opened == "heading_open":
                heading = block or None
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
        opened = token.type
    return "\n\n".join(block for block in blocks if block.strip()), heading


def _words(token: Any) -> str:
    if token.type in ("text", "code_inline"):
        return str(token.content)
    return "\n" if token.type in ("softbreak", "hardbreak") else ""


# Web pages


def read_html(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A saved web page is one report: its main text, and what its metadata says of title, outlet, day and address. The
    page that a news database makes of many articles is as many reports."""
    raw = source.whole(_MAX_DOWNLOAD)
    if len(raw) > _MAX_DOWNLOAD:
        yield source.problem(SIZE_ADVICE)
        return
    declared = _CHARSET.search(raw[:4096])
    page = decode(raw, declared[1].decode("ascii", "ignore") if declared else source.charset)
    if page is None:
        yield source.problem(ENCODING_ADVICE)
        return
    if drafts := documents.split_html(page):
        yield from documents.articles(source, given, drafts)
        return
    if len(raw) > MAX_BYTES:
        yield source.problem(SIZE_ADVICE)
        return
    yield page_article(source, given, page)


def page_article(source: Source, given: Given, page: str, line: int | None = None) -> Article | Problem:
    """The report on a page; `line`: where the page stands in a file of several."""
    found = _extract(page)
    if isinstance(found, str):
        # Archives of the web are full of pages that are no articles.
        return source.problem(found, line, aside=line is not None)
    language = _LANG.search(page[:20_000])
    article = Article.make(
        clean(found["text"]),
        title=found.get("title"),
        outlet=found.get("sitename") or given.outlet,
        published=iso_day(found.get("date")) or given.published,
        language=language[1] if language else None,
        url=found.get("url") or source.url,
        author=found.get("author"),
    )
    return checked(source, article, line)


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
