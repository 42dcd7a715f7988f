"""What `because` names did decide: without that row the value is another one."""

from __future__ import annotations

import pytest

from communique import Coder
from communique.codebook import Codebook, Row
from communique.model import Event, Reason, Tie

TEXT = (
    "Chile plans to open an embassy in Nairobi. Bolivia expelled the Peruvian ambassador. "
    "Kenyan soldiers bombed a rebel camp in Somalia with drones. Shamefully, Greece ignored the ruling and attacked Albania."
)


class Without(Codebook):
    """Our tables but for one row."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason

    def rows(self, name: str) -> list[Row]:
        return [r for r in super().rows(name) if (r.file, r.line) != (self.reason.file, self.reason.line)]


def told(item: Event | Tie, field: str) -> object:
    """The value a reason is about."""
    if isinstance(item, Tie):
        return item.kind
    if field == "stance":
        return item.voice.stance
    if field in ("actors", "recipients"):
        return [(a.country, a.sector, a.entity) for a in getattr(item, field)]
    return getattr(item, field)


@pytest.mark.parametrize(
    ("trigger", "field"),
    [
        ("plans", "status"),
        ("plans", "act"),
        ("bombed", "type"),
        ("expelled", "recipients"),
        ("bombed", "mode"),
        ("attacked", "stance"),
    ],
)
def test_without_the_row_the_value_changes(coder: Coder, trigger: str, field: str) -> None:
    report = coder.code(TEXT, published="2024-06-03")
    event = next(e for e in report.events if e.trigger.text == trigger)
    rows = [r for r in event.because if r.field in (field, "type") and r.line is not None]
    rows = [r for r in rows if r.field == field] or rows
    assert rows, event.because
    changed = []
    for reason in rows:
        again = Coder(codebook=Without(reason), kind="fast").code(TEXT, published="2024-06-03")
        same = [e for e in again.events if e.trigger.start == event.trigger.start]
        changed.append(not same or told(same[0], field) != told(event, field))
    assert any(changed), [(r.field, r.file, r.line, r.row) for r in rows]


def test_a_tie_names_its_row(coder: Coder) -> None:
    report = coder.code(TEXT, published="2024-06-03")
    tie = next(t for t in report.ties if t.kind == "presence")
    reason = next(r for r in tie.because if r.file.endswith("ties.csv"))
    again = Coder(codebook=Without(reason), kind="fast").code(TEXT, published="2024-06-03")
    assert all(t.because != tie.because for t in again.ties)
