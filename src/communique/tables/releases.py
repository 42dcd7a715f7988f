"""Releases of tables: packed and signed by whoever makes them, verified and installed by whoever uses them.

A release is a ZIP file with `release.toml` (name, version, lowest version of the program, and for each table its SHA-256
and size), `release.sig` (the Ed25519 signature over the bytes of `release.toml`, in base64) and the tables, named as in
`data/`. Nothing of it is written to the user's folder before all of it is verified: who signed it, every checksum, and
the tables themselves, as `communique check` does. A table of a release takes the place of ours row by row, by its key;
one that is packed as `whole` takes the place of all rows below.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from communique import __version__
from communique.codebook import Codebook, Layer, current
from communique.codebook.releases import (
    MANIFEST,
    NAME,
    SIGNATURE,
    VERSION,
    Installed,
    Release,
    installed,
    numbers,
    read_manifest,
    tables_folder,
)
from communique.errors import CallError, DataError, InputError
from communique.tables import keys

# Says where the tables come from; goes into a release where there is one.
_SOURCES = "SOURCES.toml"
# What a release may hold at most. The whole of GeoNames with everything that is of use here takes about 1 GB.
_MOST_FILES = 200
_MOST_BYTES = 2 << 30
_MOST_MANIFEST = 1 << 20
# Tables shrink to a tenth at best; what shrinks more was made to fill the disk.
_MOST_RATIO = 100
_PIECE = 1 << 20
# The same bytes for the same tables.
_TIME = (1980, 1, 1, 0, 0, 0)


# Making


def pack(
    folder: Path,
    to: Path,
    key: Path,
    *,
    name: str,
    version: str,
    publisher: str | None = None,
    whole: Sequence[str] = (),
) -> Release:
    """Writes the tables of a folder as a signed release to the new file `to`.

    `key`: the private key; `whole`: the tables that are to take the place of all rows below. Raises `DataError` where the
    tables have faults; names they refer to must stand in them or in the shipped tables.
    """
    for value, pattern, what in ((name, NAME, "name of a release"), (version, VERSION, "version")):
        if not pattern.fullmatch(value):
            raise CallError(f"{value!r} is no {what}; expected {_EXPECTED[what]}")
    if to.exists():
        raise CallError(f"{to}: exists already")
    secret = keys.read_private(key)
    own = Codebook(folder, releases=()).layers[-1]
    files = own.files
    book = Codebook([Layer(own.label, files, frozenset(whole))], releases=()).verified()
    names = [n for n in (*book.tables(), _SOURCES) if n in files]
    if not book.tables():
        raise CallError(f"{folder}: no tables to pack; expected files such as organizations.csv")
    if unknown := set(whole) - set(names):
        raise CallError(f"{', '.join(sorted(unknown))}: not in {folder}; it has {', '.join(names)}")
    entries = {n: own.data(n) for n in names}
    manifest = _manifest(name, version, publisher, keys.fingerprint(secret.public_key()), entries, whole)
    signature = base64.b64encode(secret.sign(manifest)) + b"\n"
    _write_zip(to, {MANIFEST: manifest, SIGNATURE: signature, **entries})
    return read_manifest(manifest, MANIFEST)


_EXPECTED = {
    "name of a release": "lower-case letters, digits, - and _",
    "version": "numbers with dots or hyphens, as 2026-12-01",
}


def _manifest(
    name: str, version: str, publisher: str | None, key: str, files: Mapping[str, bytes], whole: Sequence[str]
) -> bytes:
    # A JSON string is a TOML string.
    head = {"name": name, "version": version, "publisher": publisher, "requires": __version__, "key": key}
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in head.items() if v is not None]
    for file, data in files.items():
        lines += ["", "[[table]]", f"file = {json.dumps(file, ensure_ascii=False)}"]
        lines += [f'sha256 = "{hashlib.sha256(data).hexdigest()}"', f"bytes = {len(data)}"]
        if (count := _count_rows(file, data)) is not None:
            lines.append(f"rows = {count}")
        if file in whole:
            lines.append("whole = true")
    return ("\n".join(lines) + "\n").encode()


def _count_rows(file: str, data: bytes) -> int | None:
    """Data rows of a CSV table."""
    if not file.endswith(".csv"):
        return None
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return max(0, sum(any(row) for row in rows) - 1)


def _write_zip(to: Path, files: Mapping[str, bytes]) -> None:
    part = to.with_name(f".{to.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                info = zipfile.ZipInfo(name, _TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)
        part.replace(to)
    except OSError as error:
        raise CallError(f"{to}: cannot be written ({error.strerror})") from None
    finally:
        part.unlink(missing_ok=True)


# Installing


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did. `before`: the version that was there; `changed`: false where it was there already."""

    release: Release
    before: str | None
    changed: bool


