"""Where things stand in a TOML file: the standard library reads the values and forgets the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]

_HEADER = re.compile(r"[ \t]*(\[\[?)([^\n]*?)\]\]?[ \t]*(?:#[^\n]*)?(?:\n|$)")
_KEY = re.compile(
    r"[ \t]*((?:[\w-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*'))*)[ \t]*="
)
_PART = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'|([\w-]+)")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]', re.DOTALL
)


class Lines:
    """The lines of a file that `tomllib` has read without a fault, by path: `("mode", 1, "intensity")` is that key of
    the second `[[mode]]`."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._lines: dict[Path, int] = {}
        self._values: dict[Path, tuple[int, int]] = {}
        self._counts: dict[Path, int] = {}
        self._read()

    def of(self, path: Sequence[str | int], item: str | None = None) -> int:
        """The line of a key or table, else of what holds it; with `item`, of that string in its value."""
        at = tuple(path)
        while at and at not in self._lines:
            at = at[:-1]
        if item is not None and at in self._values:
            start, end = self._values[at]
            found = re.search(rf"[\"']{re.escape(item)}[\"']", self._text[start:end])
            if found:
                return self._line(start + found.start())
        return self._lines.get(at, 1)

    def _line(self, position: int) -> int:
        return self._text.count("\n", 0, position) + 1

    def _read(self) -> None:
        position = 0
        table: Path = ()
        while position < len(self._text):
            if header := _HEADER.match(self._text, position):
                table = self._table(_parts(header[2]), header[1] == "[[")
                self._lines[table] = self._line(position)
                position = header.end()
            elif key := _KEY.match(self._text, position):
                path = (*table, *_parts(key[1]))
                end = self._end(key.end())
                self._lines[path] = self._line(key.start(1))
                self._values[path] = (key.end(), end)
                position = end
            else:
                position = (self._text.find("\n", position) + 1) or len(self._text)

    def _table(self, parts: Sequence[str], several: bool) -> Path:
        """The path of a header: arrays of tables on the way stand for their last entry."""
        path: Path = ()
        for part in parts[:-1]:
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path])
        path = (*path, *parts[-1:])
        if several:
            self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, self._counts[path])
        return path

    def _end(self, position: int) -> int:
        """The end of a value: the first line break outside strings and brackets."""
        depth = 0
        for token in _TOKEN.finditer(self._text, position):
            if token[0] == "\n" and depth == 0:
                return token.end()
            depth += (token[0] in "[{") - (token[0] in "]}")
        return len(self._text)


def _parts(dotted: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(dotted)]
