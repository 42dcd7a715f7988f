"""Where tables lie: in the program, in an installed release, in a folder of the user's, in a release not yet unpacked."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import IO

from communique.errors import CallError, DataError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Layer:
    """One set of tables, laid over others.

    `files`: what can be read, by the name each file would have in `data/`; `label`: stands before that name where a
    fault or a reason says where it is; `whole`: the tables that take the place of all below, not only of rows with the
    same key.
    """

    label: str
    files: Mapping[str, Callable[[], IO[bytes]]]
    whole: frozenset[str] = frozenset()

    @classmethod
    def of_folder(cls, folder: Path, label: str, whole: frozenset[str] = frozenset()) -> Layer:
        """All files of a folder but hidden ones."""
        found = {}
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            # A link that leads nowhere is told when it is read.
            if (path.is_file() or path.is_symlink()) and not any(part.startswith(".") for part in parts):
                found["/".join(parts)] = opener(path)
        return cls(label, found, whole)

    def where(self, name: str) -> str:
        """How a file of this layer is named to people."""
        return f"{self.label}{name}"

    def matching(self, pattern: str) -> list[str]:
        """The names of files that fit `pattern`, in order."""
        return [name for name in self.files if fnmatchcase(name, pattern)]

    def data(self, name: str) -> bytes:
        """The bytes of a file. Raises `DataError` where it cannot be read."""
        with self._open(name) as file:
            return file.read()

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self.files[name]()
        except OSError as error:
            raise DataError([f"{self.where(name)}:1: cannot be read ({error.strerror})"]) from None

    def text(self, name: str) -> str:
        """The text of a file, without a byte order mark. Raises `DataError` where it is not UTF-8."""
        data = self.data(name)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            what = "UTF-16" if data.startswith(_UTF16) else f"byte {data[error.start]:#04x}, which is not UTF-8"
            raise DataError([f"{self.where(name)}:{line}: {what}; save the file as UTF-8"]) from None

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a file with their ends; never all of them in memory. Raises `DataError` as `text` does."""
        with self._open(name) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            try:
                yield from text
            except UnicodeDecodeError:
                self.text(name)


def opener(path: Path) -> Callable[[], IO[bytes]]:
    """What opens a file when it is read."""
    return lambda: path.open("rb")


def data() -> Path:
    """The folder of the tables that come with the program."""
    return Path(str(resources.files("communique").joinpath("data")))


def ours() -> Layer:
    return Layer.of_folder(data(), "")


def users(folder: Path) -> Layer:
    """A folder of the user's; its files are named as it is."""
    if not folder.is_dir():
        raise CallError(f"{folder}: no such folder")
    return Layer.of_folder(folder, str(folder / "_")[:-1])
