"""The tables that a coding goes by: ours, what installed releases lay over them, and over all a user's own folder.

CSV tables are described in `data/tables.toml` (columns, their kinds, key, order).

- A row of a later layer takes the place of ours with the same key, whole; one with a new key is added. Rows of later
  layers stand before ours, so that theirs decides where several could.
- A row with `yes` in a column `remove`, which a user's table may have, takes out ours with its key; its other cells may
  be empty.
- TOML files are merged entry by entry, as `merge.py` says.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from communique.codebook.layers import Layer, ours, users
from communique.codebook.merge import merged
from communique.codebook.releases import Installed, installed
from communique.codebook.rows import REMOVE, REMOVED, Row, header_faults, read_cells, read_rows, wrong_count
from communique.errors import DataError

CLASS_CODES = frozenset({"IGO", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC"})
# Every lexicon of events: a user may add files to the folder.
PREDICATES = "lang/en/predicates/*.csv"
CLASSES = "lang/en/classes*.csv"
# Files that are one table together.
TOGETHER = (PREDICATES, CLASSES)
# What is read as TOML; `tables.toml` and `SOURCES.toml` say something of the files and are no tables themselves.
DOCUMENTS = ("codebook/*.toml", "sectors.toml", "ties.toml", "happenings.toml", "lang/en/dates.toml")
CONTEXTS = "codebook/contexts.toml"
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class EventType:
    """One PLOVER type with its modes, as `data/codebook/<type>.toml` describes it."""

    name: str
    quad: str
    intensity: float
    recipient_required: bool
    modes: dict[str, float | None]
    file: str
    examples: tuple[dict[str, Any], ...] = ()


class Codebook:
    """All tables, ours under installed releases under a user's.

    `overlay`: a folder laid out like `data/`, or layers, the lowest first; `releases`: by default, the installed ones.
    Reading a table with a fault raises `DataError` with all faults of that table; `check` lists those of all.
    """

    def __init__(
        self, overlay: Path | Sequence[Layer] | None = None, releases: Sequence[Installed] | None = None
    ) -> None:
        below = [release.layer() for release in (installed() if releases is None else releases)]
        own = [users(overlay)] if isinstance(overlay, Path) else list(overlay or ())
        self.layers: tuple[Layer, ...] = (ours(), *below, *own)
        self._unverified = bool(own)
        self._covered: dict[str, list[frozenset[str]]] = {}
        self._tables: dict[str, tuple[list[Row], list[str]]] = {}
        self._documents: dict[str, tuple[dict[str, Any], list[str]]] = {}

    # Tables

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The description of every CSV table there is, by its name."""
        described = tomllib.loads(self.layers[0].text("tables.toml"))["table"]
        names = sorted({name for layer in self.layers for name in layer.files})
        return {name: table for table in described for name in names if fnmatchcase(name, table["file"])}

    def sources(self, name: str) -> list[tuple[str, str]]:
        """The (label, text) of each file called `name`, ours first."""
        return [(layer.where(name), layer.text(name)) for _, layer, _ in self._having(name)]

    def rows(self, name: str) -> list[Row]:
        """The rows of a CSV table. `name` may be a pattern for several files with the same columns: they are one table
        then, and a row takes the place of one of ours in any of them."""
        rows, faults = self._table(name)
        if faults:
            raise DataError(faults)
        return rows

    def readable(self, name: str) -> list[Row]:
        """The rows of a table that can be read, whatever is wrong with others."""
        return self._table(name)[0]

    def each(self, name: str) -> Iterator[tuple[str, int, list[str]]]:
        """(label, line, cells in the order of the columns) of a large table, ours first; nothing is kept in memory but
        the keys of what lies over ours. Its key is its first column."""
        columns = list(self.schema[name]["columns"])
        faults: list[str] = []
        layers = [layer for _, layer, _ in self._having(name)]
        hidden = self._hidden(name, layers, columns) if len(layers) > 1 else []
        for n, layer in enumerate(layers):
            above = frozenset().union(*hidden[n:])
            where = layer.where(name)
            for line, cells, removed in self._cells(layer, name, columns, faults):
                if not removed and cells[0] not in above:
                    yield where, line, cells
        if faults:
            raise DataError(faults)

    def _hidden(self, name: str, layers: Sequence[Layer], columns: list[str]) -> list[frozenset[str]]:
        """For each layer but the first, the keys of rows below that it takes the place of. Few of a large table's are
        among ours, so the others are not kept."""
        if name not in self._covered:
            below: set[str] = set()
            found = []
            for n, layer in enumerate(layers):
                keys = (cells[0] for _, cells, _ in self._cells(layer, name, columns, []))
                if n:
                    mine = set(keys) if n < len(layers) - 1 else keys
                    found.append(frozenset(key for key in mine if key in below))
                    below.update(mine if isinstance(mine, set) else ())
                else:
                    below.update(keys)
            self._covered[name] = found
        return self._covered[name]

    def _cells(
        self, layer: Layer, name: str, columns: list[str], faults: list[str]
    ) -> Iterator[tuple[int, list[str], bool]]:
        """(line, cells in the order of `columns`, whether the row takes one out)."""
        where = layer.where(name)
        found = read_cells(where, layer.lines(name), faults)
        _, header = next(found, (1, columns))
        if wrong := header_faults(where, header, self.schema[name], layer is self.layers[0]):
            faults += wrong
            return
        removal = header.index(REMOVE) if REMOVE in header else None
        places = None if header == columns else [header.index(c) if c in header else None for c in columns]
        width = len(header)
        for line, cells in found:
            if len(cells) != width:
                faults.append(wrong_count(where, line, cells, header))
            elif places is None:
                yield line, cells, False
            else:
                removed = removal is not None and cells[removal] == REMOVED
                yield line, ["" if at is None else cells[at] for at in places], removed

    def _having(self, name: str) -> list[tuple[int, Layer, list[str]]]:
        """(number, layer, names) of the layers that have files of this name or pattern, the lowest first; without
        files in whose place a later layer puts its own."""
        found: list[tuple[int, Layer, list[str]]] = []
        replaced: set[str] = set()
        for number, layer in reversed(list(enumerate(self.layers))):
            if names := [n for n in layer.matching(name) if n not in replaced]:
                found.insert(0, (number, layer, names))
            replaced |= layer.whole
        return found

    def _table(self, name: str) -> tuple[list[Row], list[str]]:
        if name not in self._tables:
            self._tables[name] = self._load(name)
        return self._tables[name]

    def _load(self, name: str) -> tuple[list[Row], list[str]]:
        layers = self._having(name)
        if not layers:
            return [], [f"{name}: no such table"]
        rows: list[Row] = []
        faults: list[str] = []
        taken: set[tuple[str, ...]] = set()
        for number, layer, files in reversed(layers):
            keys = set()
            for file in files:
                table = self.schema[file]
                key: list[str] = table.get("key", [])
                try:
                    for row, removed in read_rows(layer.where(file), layer.lines(file), table, number, faults):
                        this = tuple(row.values[k] for k in key)
                        if key and this in taken:
                            continue
                        keys.add(this)
                        if not removed:
                            rows.append(row)
                except DataError as error:
                    faults += error.faults
            taken |= keys
        return rows, faults

    # Documents

    def toml(self, name: str) -> dict[str, Any]:
        """A TOML file, ours with what others lay over it."""
        found, faults = self._document(name)
        if faults:
            raise DataError(faults)
        return found

    def readable_toml(self, name: str) -> dict[str, Any]:
        """A TOML file as far as its layers can be read."""
        return self._document(name)[0]

    def _document(self, name: str) -> tuple[dict[str, Any], list[str]]:
        if name not in self._documents:
            found: dict[str, Any] = {}
            faults: list[str] = []
            layers = self._having(name)
            for _, layer, _ in layers:
                raw, wrong = read_toml(layer, name)
                found, faults = merged(found, raw), faults + wrong
            self._documents[name] = found, faults if layers else [f"{name}: no such file"]
        return self._documents[name]

    @cached_property
    def types(self) -> dict[str, EventType]:
        """The event types by name."""
        return {raw["type"]: _event_type(f"codebook/{raw['type'].lower()}.toml", raw) for raw in self._types()}

    def _types(self) -> Iterator[Mapping[str, Any]]:
        names = {name for layer in self.layers for name in layer.matching("codebook/*.toml")} - {CONTEXTS}
        for name in sorted(names):
            raw = self.toml(name)
            if missing := [key for key in ("type", "quad", "intensity") if key not in raw]:
                raise DataError([f"{name}: no {', '.join(missing)} for this event type"])
            yield raw

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over every table of every layer, so that an old coding can be told from a new one."""
        digest = hashlib.sha256()
        for layer in self.layers:
            for name in layer.files:
                if name.endswith((".csv", ".toml")):
                    digest.update(name.encode() + b"\0" + layer.data(name))
            for name in sorted(layer.whole):
                digest.update(b"whole " + name.encode() + b"\0")
        return digest.hexdigest()

    def verified(self) -> Codebook:
        """This codebook. Raises `DataError` with all faults, where a user's tables have any."""
        if self._unverified and (faults := self.check()):
            raise DataError(faults)
        self._unverified = False
        return self

    def tables(self) -> list[str]:
        """The names of the tables that the topmost layer has."""
        names = [n for n in self.layers[-1].files if n in self.schema or any(fnmatchcase(n, d) for d in DOCUMENTS)]
        return sorted(names)

    def check(self) -> list[str]:
        """Every fault of the topmost layer as `file:line: what, and what was expected`, sorted by file and line."""
        from communique.codebook.checks import check

        return check(self)


