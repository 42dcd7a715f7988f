"""Files of other programs as a folder of tables of ours. What kind a file is, its content says."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from communique.codebook import Codebook, shipped
from communique.errors import CallError, InputError
from communique.tables import geonames, petrarch
from communique.tables.dictionaries import Converter, Rows
from communique.tables.journal import Journal

# What is looked at to tell what a file is.
_HEAD_BYTES = 1 << 16
# A dictionary is read whole; the largest there are have a few MB.
_MOST_BYTES = 64 << 20
# Lists what could not be converted; `communique check` takes it for what it is, no table.
JOURNAL = "not-converted.md"
_SOURCES = "SOURCES.toml"
_GEONAMES_SOURCE = """[[source]]
file = "places.csv"
origin = "GeoNames (geonames.org)"
licence = "CC BY 4.0"

[[source]]
file = "places_extra.csv"
origin = "GeoNames (geonames.org)"
licence = "CC BY 4.0"
"""


@dataclass(slots=True)
class Conversion:
    """What became of the inputs. read = converted + known + unwanted + left, in names, codes and role phrases of
    dictionaries and in lines of a gazetteer.

    `known`: our tables say so already; `unwanted`: left out on purpose, by reason; `left`: not convertible, the first of
    them in `first`, all in the file `listed`; `notes`: parts of codes that our tables have no place for; `replaced`:
    organisations of ours that the new rows take the place of; `problems`: inputs that could not be read at all.
    """

    read: int
    converted: int
    known: int
    unwanted: Mapping[str, int]
    left: int
    first: Sequence[str]
    listed: Path | None
    notes: Mapping[str, int]
    replaced: Sequence[str]
    tables: Sequence[str]
    problems: list[InputError] = field(default_factory=list)


def convert(
    inputs: Iterable[Path], to: Path, *, people: int = 1000, countries: Collection[str] | None = None
) -> Conversion:
    """Writes the tables of all inputs into the new folder `to`, which is there only if all went well.

    `people`, `countries`: of a gazetteer, only populated places of so many people, only these countries (two letters).
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise CallError(f"{to}: exists already; name a new folder")
    known = {row["iso2"] for row in shipped().rows("countries.csv")}
    if unknown := sorted(set(countries or ()) - known):
        raise CallError(f"{', '.join(unknown)}: no country of two letters")
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}.", suffix=".part", dir=to.parent) as part:
        made = Path(part) / "tables"
        made.mkdir()
        found = _converted(list(inputs), made, people, countries)
        if found.tables:
            Codebook(made, releases=()).verified()
            if to.exists():
                to.rmdir()
            shutil.move(made, to)
            found.listed = to / JOURNAL if found.listed else None
    return found


def _converted(inputs: Sequence[Path], folder: Path, people: int, countries: Collection[str] | None) -> Conversion:
    with Journal(folder / JOURNAL) as journal:
        problems = _read_all(inputs, folder, journal, people, countries)
    tables = Codebook(folder, releases=()).tables()
    return Conversion(
        journal.read,
        journal.converted,
        journal.known,
        journal.unwanted,
        journal.left,
        journal.first,
        journal.path if journal.left else None,
        journal.notes,
        sorted(set(journal.replaced)),
        tables,
        problems,
    )


def _read_all(
    inputs: Sequence[Path], folder: Path, journal: Journal, people: int, countries: Collection[str] | None
) -> list[InputError]:
    problems = []
    dictionaries: list[tuple[Path, str]] = []
    gazetteers: list[Path] = []
    for path in inputs:
        try:
            if _is_gazetteer(path):
                gazetteers.append(path)
            else:
                dictionaries.append((path, _dictionary(path)))
        except InputError as error:
            problems.append(error)
    if gazetteers:
        with geonames.Importer(shipped(), journal, folder, people, countries) as importer:
            for path in gazetteers:
                importer.read(str(path), path)
        (folder / _SOURCES).write_text(_GEONAMES_SOURCE, "utf-8")
    if dictionaries:
        _read_dictionaries(dictionaries, folder, journal)
    return problems


def _is_gazetteer(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from None
    if head.startswith(b"PK\x03\x04"):
        raise InputError(str(path), "a ZIP file; unpack it first")
    lines = head.decode("utf-8", "replace").splitlines()
    whole = lines[:-1] or lines
    # A cut or faulty line among the first must not hide what the file is.
    return sum(map(geonames.looks_like, whole)) * 2 > len(whole)


def _dictionary(path: Path) -> str:
    """The text of a dictionary that can be converted."""
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(str(path), "neither a dictionary (too large) nor a gazetteer of GeoNames")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What most of the older dictionaries were written in.
        text = data.decode("cp1252", "replace")
    if petrarch.is_verbs(text):
        raise InputError(str(path), "a dictionary of verbs: its patterns have no counterpart among our frames")
    if not petrarch.is_agents(text) and not petrarch.is_actors(text):
        raise InputError(str(path), "neither a dictionary of actors or agents nor a gazetteer of GeoNames")
    return text


def _read_dictionaries(dictionaries: Sequence[tuple[Path, str]], folder: Path, journal: Journal) -> None:
    converter = Converter(shipped(), journal)
    sets: dict[str, list[str]] = {}
    for _, text in dictionaries:
        sets |= petrarch.sets(text) if petrarch.is_agents(text) else {}
    for path, text in dictionaries:
        if petrarch.is_agents(text):
            for agent in petrarch.agents(text, sets):
                converter.agent(str(path), agent)
        else:
            for actor in petrarch.actors(text):
                converter.actor(str(path), actor)
    for name, rows in converter.tables.items():
        if rows:
            _write(folder / name, rows, shipped().schema[name]["columns"])


def _write(path: Path, rows: Rows, columns: Mapping[str, str]) -> None:
    """A table with the columns that any of its rows has, sorted by key."""
    used = {column for row in rows.values() for column in row}
    header = [*(c for c in columns if c in used), *(["remove"] if "remove" in used else [])]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))


def country_codes(given: str | None) -> list[str] | None:
    """`XX,YY` as codes of two letters."""
    return [code for code in re.split(r"[,\s]+", given.upper()) if code] if given else None
