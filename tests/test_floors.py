"""The coder's figures hold their floors (`eval/floors.py`) on the gold texts that are here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from communique import Coder

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "eval"))

import floors  # noqa: E402

FLOORS = json.loads(floors.FLOORS.read_text("utf-8"))


@pytest.mark.shared
@pytest.mark.parametrize("file", sorted(FLOORS))
def test_nothing_falls_below_its_floor(shared: Path, accurate: Coder, file: str) -> None:
    verdicts = floors.compare(shared / "gold", {file: FLOORS[file]}, accurate)
    assert verdicts, f"{file} is not there"
    assert all(v.value is not None for v in verdicts), f"{file} is not the text that the floors were measured on"
    assert not [v for v in verdicts if v.below]
