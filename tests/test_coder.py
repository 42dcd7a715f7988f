"""The whole coding of one report: spans, order, determinism, and what must be found in plain sentences."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communique import Article, Coder
from communique.model import CodedReport, to_json

NEWS = (
    "Kenya and Norway signed a fisheries pact in Nairobi on 4 March 2024. "
    "Kenyan Foreign Minister Musalia Mudavadi said the deal would enter into force next year.\n\n"
    "“We will not accept illegal trawlers,” Mudavadi told reporters. Oslo plans to open a consulate in Mombasa."
)


def line(report: CodedReport) -> str:
    return json.dumps(to_json(report), ensure_ascii=False)


def spans(node: Any) -> list[tuple[int, int, str]]:
    if isinstance(node, dict):
        own = (
            [(node["start"], node["end"], node["text"])]
            if {"start", "end", "text"} <= node.keys() and "article" not in node
            else []
        )
        return own + [s for v in node.values() for s in spans(v)]
    return [s for v in node for s in spans(v)] if isinstance(node, list) else []


def test_fields_stand_in_the_contracts_order(coder: Coder) -> None:
    row = json.loads(line(coder.code(NEWS, published="2024-03-05")))
    assert list(row) == ["article", "events", "statements", "ties", "actors", "places", "times"]
    assert list(row["article"]) == [
        "id",
        "given_id",
        "title",
        "outlet",
        "published",
        "anchor",
        "language",
        "url",
        "text",
    ]
    assert list(row["events"][0]) == [
        "id", "type", "act", "mode", "contexts", "status", "historical", "actors", "recipients", "place", "when", "voice",
        "trigger", "sentence", "quad", "intensity", "score", "because",
    ]  # fmt: skip
    assert list(row["ties"][0]) == [
        "id", "kind", "name", "parties", "status", "step", "since", "until", "place", "voice", "history", "evidence",
        "outlets", "stories", "score", "because",
    ]  # fmt: skip


def test_a_plain_report_is_read(coder: Coder) -> None:
    report = coder.code(NEWS, published="2024-03-05")
    signed = next(e for e in report.events if e.trigger.text == "signed")
    assert signed.type == "SUPPORT"
    assert {a.country for a in signed.actors} == {"KEN", "NOR"}
    assert signed.when is not None
    assert signed.when.from_ == "2024-03-04"
    assert signed.place is not None
    assert signed.place.name == "Nairobi"
    assert signed.voice.kind == "outlet"
    said = [s for s in report.statements if s.form == "direct"]
    assert said
    assert said[0].sources[0].country == "KEN"
    kinds = {(t.kind, t.status) for t in report.ties}
    assert ("agreement", "signed") in kinds
    assert ("presence", "planned") in kinds


def test_a_report_pickles(coder: Coder) -> None:
    report = coder.code(NEWS, published="2024-03-05")
    assert pickle.loads(pickle.dumps(report)) == report


def test_alone_or_among_others_in_any_order_the_bytes_are_the_same(coder: Coder) -> None:
    texts = [
        NEWS,
        "Peru expelled the Iranian ambassador.",
        "It rained.",
        "Talks between Chad and Sudan collapsed on Friday.",
    ]
    alone = [line(coder.code(t, published="2024-03-05")) for t in texts]
    backwards = [line(coder.code(t, published="2024-03-05")) for t in reversed(texts)]
    assert alone == backwards[::-1]
    assert alone[0] == line(Coder(kind="fast").code(texts[0], published="2024-03-05"))


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n\n", "\x00", "\ufeff", "a" * 50_000, "\ud800", "“" * 300, ". " * 500, "\u202eabc", "🙂" * 40]
)
def test_odd_text_is_coded_without_a_fault(coder: Coder, text: str) -> None:
    report = coder.code(text)
    assert report.article.text == text


words = st.sampled_from(
    ["Japan", "NATO", "said", "“", "”", '"', "will", "sign", "the", "pact", "in", "Tokyo", "on", "May 3", ",", ".", "\n\n", "Mr.",
     "Kishida", "not", "attack", "if", "talks", "between", "and", "China", "’s", "embassy", "U.S.", "2023", "\r\n",
     "é", "\u00a0", "🙂", "—"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=300), st.lists(words, max_size=60).map(" ".join)))
def test_spans_quote_the_text_whatever_it_is(coder: Coder, text: str) -> None:
    report = coder.code(Article.make(text, published="2023-05-10"))
    for start, end, quote in spans(json.loads(json.dumps(to_json(report)))):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == quote