def update(path: Path, trusting: Sequence[Path] = (), downgrade: bool = False) -> Update:
    """Verifies a release and installs it in the user's folder of tables; nothing is changed where anything is wrong.

    `trusting`: public keys to take besides the remembered ones. Raises `InputError` where the file is no release, was
    changed, or was signed by nobody trusted, and `DataError` where its tables have faults.
    """
    known = keys.trusted() | {keys.fingerprint(k): k for k in map(keys.read_public, trusting)}
    with _opened(path) as archive:
        release = _signed(path, archive, known)
        there = {found.release.name: found for found in installed()}
        before = there.get(release.name)
        if before is not None and before.release.checksum == release.checksum:
            return Update(release, before.release.version, False)
        _fits(path, release, before, downgrade)
        _verify_files(path, archive, release)
        readers = {t.file: partial(archive.open, t.file) for t in release.tables}
        _verify_tables(release, readers, [found for name, found in there.items() if name != release.name])
        _install(archive, release, before)
    return Update(release, before.release.version if before else None, True)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError(str(path), f"no release of tables, or one that was cut off ({error})") from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror or error})") from None


def _signed(path: Path, archive: zipfile.ZipFile, known: Mapping[str, Ed25519PublicKey]) -> Release:
    """What the release says of itself, once it is sure who says so."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if MANIFEST not in names or SIGNATURE not in names:
        raise InputError(str(path), f"no release of tables: {MANIFEST} and {SIGNATURE} are not in it")
    if len(names) != len(set(names)) or len(names) > _MOST_FILES:
        raise InputError(str(path), f"{len(names)} files, some of one name or more than {_MOST_FILES}")
    for entry in entries:
        _harmless(path, entry)
    manifest = _limited(path, archive, MANIFEST)
    try:
        release = read_manifest(manifest, MANIFEST)
    except DataError as error:
        raise InputError(str(path), "\n".join(error.faults)) from None
    _signed_by(path, release, manifest, _limited(path, archive, SIGNATURE), known)
    if wrong := set(names) ^ {MANIFEST, SIGNATURE, *(t.file for t in release.tables)}:
        raise InputError(str(path), f"{', '.join(sorted(wrong))}: only in the file or only in its {MANIFEST}")
    return release


def _harmless(path: Path, entry: zipfile.ZipInfo) -> None:
    """Refuses what could write elsewhere or fill the disk."""
    name = entry.filename
    parts = name.split("/")
    mode = entry.external_attr >> 16
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        raise InputError(str(path), f"{name!r} leads out of the folder of tables")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise InputError(str(path), f"{name} is no plain file")
    if entry.flag_bits & 1:
        raise InputError(str(path), f"{name} is encrypted")
    if entry.file_size > _MOST_RATIO * max(entry.compress_size, 1024):
        raise InputError(str(path), f"{name} is packed more tightly than any table; it is not read")


def _limited(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        data = file.read(_MOST_MANIFEST + 1)
    if len(data) > _MOST_MANIFEST:
        raise InputError(str(path), f"{name} is larger than {_MOST_MANIFEST:,} bytes")
    return data


def _signed_by(
    path: Path, release: Release, manifest: bytes, signature: bytes, known: Mapping[str, Ed25519PublicKey]
) -> None:
    called = f"it calls its publisher {release.publisher!r}, which anybody can write" if release.publisher else ""
    key = known.get(release.key)
    if key is None:
        told = f" ({called})" if called else ""
        raise InputError(
            str(path),
            f"signed with the key {keys.shown(release.key)}, which you do not trust{told}. Get the public key from whoever "
            "made the release, and give it with --key FILE, or remember it with `communique tables trust FILE`",
        )
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not keys.verifies(key, raw, manifest):
        raise InputError(
            str(path),
            f"not signed by the key {keys.shown(release.key)} that it names: {MANIFEST} was changed after it was signed, "
            "or the signature is somebody else's",
        )


def _fits(path: Path, release: Release, before: Installed | None, downgrade: bool) -> None:
    """Refuses what this program is too old for, and what is older than what is installed."""
    if numbers(release.requires) > numbers(__version__):
        raise InputError(str(path), f"needs communique {release.requires} or newer, this is {__version__}; upgrade it")
    if before is None or downgrade:
        return
    version = before.release.version
    if numbers(release.version) <= numbers(version):
        older = "older than" if numbers(release.version) < numbers(version) else "another release with the version of"
        raise InputError(
            str(path), f"{release.name} {release.version} is {older} the installed {version}; --downgrade takes it"
        )


def _verify_files(path: Path, archive: zipfile.ZipFile, release: Release) -> None:
    if sum(table.bytes for table in release.tables) > _MOST_BYTES:
        raise InputError(str(path), f"more than {_MOST_BYTES:,} bytes of tables")
    for table in release.tables:
        digest, size = hashlib.sha256(), 0
        with archive.open(table.file) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > table.bytes:
                    break
                digest.update(piece)
        if size != table.bytes or digest.hexdigest() != table.sha256:
            raise InputError(str(path), f"{table.file} is not the file that was signed: its checksum is another one")


def _verify_tables(
    release: Release, readers: Mapping[str, Callable[[], IO[bytes]]], others: Sequence[Installed]
) -> None:
    layer = Layer(f"{release.name} {release.version}/", readers, frozenset(t.file for t in release.tables if t.whole))
    Codebook([layer], releases=others).verified()


def _install(archive: zipfile.ZipFile, release: Release, before: Installed | None) -> None:
    """Puts the files into a folder of their own, then points to it in one step."""
    base = tables_folder()
    try:
        base.mkdir(parents=True, exist_ok=True)
        final = base / f"{release.name}-{release.checksum[:12]}"
        with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=base) as part:
            folder = Path(part) / "release"
            for name in (MANIFEST, SIGNATURE, *(t.file for t in release.tables)):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target, _PIECE)
            # What is left there of an update that was broken off is not pointed to by anything.
            shutil.rmtree(final, ignore_errors=True)
            folder.rename(final)
        _point(base, release, final)
        if before is not None and before.folder != final:
            shutil.rmtree(before.folder, ignore_errors=True)
    except OSError as error:
        raise CallError(f"{base}: the release cannot be installed there ({error.strerror or error})") from None


def _point(base: Path, release: Release, folder: Path) -> None:
    descriptor, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=base)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"folder": folder.name}, file)
        file.flush()
        os.fsync(file.fileno())
    Path(part).replace(base / f"{release.name}.json")


def remove(name: str) -> None:
    """Takes an installed release out again. Raises `CallError` where there is none of this name."""
    base = tables_folder()
    pointer = base / f"{name}.json"
    if not NAME.fullmatch(name) or not pointer.exists():
        there = sorted(p.stem for p in base.glob("*.json"))
        raise CallError(f"{name}: no such release is installed" + (f"; there is {', '.join(there)}" if there else ""))
    pointer.unlink()
    for folder in base.glob(f"{name}-*/"):
        if folder.name.removeprefix(f"{name}-").isalnum():
            shutil.rmtree(folder, ignore_errors=True)


# Showing


@dataclass(frozen=True, slots=True)
class Listed:
    """One table of one layer. `origin`: shipped, or the name of a release; `rows`: `None` for TOML; `whole`: it takes
    the place of all rows below; `changed`: it is not as it was when the release was installed."""

    table: str
    rows: int | None
    origin: str
    version: str
    whole: bool
    sha256: str
    changed: bool


def listed() -> list[Listed]:
    """Every table of every layer that a coding goes by, ours first."""
    layers = current().layers
    found = [
        Listed(name, _count_rows(name, data), "shipped", __version__, False, hashlib.sha256(data).hexdigest(), False)
        for name in Codebook(releases=()).tables()
        for data in [layers[0].data(name)]
    ]
    for one in installed():
        release = one.release
        for table in (t for t in release.tables if t.file != _SOURCES):
            data = (one.folder / table.file).read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            found.append(
                Listed(
                    table.file,
                    _count_rows(table.file, data),
                    release.name,
                    release.version,
                    table.whole,
                    digest,
                    digest != table.sha256,
                )
            )
    return sorted(found, key=lambda one: (one.table, one.origin != "shipped", one.origin))
