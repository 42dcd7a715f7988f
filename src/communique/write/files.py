"""Where an export goes: whole files or none, and what the user is told of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from communique.errors import CommuniqueError
from communique.write.source import Book, Selection


@dataclass
class Export:
    """One call of `export`: what is asked for, and what came of it.

    `to` with a suffix is one file, without one a folder. `notes`: what is not in the files, and why, for people.
    """

    book: Book
    to: Path
    table: str | None = None
    at: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    extra: bool = False
    excel_safe: bool = False
    made: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def one_file(self) -> bool:
        return bool(self.to.suffix)

    @contextmanager
    def file(self, name: str) -> Iterator[Path]:
        """A place to write at: what is there at the end becomes `to`, or in a folder the file of this name, in place
        of an older one; nothing does when the writing fails."""
        path = self.to if self.one_file else self.to / name
        part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                yield part
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise CommuniqueError(
                f"{path} cannot be written ({error.strerror}); choose another place with --to"
            ) from error
        self.made.append(path)

    @contextmanager
    def text(self, name: str, encoding: str = "utf-8") -> Iterator[IO[str]]:
        """The same, opened for text; lines end as they are written."""
        with self.file(name) as part, part.open("w", encoding=encoding, newline="") as file:
            yield file

    def note(self, number: int, what: str) -> None:
        """Tells how many rows (at least one) are not there, and why."""
        if number:
            self.notes.append(f"{number:,} {what}")

    def note_left_out(self, chosen: Selection) -> None:
        """Tells of the events that did not take place."""
        for status, number in sorted(chosen.left_out.items()):
            self.note(number, f"{status} events left out; --status {status} asks for them")


def table_writer(file: IO[str], delimiter: str = ",") -> Any:
    """Cells quoted only where they must be, lines ended by LF."""
    return csv.writer(file, delimiter=delimiter, lineterminator="\n")


def one_line(text: str) -> str:
    """The text without tabs, line ends and zero bytes, which would break a row of a tab-separated file."""
    return " ".join(text.replace("\0", " ").split())


def joined(items: Sequence[object], separator: str = "|") -> str:
    """Items in one cell; the separator inside an item is written as a slash, an unknown item is empty."""
    return separator.join("" if item is None else str(item).replace("|", "/") for item in items)
