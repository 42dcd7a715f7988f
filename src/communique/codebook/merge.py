"""TOML files laid over one another, entry by entry.

- A table of a later file is merged key by key into the one of the same place; what it does not name stays.
- In a list of tables (`[[mode]]`, `[[context]]`, `[[kind]]`, `[[example]]`) an entry is merged into the one with the
  same `name` (examples: the same `text`); one whose name is new is added. `remove = true` in it takes the entry out.
- Any other value takes the place of the one below, lists too. For a list, `"KEY+" = [...]` adds items and
  `"KEY-" = [...]` takes items out instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REMOVE = "remove"


def merged(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A new table of both; neither is changed."""
    found = dict(below)
    for key, value in over.items():
        if key.endswith("+"):
            old = found.get(key[:-1], [])
            found[key[:-1]] = [*old, *(item for item in value if item not in old)]
        elif key.endswith("-"):
            found[key[:-1]] = [item for item in found.get(key[:-1], []) if item not in value]
        elif isinstance(value, Mapping):
            old = found.get(key)
            found[key] = merged(old if isinstance(old, Mapping) else {}, value)
        elif is_entries(value):
            found[key] = _entries(found.get(key, []), value)
        else:
            found[key] = value
    return found


def is_entries(value: Any) -> bool:
    """Whether a value is a list of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def name_of(entry: Mapping[str, Any]) -> Any:
    """What tells an entry of a list apart."""
    return entry.get("name", entry.get("text"))


def _entries(below: list[Mapping[str, Any]], over: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found = {name_of(entry): entry for entry in below}
    for entry in over:
        name = name_of(entry)
        if entry.get(REMOVE):
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name, {}), entry)
    return list(found.values())
