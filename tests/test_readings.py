"""Five reports of our own, read by hand before the rules were written, must come out as read."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from communique import Coder

ROOT = Path(__file__).parent.parent

# Recall and precision over all five reports; a floor is raised when the reading gets better, never lowered.
FLOORS = {"events": (0.64, 0.82), "statements": (0.87, 0.82), "ties": (0.92, 0.95)}
# The same over ten newspaper reports, read blind (eval/readings); their texts are not ours to ship. The lexicon was mended
# with them in sight. With the encoder beside it events are fewer and less often right there: that is no floor to be content
# with, but one it must not fall below.
GUARDIAN = {
    "fast": {"events": (0.60, 0.69), "statements": (0.86, 0.85)},
    "accurate": {"events": (0.52, 0.54), "statements": (0.86, 0.85)},
}


@pytest.fixture(scope="module")
def hand() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readings", ROOT / "eval" / "readings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["readings"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=["fast", "accurate"])
def reader(request: pytest.FixtureRequest, coder: Coder, accurate: Coder) -> Coder:
    return coder if request.param == "fast" else accurate


@pytest.fixture(scope="module")
def totals(hand: ModuleType, reader: Coder) -> dict[str, object]:
    found: dict[str, object] = {}
    for expected in hand.ours(ROOT / "tests" / "reports"):
        hand.tally(expected, reader.code(expected.article), found)
    return found


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_sister_reports(totals: dict[str, object], name: str) -> None:
    recall, precision = FLOORS[name]
    assert totals[name].recall >= recall  # type: ignore[attr-defined]
    assert totals[name].precision >= precision  # type: ignore[attr-defined]


@pytest.mark.shared
def test_newspaper_reports_read_blind(hand: ModuleType, reader: Coder, shared: Path) -> None:
    found: dict[str, object] = {}
    texts = shared / "reports" / "guardian.jsonl"
    for expected in hand.readings(ROOT / "eval" / "readings" / "guardian.jsonl", texts):
        hand.tally(expected, reader.code(expected.article), found)
    for name, (recall, precision) in GUARDIAN["fast" if reader.heads is None else "accurate"].items():
        assert found[name].recall >= recall, name  # type: ignore[attr-defined]
        assert found[name].precision >= precision, name  # type: ignore[attr-defined]
