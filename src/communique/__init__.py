"""communique reads news reports and keeps an evidence-linked record of international politics.

    from communique import Coder, Record, read

    coder = Coder()
    for article in read("reports/"):
        ...

The heavier names below are loaded when they are first used, so that `import communique` itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# At once, and before anything else imports the module `communique.read`: a later import of it would put the module in
# the place of the function of the same name.
from communique import errors
from communique.model import Article, Event, Tie
from communique.read import read

if TYPE_CHECKING:
    from communique.coding import Coder
    from communique.store import Record

__all__ = ["Article", "Coder", "Event", "Record", "Tie", "errors", "read"]

_HOMES = {"Coder": "communique.coding", "Record": "communique.store"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'communique' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
