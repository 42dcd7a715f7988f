"""Happened or not: every cue's own example, and what grammar alone says."""

from __future__ import annotations

import pytest
from spacy.language import Language

from communique import Article
from communique.codebook import Row, shipped
from communique.coding.parse import load, parse
from communique.coding.status import Reading, StatusStation

ROWS = shipped().rows("lang/en/status.csv")
# Share of cues whose own example is read by them; the parser misreads some sentences. Raise it, never lower it.
FLOOR = 0.97


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load()


@pytest.fixture(scope="module")
def station() -> StatusStation:
    return StatusStation(shipped())


def readings(nlp: Language, station: StatusStation, text: str) -> list[tuple[str, Reading]]:
    parsed = parse(Article.make(text), nlp)
    return [(t.text, station.read(t)) for t in parsed.doc if t.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADJ")]


def test_every_cue_decides_its_own_example(nlp: Language, station: StatusStation) -> None:
    def decides(row: Row) -> bool:
        found = [r for _, r in readings(nlp, station, row["example"]) if r.reason.line == row.line]
        return any(str(r.status) in (row["status"], row.get("negated")) for r in found)

    wrong = [row["example"] for row in ROWS if not decides(row)]
    assert len(wrong) <= (1 - FLOOR) * len(ROWS), wrong


@pytest.mark.parametrize(
    ("text", "word", "status"),
    [
        ("Chile signed the accord.", "signed", "occurred"),
        ("Chile has signed the accord.", "signed", "occurred"),
        ("The accord was signed in Quito.", "signed", "occurred"),
        ("Chile did not sign the accord.", "sign", "negated"),
        ("Chile never signed the accord.", "signed", "negated"),
        ("No minister signed the accord.", "signed", "negated"),
        ("Chile not only signed the accord but ratified it.", "signed", "occurred"),
        ("Chile will sign the accord.", "sign", "planned"),
        ("Chile will not sign the accord.", "sign", "negated"),
        ("Chile is going to sign the accord.", "sign", "planned"),
        ("The ministers are to sign the accord in Quito.", "sign", "planned"),
        ("Chile may sign the accord.", "sign", "hypothetical"),
        ("If Chile signs the accord, Peru will follow.", "signs", "hypothetical"),
        ("If Chile signs the accord, Peru will follow.", "follow", "hypothetical"),
        ("Chile said it would sign the accord.", "sign", "planned"),
        ("Chile would sign the accord under other terms.", "sign", "hypothetical"),
        ("Did Chile sign the accord?", "sign", "hypothetical"),
        ("Why did Chile sign the accord?", "sign", "occurred"),
        ("Chile is signing the accord.", "signing", "ongoing"),
        ("Chile failed to sign the accord.", "sign", "negated"),
        ("Chile did not fail to sign the accord.", "sign", "occurred"),
        ("Chile managed to sign the accord.", "sign", "occurred"),
        ("Chile did not manage to sign the accord.", "sign", "negated"),
        ("Chile may plan to sign the accord.", "sign", "planned"),
        ("Chile denied that it had signed the accord.", "signed", "negated"),
        ("Chile denied that it had not signed the accord.", "signed", "occurred"),
        ("Chile left without signing the accord.", "signing", "negated"),
        ("After signing the accord, the minister left.", "signing", "occurred"),
        ("The decision to sign the accord angered Peru.", "sign", "planned"),
        ("Chile was expected to sign the accord.", "sign", "planned"),
        ("Chile is unlikely to sign the accord.", "sign", "hypothetical"),
        ("The planned visit to Quito raises hopes.", "visit", "planned"),
        ("There were no talks with Peru.", "talks", "negated"),
        ("The talks with Peru were cancelled.", "talks", "negated"),
        ("Chile called for talks with Peru.", "talks", "hypothetical"),
        ("Chile held talks with Peru.", "talks", "occurred"),
        ("The talks will take place in Quito.", "talks", "planned"),
        ("The war will widen.", "war", "occurred"),
        ("Chile agreed to withdraw its troops and close the base.", "close", "planned"),
        ("Chile refused to withdraw its troops.", "withdraw", "negated"),
    ],
)  # fmt: skip
def test_what_a_clause_says(nlp: Language, station: StatusStation, text: str, word: str, status: str) -> None:
    found = dict(readings(nlp, station, text))
    assert str(found[word].status) == status, found[word]
