"""RSS and Atom feeds: one report an entry."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from communique.model import Article, Problem
from communique.read.days import iso_day
from communique.read.source import DamageError, Given, Source, checked, clean

MAX_FEED = 20_000_000
_BLOCKS = frozenset("p div li h1 h2 h3 h4 h5 h6 blockquote tr section article figure pre ul ol table".split())
_HIDDEN = frozenset("script style noscript template iframe object svg".split())
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_feed(source: Source, given: Given) -> Iterator[Article | Problem]:
    """Each entry of a feed is a report: its full text where the feed has it, else its summary. Titles and texts are
    freed of markup; addresses other than http(s) are left out. A feed with a document type is refused: entities may
    blow it up to any size."""
    import feedparser

    raw = source.whole(MAX_FEED)
    if len(raw) > MAX_FEED:
        raise DamageError(f"a feed of more than {MAX_FEED:,} bytes; split it")
    # UTF-16 hides the mark from a search by bytes.
    if _DTD.search(raw.replace(b"\x00", b"")):
        raise DamageError(
            "a feed with a document type (DTD), which may hide an entity bomb; remove the <!DOCTYPE ...> part"
        )
    found = feedparser.parse(raw, sanitize_html=False, resolve_relative_uris=False)
    if not found.entries:
        fault = f": {found.bozo_exception}" if found.bozo else ""
        raise DamageError(f"a feed without entries{fault}")
    feed = found.feed
    about = {"outlet": plain(feed.get("title", "")) or given.outlet, "language": feed.get("language")}
    for number, entry in enumerate(found.entries, 1):
        yield _report(source, number, entry, about, given)
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        reason = f"the feed is broken ({found.bozo_exception}); entries behind that place may be missing"
        yield source.problem(reason)


def _report(source: Source, number: int, entry: Any, about: dict[str, Any], given: Given) -> Article | Problem:
    bodies = [c.get("value", "") for c in entry.get("content", ())] + [entry.get("summary", "")]
    text = max((plain(body) for body in bodies), key=len)
    title = plain(entry.get("title", "")).replace("\n", " ") or None
    if not text:
        return source.problem("an entry without text; its page has to be read instead", number, aside=True)
    link = entry.get("link", "")
    article = Article.make(
        clean(text),
        given_id=entry.get("id"),
        title=title,
        outlet=about["outlet"],
        published=iso_day(entry.get("published") or entry.get("updated")) or given.published,
        language=entry.get("content", [{}])[0].get("language") or about["language"],
        url=link if re.match(r"https?://", link, re.IGNORECASE) else None,
        author=plain(entry.get("author", "")) or None,
    )
    return checked(source, article, number)


def plain(markup: str) -> str:
    """The words of a piece of HTML, one paragraph a block; a text without tags stays as it is but for its entities."""
    if "<" not in markup:
        return html.unescape(markup).strip()
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError):
        return html.unescape(re.sub(r"<[^>]*>", " ", markup)).strip()
    pieces: list[str] = []
    _words(root, pieces)
    paragraphs = "".join(pieces).split("\x00")
    cleaned = [re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", p)).strip() for p in paragraphs]
    return "\n\n".join(p for p in cleaned if p)


def _words(root: Any, pieces: list[str]) -> None:
    """The text below an element, a zero character between blocks; without recursion, for markup nested without end."""
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        tag = item.tag if isinstance(item.tag, str) else None
        after: list[Any] = [item.tail] if item is not root and item.tail else []
        if tag is None or tag in _HIDDEN:
            stack += after
            continue
        mark = "\x00" if tag in _BLOCKS else ""
        pieces.append("\n" if tag == "br" else mark)
        if item.text:
            # Line breaks of the source are spaces; only <br> is one of the text.
            pieces.append(re.sub(r"\s+", " ", item.text))
        stack += [re.sub(r"\s+", " ", a) for a in after]
        if mark:
            stack.append(mark)
        stack += list(reversed(item))
