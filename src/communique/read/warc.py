"""Web archives (WARC): one report a page."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from communique.model import Article, Problem
from communique.read.source import ENCODING_ADVICE, MAX_BYTES, DamageError, Given, Source, checked, clean, decode
from communique.read.text import page_article

_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(source: Source, given: Given) -> Iterator[Article | Problem]:
    """The pages of a web archive, in their order. Problems name the record, counted from 1; what is no page (requests,
    pictures, styles, redirects) is counted by kind and told in one line. A record that is cut ends the reading."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    other: Counter[str] = Counter()
    number = 0
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    try:
        for record in ArchiveIterator(_Forward(source.rest()), parse_http=False, stream_detect=False):
            number += 1
            if record.headers.get("WARC-Type") is None:
                raise DamageError(f"record {number} has no type: broken or cut; what lies behind it is not read")
            if not record.record_type & kinds:
                other[record.headers.get("WARC-Type") or "unknown"] += 1
                continue
            yield from _page(source, number, record, given, other)
    except OSError as error:
        raise DamageError(f"record {number + 1} is broken or cut ({error}); what lies behind it is not read") from error
    except BaseException as error:
        # A fault inside the library's own code is no `Exception`.
        if type(error).__name__ != "PanicException":
            raise
        raise DamageError(f"record {number + 1} cannot be taken apart; what lies behind it is not read") from error
    if other:
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(other.items()))
        yield source.problem(f"left out, no pages: {counts}", aside=True)


class _Forward:
    """A stream that cannot be sought in, for a library that asks where it is and skips ahead by seeking."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read1(size)
        self._at += len(piece)
        return piece

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._stream.close()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        ahead = offset - self._at if whence == io.SEEK_SET else offset
        if ahead < 0 or whence == io.SEEK_END:
            raise OSError("cannot go back in a stream")
        while ahead and (piece := self.read(min(ahead, 1 << 20))):
            ahead -= len(piece)
        return self._at


def _page(source: Source, number: int, record: Any, given: Given, other: Counter[str]) -> Iterator[Article | Problem]:
    url = record.headers.get("WARC-Target-URI")
    length = record.content_length
    content = record.reader.read(MAX_BYTES + 1)
    if len(content) < min(length, MAX_BYTES + 1):
        raise DamageError(
            f"record {number} ({url}) is cut: {len(content):,} of {length:,} bytes; get the archive again"
        )
    kind, charset, body = _payload(record, content)
    if kind not in _PAGES and kind != "text/plain":
        other[kind or "of no stated kind"] += 1
        return
    if len(content) > MAX_BYTES or len(body) > MAX_BYTES:
        yield source.problem(f"{url}: a page of more than {MAX_BYTES:,} bytes", number, aside=True)
        return
    page = decode(body, charset)
    if page is None:
        yield source.problem(f"{url}: {ENCODING_ADVICE}", number)
        return
    at = Source(source.name, io.BytesIO(), b"", inside=True, depth=source.depth, url=url)
    if kind in _PAGES:
        yield page_article(at, given, page, number)
    elif page.strip():
        article = Article.make(clean(page), outlet=given.outlet, published=given.published, url=url)
        yield checked(at, article, number)


def _payload(record: Any, content: bytes) -> tuple[str, str | None, bytes]:
    """Kind, encoding and body of a record; of a page, not many more bytes than a page may have. A web server's answer
    that is no page (a redirect, an error) has its status as its kind."""
    from fastwarc.warc import WarcRecord

    if not record.is_http:
        kind = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        return kind, None, content
    answer = WarcRecord()
    answer.is_http = True
    answer.set_bytes_content(content)
    answer.parse_http(auto_decode="all")
    if answer.http_headers is None or answer.http_headers.status_code != 200:
        status = answer.http_headers.status_code if answer.http_headers else None
        return f"answers with status {status}", None, b""
    return (answer.http_content_type or "").lower(), answer.http_charset, answer.reader.read(MAX_BYTES + 1)
