"""Article to coded report: the only home of spaCy. `Coder` puts the stations together (see `coder.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from communique.coding.coder import Coder

__all__ = ["Coder"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for, so that one station can be used without the others.
    if name == "Coder":
        from communique.coding.coder import Coder

        return Coder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