def read_toml(layer: Layer, name: str) -> tuple[dict[str, Any], list[str]]:
    """(content, faults) of one file."""
    try:
        return tomllib.loads(layer.text(name)), []
    except DataError as error:
        return {}, error.faults
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        last = layer.text(name).count("\n") + 1
        line = int(at[1]) if at and at[1] else last
        return {}, [f"{layer.where(name)}:{line}: not TOML ({_AT.sub('', str(error))})"]


def _event_type(file: str, raw: Mapping[str, Any]) -> EventType:
    return EventType(
        name=raw["type"],
        quad=raw["quad"],
        intensity=float(raw["intensity"]),
        recipient_required=bool(raw.get("recipient_required", False)),
        modes={m["name"]: m.get("intensity") for m in raw.get("mode", [])},
        file=file,
        examples=tuple(raw.get("example", [])),
    )


@cache
def shipped() -> Codebook:
    """The tables that come with the program, and nothing else."""
    return Codebook(releases=())


def current() -> Codebook:
    """The tables of a call that names none of its own: the shipped ones under what is installed."""
    return _current(installed())


@cache
def _current(releases: tuple[Installed, ...]) -> Codebook:
    return Codebook(releases=releases) if releases else shipped()


def laid_over(folder: Path) -> Codebook:
    """The current tables under a user's folder: the same object as long as none of them changes, so that a large folder
    is read and checked once."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return _laid_over(folder, tuple((p, s.st_mtime_ns, s.st_size) for p, s in found), installed())


@lru_cache(maxsize=1)
def _laid_over(folder: Path, files: tuple[object, ...], releases: tuple[Installed, ...]) -> Codebook:
    return Codebook(folder, releases)
