"""What every reader works on: an opened input, what the call says of it, and the limits that hold for all."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import IO

from communique.model import Article, Problem
from communique.read.language import identify, two_letters

HEAD_BYTES = 65_536
# A page or text beyond this is no report but an archive; reading it as one would fill the memory.
MAX_BYTES = 5_000_000
# A line of a table: the longest report in any of our encodings, with room for markup.
MAX_LINE = 10_000_000
# A document with many articles is read into memory whole.
MAX_DOCUMENT = 100_000_000
MAX_CHARACTERS = 1_000_000

ENCODING_ADVICE = "neither UTF-8 nor another encoding we can tell; save it as UTF-8"
SIZE_ADVICE = f"larger than {MAX_BYTES:,} bytes; split it into one file per report, or into JSON lines"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class DamageError(Exception):
    """The bytes end too early, unpack to too much, or are not what they said. Its text is the reason given to users.

    Readers need not catch it: what came before stands, and the input gets one problem.
    """


@dataclass(frozen=True, slots=True)
class Given:
    """What the call says of reports that do not say it themselves. `published`: an ISO day; `columns`: which column of
    a table holds which of `text id outlet published title url language author`; `local`: addresses inside this network
    may be fetched."""

    published: str | None = None
    outlet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    local: bool = False


@dataclass(slots=True)
class Source:
    """An opened input. `head`: its first bytes, already taken from `stream`; `inside`: met in a folder, glob or archive;
    `depth`: archives it lies in; `url`: the address it was fetched from; `charset`: the encoding that its server
    named; `packed`: the name without the suffix of the compression that was undone;
    `ended`: the head is all there is."""

    name: str
    stream: IO[bytes]
    head: bytes
    inside: bool = False
    depth: int = 0
    url: str | None = None
    packed: str | None = None
    charset: str | None = None
    ended: bool = False

    @classmethod
    def opened(
        cls,
        name: str,
        stream: IO[bytes],
        *,
        inside: bool = False,
        depth: int = 0,
        url: str | None = None,
        packed: str | None = None,
        charset: str | None = None,
    ) -> Source:
        """The input with its head taken. A pipe gives its bytes piece by piece; the head is all that it can hold."""
        head = b""
        ended = False
        try:
            while len(head) < HEAD_BYTES and not ended:
                piece = _read_some(stream, HEAD_BYTES - len(head))
                head += piece
                ended = not piece
        except DamageError:
            # What comes before the damage may be worth reading; the next read raises again.
            if not head:
                raise
        return cls(name, stream, head, inside, depth, url, packed, charset, ended)

    @property
    def suffix(self) -> str:
        return PurePath(self.packed or self.name).suffix.lower()

    def within(self, name: str, stream: IO[bytes]) -> Source:
        """A part of this input, as an archive's member."""
        return Source.opened(f"{self.name}/{name}", stream, inside=True, depth=self.depth + 1)

    def whole(self, limit: int = MAX_BYTES) -> bytes:
        """All bytes, but not many more than `limit`."""
        # A terminal that has said once that this is all must not be asked again.
        if len(self.head) <= limit and not self.ended:
            self.head += self.stream.read(limit + 1 - len(self.head))
        return self.head

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """The input from its start, as a file that can be sought in; spooled to disk where it is none."""
        if self.stream.seekable():
            self.stream.seek(0)
            yield self.stream
            return
        with tempfile.TemporaryFile() as spool:
            spool.write(self.head)
            while piece := self.stream.read(1 << 20):
                spool.write(piece)
            spool.seek(0)
            yield spool

    def rest(self) -> io.BufferedReader:
        """The input from its start, to be read once."""
        return io.BufferedReader(_Rejoined(self.head, io.BytesIO() if self.ended else self.stream), 1 << 16)

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """(line number from 1, bytes with the line's end); never more than one line in memory, and `None` in place of
        one that is longer than `MAX_LINE`."""
        stream = self.rest()
        number = 1
        while line := stream.readline(MAX_LINE):
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                while (more := stream.readline(MAX_LINE)) and not more.endswith(b"\n"):
                    pass
                yield number, None
            else:
                yield number, line
            number += 1

    def problem(self, reason: str, line: int | None = None, aside: bool = False) -> Problem:
        """Why nothing comes of this input, or of one line (row, article) of it."""
        where = self.name if line is None else f"{self.name}:{line}"
        return Problem(where, "read", reason, aside=aside)


class _Rejoined(io.RawIOBase):
    """The head and what follows it, as one stream."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            piece, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            piece = _read_some(self._stream, len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _read_some(stream: IO[bytes], size: int) -> bytes:
    """What can be had at once: a read that goes on until it has `size` bytes loses them all where it meets damage."""
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return read(size)


# The one signature of all readers, ours and those of plug-ins.
Reader = Callable[[Source, Given], Iterator[Article | Problem]]


# Bytes to text


def unicode_encoding(head: bytes) -> str | None:
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
    marked = unicode_encoding(raw)
    for encoding in [marked] if marked else ["utf-8", declared, "cp1252"]:
        if encoding is None:
            continue
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def clean(text: str) -> str:
    """Without the two kinds of characters that no UTF-8 file or database holds; offsets stay as they are."""
    return _UNSTORABLE.sub("\ufffd", text)


# What becomes of an article


def checked(source: Source, article: Article, line: int | None = None) -> Article | Problem:
    """The article with its language, or why it is not one we read. The words decide on the language, the label only
    where they are few: pages in German that call themselves English are common."""
    aside = source.inside or line is not None
    if not article.text.strip():
        return source.problem("no text in it", line)
    if len(article.text) > MAX_CHARACTERS:
        return source.problem(f"longer than {MAX_CHARACTERS:,} characters; split it into its reports", line)
    language = identify(article.text) or two_letters(article.language)
    article = replace(article, language=language)
    if language in (None, "en"):
        return article
    reason = f"not in English ({language}): stored, not coded; only English reports are coded so far"
    return replace(source.problem(reason, line, aside=aside), article=article.id, report=article)
