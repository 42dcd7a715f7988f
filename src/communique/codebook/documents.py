"""What is wrong with a TOML file: keys that nobody reads, values of the wrong kind, names that exist nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from communique.codebook.book import CONTEXTS, Codebook, read_toml
from communique.codebook.kinds import Known, hint
from communique.codebook.layers import Layer
from communique.codebook.lines import Lines, Path
from communique.codebook.merge import REMOVE, is_entries, merged, name_of

QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
_MATCHES = ("pair", "name", "grouping", "place", "edition")
_EVENT_STATUSES = ("occurred", "ongoing", "planned", "hypothetical", "negated")
_TYPE_NAME = re.compile(r"[A-Z][A-Z_]*")
_TEXTS = "texts"

# What a file may hold. "!" behind a key: an entry that is not below already must have it; "*": any key; a list: several
# tables, told apart by their name.
Shape = Mapping[str, Any]
_EVENT_TYPE: Shape = {
    "type!": "type name",
    "quad!": "quad",
    "intensity!": "number",
    "recipient_required": "flag",
    "definition": "text",
    "limits": _TEXTS,
    "mode": [{"name!": "text", "intensity": "number", "definition": "text"}],
    "example": [
        {
            "text!": "text",
            "expect!": {
                "type!": "type",
                "act": "type",
                "mode": "mode",
                "status": "event status",
                "actors": _TEXTS,
                "recipients": _TEXTS,
            },
        }
    ],
}
_CONTEXTS: Shape = {"context": [{"name!": "text", "definition": "text", "words!": _TEXTS}]}
_SECTORS: Shape = {"sector": {"*": {"name!": "text", "definition": "text"}}}
_TIES: Shape = {
    "status": [{"name!": "text", "rank!": "number", "standing!": "flag", "about": "text"}],
    "kind": [{"name!": "text", "roles!": _TEXTS, "match!": "match", "about": "text"}],
    "step": {"status": {"*": "tie status"}, "rules": {"*": _TEXTS}},
    "confidence": {"*": "number"},
    "groupings": {"security": "organisations"},
    "names": {"heads": _TEXTS, "common": _TEXTS, "stop": _TEXTS, "same": {"*": "text"}},
    "fields": {"*": _TEXTS},
    "presence": {"*": _TEXTS},
}
_HAPPENINGS: Shape = {
    "family": [{"name!": "text", "types!": _TEXTS, "directed!": "flag", "alone!": "flag", "about": "text"}],
    "words": {"plain": _TEXTS, "titles": _TEXTS, "against": _TEXTS},
}
# Entries that the program itself reasons about: they can be changed, but neither added nor taken out.
_FIXED: dict[Path, str] = {
    ("ties.toml", "status"): "the statuses of ties",
    ("ties.toml", "step", "rules"): "these rules",
    ("ties.toml", "confidence"): "these weights",
}
_KEPT: dict[Path, str] = {
    ("ties.toml", "kind"): "ours can be changed, but not taken out: leave out their words in lang/en/ties.csv"
}


def document_faults(layer: Layer, name: str, book: Codebook, known: Known) -> list[str]:
    """The faults of one file; `known`: the names of all layers together."""
    raw, faults = read_toml(layer, name)
    if faults:
        return faults
    below: dict[str, Any] = {}
    for low in book.layers[: book.layers.index(layer)]:
        if name in low.files and name not in layer.whole:
            below = merged(below, read_toml(low, name)[0])
    return list(_Document(layer, name, raw, below, known).faults())


class _Document:
    def __init__(self, layer: Layer, name: str, raw: Mapping[str, Any], below: Mapping[str, Any], known: Known) -> None:
        self._where = layer.where(name)
        self._name = name
        self._raw = raw
        self._below = below
        self._known = known
        self._lines = Lines(layer.text(name))
        self._type = raw.get("type", below.get("type"))

    def faults(self) -> Iterator[str]:
        yield from self._table(self._raw, (), self._shape(), self._below, not self._below)

    def _shape(self) -> Shape:
        if self._name == CONTEXTS:
            return _CONTEXTS
        if fnmatchcase(self._name, "codebook/*.toml"):
            return _EVENT_TYPE
        known = {"sectors.toml": _SECTORS, "ties.toml": _TIES, "happenings.toml": _HAPPENINGS}
        return known.get(self._name) or _shape_of(self._below or self._raw)

    def _fault(self, path: Path, what: str, item: str | None = None) -> str:
        return f"{self._where}:{self._lines.of(path, item)}: {what}"

    def _table(self, raw: Mapping[str, Any], path: Path, shape: Shape, below: Any, new: bool) -> Iterator[str]:
        allowed = {key.removesuffix("!"): inner for key, inner in shape.items()}
        for key, value in raw.items():
            base = key[:-1] if key[-1:] in "+-" and key[:-1] in {**allowed, **_mapping(below)} else key
            if base not in allowed and "*" not in allowed:
                yield self._fault((*path, key), f"{key} is not known here; {hint(base, allowed)}")
                continue
            inner = allowed.get(base, allowed.get("*"))
            old = _mapping(below).get(base)
            if (self._name, *path) in _FIXED and "*" in allowed and old is None and below:
                fixed = _FIXED[self._name, *path]
                yield self._fault((*path, key), f"{key} is new, and {fixed} are fixed: {', '.join(_mapping(below))}")
            elif base != key:
                yield from self._changed_list((*path, key), value, inner, old)
            else:
                yield from self._value((*path, key), value, inner, old)
        if new:
            missing = [k.removesuffix("!") for k in shape if k.endswith("!") and k.removesuffix("!") not in raw]
            present = {k.rstrip("+") for k in raw}
            if missing := [k for k in missing if k not in present]:
                yield self._fault(path, f"{', '.join(missing)} missing, expected for what is new")

    def _changed_list(self, path: Path, value: Any, inner: Any, old: Any) -> Iterator[str]:
        """`"KEY+"` and `"KEY-"`."""
        key = str(path[-1])
        if inner not in (_TEXTS, "organisations"):
            yield self._fault(path, f"{key}: only lists of words can be added to; write {key[:-1]}")
            return
        yield from self._value(path, value, inner, None)
        if key.endswith("-") and isinstance(value, list):
            for item in value:
                if isinstance(item, str) and item not in (old or ()):
                    yield self._fault(path, f"{item!r} is not in {key[:-1]}, so it cannot be taken out", item)

    def _value(self, path: Path, value: Any, inner: Any, old: Any) -> Iterator[str]:
        if isinstance(inner, list):
            yield from self._entries(path, value, inner[0], old)
        elif isinstance(inner, Mapping):
            if isinstance(value, Mapping):
                yield from self._table(value, path, inner, old, old is None)
            else:
                yield self._fault(path, f"{path[-1]} is {value!r}, expected a table")
        else:
            yield from self._plain(path, value, inner)

    def _entries(self, path: Path, value: Any, shape: Shape, old: Any) -> Iterator[str]:
        if not is_entries(value):
            yield self._fault(path, f"{path[-1]} is {value!r}, expected [[{'.'.join(map(str, path))}]] tables")
            return
        there = {name_of(entry): entry for entry in old or ()}
        seen: dict[Any, int] = {}
        for n, entry in enumerate(value):
            at = (*path, n)
            name = name_of(entry)
            if name in seen:
                yield self._fault(at, f"{name!r} again, as in line {self._lines.of((*path, seen[name]))}")
            seen.setdefault(name, n)
            yield from self._entry(at, entry, shape, there.get(name), bool(there))

    def _entry(self, path: Path, entry: Mapping[str, Any], shape: Shape, old: Any, others: bool) -> Iterator[str]:
        kept: Path = (self._name, *(part for part in path if isinstance(part, str)))
        if REMOVE in entry:
            if entry[REMOVE] is not True:
                yield self._fault((*path, REMOVE), f"{REMOVE} is {entry[REMOVE]!r}, expected true")
            elif kept in _KEPT or kept in _FIXED:
                yield self._fault((*path, REMOVE), _KEPT.get(kept, f"{_FIXED.get(kept)} are fixed"))
            elif old is None:
                yield self._fault(path, f"no entry {name_of(entry)!r} below, so it cannot be taken out")
            return
        if kept in _FIXED and old is None and others:
            yield self._fault(path, f"{name_of(entry)!r} is new, and {_FIXED[kept]} are fixed")
            return
        yield from self._table(entry, path, shape, old, old is None)

    def _plain(self, path: Path, value: Any, kind: str) -> Iterator[str]:
        key = path[-1]
        if kind in (_TEXTS, "organisations"):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                yield self._fault(path, f"{key} is {value!r}, expected a list of texts")
            elif kind == "organisations":
                for item in value:
                    if item not in self._known.organisations:
                        near = hint(item, self._known.organisations)
                        yield self._fault(path, f"{item!r} is no code of organizations.csv; {near}", item)
            return
        if wrong := self._wrong(value, kind, path):
            yield self._fault(path, f"{key} is {value!r}, {wrong}")

    def _wrong(self, value: Any, kind: str, path: Path) -> str | None:
        if kind == "flag":
            return None if isinstance(value, bool) else "expected true or false"
        if kind == "number":
            return None if type(value) in (int, float) else "expected a number"
        if not isinstance(value, str) or not value.strip():
            return "expected a text"
        if kind == "type name":
            return self._wrong_type(value)
        allowed = self._allowed(kind, path)
        return None if allowed is None or value in allowed else hint(value, allowed)

    def _wrong_type(self, value: str) -> str | None:
        if not _TYPE_NAME.fullmatch(value):
            return "expected capital letters"
        stem = PurePosixPath(self._name).stem
        return None if stem == value.lower() else f"expected in codebook/{value.lower()}.toml"

    def _allowed(self, kind: str, path: Path) -> Sequence[str] | None:
        """The names that a value of this kind may have."""
        if kind == "mode":
            expected: Any = self._raw
            for part in path[:-1]:
                expected = expected[part]
            return sorted(self._known.modes.get(expected.get("type"), ()))
        known = {
            "quad": QUADS,
            "match": _MATCHES,
            "event status": _EVENT_STATUSES,
            "tie status": sorted(self._known.statuses),
            "type": sorted(self._known.modes),
        }
        return known.get(kind)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _shape_of(value: Mapping[str, Any]) -> Shape:
    """The shape of a file that has no other description than our own: the same keys with the same kinds of values."""
    return {key: _kind_of(inner) for key, inner in value.items()}


def _kind_of(value: Any) -> Any:
    if isinstance(value, Mapping):
        # Words as keys, all with values of one kind.
        kinds = [_kind_of(inner) for inner in value.values()]
        return {"*": kinds[0]} if kinds and all(kind == kinds[0] for kind in kinds) else _shape_of(value)
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return _TEXTS if isinstance(value, list) else "text"
