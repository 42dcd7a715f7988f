"""Releases of tables that `communique tables update` has installed in the user's data folder.

The folder holds for each release NAME a file `NAME.json`, which says which folder its files are in, and that folder,
`NAME-CHECKSUM/`, with `release.toml`, its signature and the tables. The file is what counts: it is replaced in one step,
so that a reader finds the old release or the new one, never half of each.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from communique import __version__
from communique.codebook.layers import Layer, opener
from communique.errors import DataError

MANIFEST, SIGNATURE = "release.toml", "release.sig"
# The environment variable that names another folder.
FOLDER = "COMMUNIQUE_TABLES"


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a release. `rows`: data rows of a CSV table, `None` for TOML; `whole`: it takes the place of all that
    is below, not only of rows with the same key."""

    file: str
    sha256: str
    bytes: int
    rows: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Release:
    """What `release.toml` says. `version`: numbers with dots or hyphens, as 2026-12-01; `requires`: the lowest version
    of the program; `key`: the fingerprint of the key that signed it; `publisher`: what the release calls its maker, told
    by nobody else. `checksum`: SHA-256 of the file, which holds those of all tables."""

    name: str
    version: str
    publisher: str | None
    requires: str
    key: str
    tables: tuple[Table, ...]
    checksum: str


@dataclass(frozen=True, slots=True)
class Installed:
    """A release in the user's data folder, verified when it came there."""

    release: Release
    folder: Path

    def layer(self) -> Layer:
        """Its tables. Raises `DataError` where this version of the program is too old for them."""
        release = self.release
        label = f"{release.name} {release.version}/"
        if numbers(release.requires) > numbers(__version__):
            raise DataError(
                [
                    f"{label}{MANIFEST}: needs communique {release.requires} or newer, this is {__version__}; "
                    f"upgrade, or take it out with `communique tables remove {release.name}`"
                ]
            )
        files = {table.file: opener(self.folder / table.file) for table in release.tables}
        return Layer(label, files, frozenset(t.file for t in release.tables if t.whole))


def tables_folder() -> Path:
    """Where releases and trusted keys are kept: `COMMUNIQUE_TABLES`, else the user's data folder."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else platformdirs.user_data_path("communique", appauthor=False) / "tables"


def installed() -> tuple[Installed, ...]:
    """The installed releases by name. Of two that have a row with the same key, the one named later wins."""
    return tuple(_installed(pointer) for pointer in sorted(tables_folder().glob("*.json")))


def _installed(pointer: Path) -> Installed:
    try:
        raw = json.loads(pointer.read_text("utf-8"))
        folder = pointer.parent / raw["folder"]
        release = read_manifest((folder / MANIFEST).read_bytes(), f"{folder / MANIFEST}")
        return Installed(release, folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"this installed release cannot be read ({error})"
        raise DataError([f"{pointer}: {reason}; take it out with `communique tables remove {pointer.stem}`"]) from None


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, for comparing: 2026-12-01 as (2026, 12, 1)."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
VERSION = re.compile(r"\d+(?:[.-]\d+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MANIFEST_KEYS = frozenset({"name", "version", "publisher", "requires", "key", "table"})


def read_manifest(data: bytes, where: str) -> Release:
    """The release that the bytes of `release.toml` describe. Raises `DataError` with all that is wrong in it."""
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError([f"{where}: not TOML ({error})"]) from None
    faults = [f"{where}: {key}: not known" for key in raw if key not in _MANIFEST_KEYS]
    for key, pattern, wanted in (
        ("name", NAME, "lower-case letters, digits, - and _"),
        ("version", VERSION, "numbers, as 2026-12-01"),
        ("requires", VERSION, "a version of communique"),
        ("key", _SHA256, "the fingerprint of a key"),
    ):
        if not isinstance(raw.get(key), str) or not pattern.fullmatch(raw[key]):
            faults.append(f"{where}: {key} is {raw.get(key)!r}, expected {wanted}")
    entries = raw.get("table")
    if not isinstance(entries, list) or not entries:
        faults.append(f"{where}: no [[table]]")
        entries = []
    faults += [f"{where}: [[table]] {n}: expected file, sha256, bytes" for n, t in enumerate(entries, 1) if _odd(t)]
    if faults:
        raise DataError(faults)
    tables = tuple(Table(t["file"], t["sha256"], t["bytes"], t.get("rows"), t.get("whole") is True) for t in entries)
    publisher = raw.get("publisher")
    return Release(
        raw["name"],
        raw["version"],
        publisher if isinstance(publisher, str) else None,
        raw["requires"],
        raw["key"],
        tables,
        hashlib.sha256(data).hexdigest(),
    )


def _odd(entry: Any) -> bool:
    """Whether an entry of a manifest is not as it should be."""
    return not (
        isinstance(entry, dict)
        and isinstance(entry.get("file"), str)
        and isinstance(entry.get("sha256"), str)
        and _SHA256.fullmatch(entry["sha256"])
        and type(entry.get("bytes")) is int
        and entry["bytes"] >= 0
        and type(entry.get("rows", 0)) is int
    )
