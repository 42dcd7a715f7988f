"""What became of everything that was read: read = converted + already there + not wanted + left, each told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

# What a person sees at once; the file has all.
_SHOWN = 20
_HEAD = "# What was not converted\n\nOne line for each, as file:line: reason: what stands there.\n\n"


class Journal:
    """Counts, and lists what could not be converted in a file, line by line, so that nothing is kept in memory.

    `converted`: written to a table; `known`: the tables say so already; `unwanted`: left out on purpose, by reason;
    `left`: not convertible, each listed; `notes`: what of the converted got lost, by what it is; `replaced`: codes of our
    tables in whose place new rows stand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read = 0
        self.converted = 0
        self.known = 0
        self.left = 0
        self.unwanted: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.replaced: list[str] = []
        self.first: list[str] = []
        self._file = path.open("w", encoding="utf-8")
        self._file.write(_HEAD)

    def leave(self, where: str, reason: str, text: str = "") -> None:
        """One item that could not be converted. `where`: file:line."""
        self.left += 1
        shown = f"{where}: {reason}" + (f": {' '.join(text.split())}" if text else "")
        if len(self.first) < _SHOWN:
            self.first.append(shown)
        self._file.write(f"- {shown}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()
        if not self.left:
            self.path.unlink()
