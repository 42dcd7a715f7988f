"""Compressed files, ZIP and tar archives: what lies in them is read like the files of a folder.

What unpacks to far more than its size is stopped while it streams; names inside an archive are never used as paths.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO, Any

from communique.model import Article, Problem
from communique.read.source import DamageError, Given, Source

# An archive in an archive in an archive is as deep as we look.
MAX_DEPTH = 3
# Text shrinks to a tenth, tables of the same words over and over to a fiftieth; bombs to a thousandth.
MAX_RATIO = 200
# Ratios of small things mean nothing.
FREE_BYTES = 10_000_000
# No archive of reports is that large unpacked; read its parts one by one.
MAX_UNPACKED = 50_000_000_000

_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError)

Opened = Callable[[Source, Given], Iterator[Article | Problem]]


class Capped(io.RawIOBase):
    """What a decompressor gives, until it is more than the packed bytes can honestly hold.

    `packed`: how many packed bytes were used so far. Reading raises `DamageError` beyond the caps, and where the
    decompressor finds its bytes cut or broken.
    """

    def __init__(self, stream: IO[bytes], packed: Callable[[], int]) -> None:
        self._stream = stream
        self._packed = packed
        self._given = 0
        self._fault: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = b"" if self._fault else self._next(len(buffer))
        if self._fault:
            raise DamageError(self._fault)
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, size: int) -> bytes:
        """The next bytes; sets the fault where there is one."""
        try:
            piece: bytes = self._stream.read1(size)  # type: ignore[attr-defined]
        except EOFError:
            self._fault = "the compressed data end too early: the file is cut; get it again"
            return b""
        except _BROKEN as error:
            self._fault = f"the compressed data are broken ({error}); get the file again"
            return b""
        self._given += len(piece)
        if self._given > MAX_UNPACKED:
            self._fault = f"unpacks to more than {MAX_UNPACKED:,} bytes; unpack it and give its parts"
        elif self._given > FREE_BYTES and self._given > MAX_RATIO * max(1, self._packed()):
            self._fault = f"unpacks to more than {MAX_RATIO} times its size, as a decompression bomb does; left alone"
        return piece


class _Counted(io.RawIOBase):
    """A stream that knows how much of it was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._stream.read(len(buffer))
        self.count += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def unpacked(source: Source) -> IO[bytes]:
    """The bytes of a compressed file (gzip, bzip2, xz), with all caps."""
    packed = _Counted(source.rest())
    buffered: Any = io.BufferedReader(packed, 1 << 16)
    opener: Any = gzip.open
    if source.head.startswith(b"BZh"):
        opener = bz2.open
    elif source.head.startswith(b"\xfd7zXZ\x00"):
        opener = lzma.open
    return io.BufferedReader(Capped(opener(buffered, "rb"), lambda: packed.count), 1 << 16)


def read_compressed(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A file packed with gzip, bzip2 or xz: read as what it holds."""
    from communique.read.formats import items

    name = source.packed or source.name
    for suffix in (".gz", ".bz2", ".xz"):
        name = name.removesuffix(suffix)
    if name.endswith(".tgz"):
        name = name.removesuffix(".tgz") + ".tar"
    _check_depth(source)
    stream = unpacked(source)
    depth = source.depth + 1
    yield from items(
        Source.opened(source.name, stream, inside=source.inside, depth=depth, url=source.url, packed=name), given
    )


def read_zip(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A ZIP archive, its files in order of their names."""
    _check_depth(source)
    with source.file() as file:
        try:
            archive = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise DamageError(f"a broken or cut ZIP archive ({error}); get it again") from error
        with archive:
            found = [i for i in archive.infolist() if not i.is_dir() and not _hidden(i.filename)]
            if not found:
                raise DamageError("an archive with nothing to read in it")
            for info in sorted(found, key=lambda info: info.filename):
                yield from _zip_member(source, archive, info, given)


def _zip_member(
    source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo, given: Given
) -> Iterator[Article | Problem]:
    if info.flag_bits & 1:
        yield source.problem(f"{info.filename} is locked with a password; unpack the archive first")
        return
    try:
        stream = archive.open(info)
    except (*_BROKEN, RuntimeError) as error:
        yield source.problem(f"{info.filename} cannot be unpacked ({error}); get the archive again")
        return
    with stream:
        yield from _member(source, info.filename, stream, given, lambda: info.compress_size)


def read_tar(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A tar archive, its files in the order they are in; links are not followed."""
    _check_depth(source)
    try:
        empty = True
        with tarfile.open(fileobj=source.rest(), mode="r|") as archive:
            for info in archive:
                if not info.isfile() or _hidden(info.name):
                    continue
                empty = False
                stream = archive.extractfile(info)
                if stream is not None:
                    yield from _member(source, info.name, stream, given, lambda: 1 << 62)
        if empty:
            raise DamageError("an archive with nothing to read in it")
    except tarfile.TarError as error:
        raise DamageError(f"a broken or cut tar archive ({error}); get it again") from error


def _member(
    source: Source, name: str, stream: IO[bytes], given: Given, packed: Callable[[], int]
) -> Iterator[Article | Problem]:
    from communique.read.formats import items, no_report

    if reason := no_report(PurePosixPath(name).name):
        yield Problem(f"{source.name}/{name}", "read", reason, aside=True)
        return
    capped = io.BufferedReader(Capped(stream, packed), 1 << 16)
    try:
        inner = source.within(name, capped)
    except DamageError as error:
        yield Problem(f"{source.name}/{name}", "read", str(error))
        return
    yield from items(inner, given)


def _hidden(name: str) -> bool:
    """Hidden files are left out, as they are of folders; and what one system puts into archives for itself."""
    parts = [part for part in PurePosixPath(name).parts if part not in (".", "..")]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _check_depth(source: Source) -> None:
    if source.depth >= MAX_DEPTH:
        raise DamageError(f"an archive {MAX_DEPTH} archives deep; unpack the outer ones first")
