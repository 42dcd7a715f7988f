"""Keys that sign releases of tables: Ed25519, in PEM files. A key goes by its fingerprint, the SHA-256 of its bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from communique.codebook.releases import tables_folder
from communique.errors import CallError, InputError

# A fingerprint as people see it: enough to tell keys apart.
_SHOWN = 16


def make_pair(private: Path) -> tuple[Path, str]:
    """Makes a pair of keys: `lab.pem`, which only its owner can read, and `lab.pub.pem` beside it for everybody else.
    Returns the path of the public one, and its fingerprint. Files that exist are not touched."""
    public = private.with_suffix(f".pub{private.suffix}")
    for path in (private, public):
        if path.exists():
            raise CallError(f"{path}: exists already; a lost private key cannot be made again")
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
        public.write_bytes(_pem(key.public_key()))
    except OSError as error:
        raise CallError(f"{private}: cannot be written ({error.strerror})") from None
    return public, fingerprint(key.public_key())


def fingerprint(key: Ed25519PublicKey) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def shown(fingerprint: str) -> str:
    """A fingerprint as people compare it."""
    return fingerprint[:_SHOWN]


def read_private(path: Path) -> Ed25519PrivateKey:
    """The key that signs. Raises `InputError` where the file holds none."""
    try:
        key = load_pem_private_key(_read(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(
            str(path), "no private key in PEM without a password; `communique tables keygen` makes one"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(str(path), "a key of another kind, expected Ed25519; `communique tables keygen` makes one")
    return key


def read_public(path: Path) -> Ed25519PublicKey:
    """A key that verifies. Raises `InputError` where the file holds none."""
    data = _read(path)
    if b"PRIVATE KEY" in data:
        raise InputError(str(path), "a private key, which its owner keeps; expected the public one (.pub.pem)")
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise InputError(str(path), "no public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(str(path), "a key of another kind, expected Ed25519")
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from None


def trust(path: Path) -> str:
    """Remembers a public key, so that releases signed with it are taken. Returns its fingerprint."""
    key = read_public(path)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    found = fingerprint(key)
    (folder / f"{found}.pem").write_bytes(_pem(key))
    return found


def trusted() -> dict[str, Ed25519PublicKey]:
    """The keys that are remembered, by fingerprint."""
    keys = [read_public(path) for path in sorted(_folder().glob("*.pem"))]
    return {fingerprint(key): key for key in keys}


def verifies(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether the owner of this key signed these bytes."""
    with contextlib.suppress(InvalidSignature):
        key.verify(signature, data)
        return True
    return False


def _folder() -> Path:
    return tables_folder() / "keys"


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
