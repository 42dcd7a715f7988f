"""Ties as several reports tell of them, from text to status: where a finer time, an undated step, a retracted notice or a
missing member once led to a wrong answer. The texts are our own, about public facts or invented ones."""

from __future__ import annotations

import pytest

from communique import Coder, ties
from communique.model import Tie

Told = list[tuple[str | None, str]]


def standing(coder: Coder, told: Told, at: str = "2025-01-01") -> list[Tie]:
    reports = [coder.code(text, published=day, outlet=f"Outlet {i}") for i, (day, text) in enumerate(told)]
    return ties.resolve([claim for report in reports for claim in report.claims], at=at)


def codes(tie: Tie) -> set[str]:
    return {p.entity or p.country or "" for p in tie.parties}


GSOMIA = "General Security of Military Information Agreement"


@pytest.mark.parametrize("suspended", [
    f"South Korea and Japan suspended the {GSOMIA} in 2019.", f"South Korea suspended the {GSOMIA} with Japan.",
])  # fmt: skip
def test_a_retracted_notice_takes_a_suspended_pact_up_again(coder: Coder, suspended: str) -> None:
    [tie] = standing(coder, [
        ("2019-11-23", suspended), ("2023-03-21", f"South Korea on Tuesday withdrew its notice to end the {GSOMIA} with Japan."),
    ])  # fmt: skip
    assert codes(tie) == {"KOR", "JPN"}
    assert (str(tie.status), tie.step, tie.since) == ("active", "termination withdrawn", "2023-03-21")


@pytest.mark.parametrize("order", [1, -1])
def test_a_month_says_more_than_its_year_whichever_is_told_first(coder: Coder, order: int) -> None:
    texts = ["Finland joined NATO in 2023.", "Finland joined NATO in April 2023."][::order]
    [tie] = standing(coder, [("2024-01-24", texts[0]), ("2024-02-24", texts[1])])
    assert (str(tie.status), tie.since) == ("active", "2023-04-01")


def test_a_day_says_more_than_a_month(coder: Coder) -> None:
    [tie] = standing(coder, [
        ("2024-01-24", "Finland joined NATO in April 2023."), ("2024-02-24", "Finland joined NATO on 4 April 2023."),
    ])  # fmt: skip
    assert tie.since == "2023-04-04"


def test_what_was_brought_back_had_stopped_before(coder: Coder) -> None:
    pact = "the Visiting Forces Agreement"
    [tie] = standing(coder, [
        ("2023-06-01", f"The Philippines suspended {pact} with the United States."),
        ("2023-07-01", f"The Philippines and the United States restored {pact}, which had been suspended."),
    ])  # fmt: skip
    assert (str(tie.status), tie.step) == ("active", "restored")


def test_relations_that_were_to_be_restored_are_active_once_they_are(coder: Coder) -> None:
    plan = ("2023-03-11", "Saudi Arabia and Iran agreed to restore diplomatic relations.")
    for done in (
        "Saudi Arabia and Iran restored ties in June.",
        "Saudi Arabia and Iran have restored diplomatic relations.",
    ):
        [tie] = standing(coder, [plan, ("2023-07-07", done)])
        assert (tie.kind, str(tie.status)) == ("relations", "active")
    [tie] = standing(coder, [plan])
    assert str(tie.status) == "planned"


def test_a_planned_exercise_is_not_planned_since_the_day_it_is_planned_for(coder: Coder) -> None:
    text = "The Philippines and the United States will hold the Balikatan exercise from 22 April to 10 May 2024."
    [tie] = standing(coder, [("2024-02-01", text)], at="2024-03-01")
    assert (str(tie.status), tie.since) == ("planned", None)


def test_drills_without_a_name_or_a_day_are_no_edition(coder: Coder) -> None:
    assert standing(coder, [("2023-04-12", "China and Russia held drills in the Sea of Japan.")]) == []
    [tie] = standing(coder, [("2023-04-12", "China and Russia held drills in the Sea of Japan on 3 April 2023.")])
    assert (tie.kind, str(tie.status)) == ("exercise", "ended")


@pytest.mark.parametrize("text", [
    "All NATO members but Hungary signed the Riga Treaty on Monday.",
    "All members of NATO except Hungary signed the Riga Treaty on Monday.",
])  # fmt: skip
def test_all_members_but_one_are_all_but_that_one(coder: Coder, text: str) -> None:
    [tie] = standing(coder, [("2024-01-24", text)])
    assert len(tie.parties) == 30
    assert codes(tie).isdisjoint({"HUN", "NATO", "SWE"})
    assert all(text[p.start : p.end] == p.text for p in tie.parties)


def test_how_sure_a_tie_is_follows_who_says_it_and_who_gainsays_it(coder: Coder) -> None:
    text = "Norway and Chile signed a fishing pact on 3 May 2024{}."
    [outlet] = standing(coder, [("2024-05-04", text.format(""))])
    [unnamed] = standing(coder, [("2024-05-04", text.format(", officials said"))])
    [two] = standing(coder, [("2024-05-04", text.format("")), ("2024-05-05", text.format(", our reporter learned"))])
    assert unnamed.score < outlet.score < two.score < 1
    assert any(r.field == "score" and "for" in r.row for r in outlet.because)
