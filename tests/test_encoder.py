"""Lexicon and encoder together: what is added, what is dropped, and what is never overruled."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from communique import Coder
from communique.codebook import laid_over
from communique.coding.encoder import Encoder, Heard
from communique.coding.heads import Joined, probability, statuses
from communique.errors import ModelError
from communique.model import CodedReport, Status, to_json

DAY = "2024-06-03"


def told(report: CodedReport) -> list[tuple[str, str]]:
    return [(e.type, e.trigger.text) for e in report.events]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def test_an_event_that_no_row_reads_is_heard_and_says_so(accurate: Coder, coder: Coder) -> None:
    text = "The Chadian army flattened a rebel hideout near Lake Fitri on Sunday."
    assert told(coder.code(text, published=DAY)) == []
    event = next(e for e in accurate.code(text, published=DAY).events if e.type == "ASSAULT")
    assert any(r.field == "type" and r.file == "encoder" for r in event.because)
    assert [a.country for a in event.actors] == ["TCD"]


def test_what_is_no_politics_is_dropped(accurate: Coder) -> None:
    text = "The visitors laid siege to the Brazilian goal for an hour before their captain shot wide from the penalty spot."
    assert told(accurate.code(text, published=DAY)) == []


def test_the_score_is_a_probability_and_has_its_reason(accurate: Coder) -> None:
    report = accurate.code(
        "Turkish jets bombed a depot in northern Iraq on Sunday, killing four people.", published=DAY
    )
    event = next(e for e in report.events if e.type == "ASSAULT")
    assert 0.5 < event.score <= 1.0
    assert any(r.field == "score" and r.file == "encoder" for r in event.because)


def test_a_report_is_coded_the_same_whatever_was_coded_before(accurate: Coder) -> None:
    texts = [
        "Kenya and Uganda signed a fisheries agreement in Kisumu. Opposition groups denounced it as a sell-out.",
        "Protesters blocked the road to the airport of Lima. The interior ministry deployed 400 police officers.",
    ]
    alone = to_json(accurate.code(texts[1], published=DAY))
    accurate.code(texts[0] * 20, published=DAY)
    assert to_json(accurate.code(texts[1], published=DAY)) == alone


def test_a_row_of_ones_own_is_never_overruled(tmp_path: Path) -> None:
    folder = tmp_path / "lang" / "en" / "predicates"
    folder.mkdir(parents=True)
    (folder / "protest.csv").write_text(
        "lemma,pos,frame,type,mode,contexts,roles,example\n"
        "serenade,verb,,PROTEST,demo,,,Students serenaded the ministry in Lima.\n"
        "bomb,verb,,-,,,,Turkish jets bombed a depot in Iraq.\n"
    )
    coder = Coder(codebook=laid_over(tmp_path))
    assert ("PROTEST", "serenaded") in told(coder.code("Students serenaded the ministry in Lima.", published=DAY))
    assert told(coder.code("Turkish jets bombed a depot in Iraq.", published=DAY)) == []


def test_behind_the_part_that_the_encoder_reads_the_lexicon_reads_alone(accurate: Coder, coder: Coder) -> None:
    text = f"After {'roads, bridges, ' * 60}and ferries had been closed, Kenya expelled the Peruvian ambassador."
    alone = next(e for e in coder.code(text, published=DAY).events if e.trigger.text == "expelled")
    both = next(e for e in accurate.code(text, published=DAY).events if e.trigger.text == "expelled")
    assert both == alone


def test_the_heads_keep_to_the_codebook() -> None:
    assert statuses("CONSULT", None) == {Status.OCCURRED, Status.ONGOING, Status.NEGATED}
    assert statuses("REJECT", "AID") == {Status.NEGATED}
    assert Status.OCCURRED not in statuses("AGREE", "CONSULT")
    assert statuses("ASSAULT", None) == set(Status)


def test_the_two_coders_have_versions_of_their_own(accurate: Coder, coder: Coder) -> None:
    assert coder.version.endswith("+fast")
    assert "+accurate-" in accurate.version


def test_pieces_stand_where_the_text_has_them(encoder: Encoder) -> None:
    text = "🌍 Türkiye’s e\u0301lite guard marched in Diyarbakır."
    (heard,) = encoder.read([text])
    for word in ("Türkiye", "marched", "Diyarbakır"):
        start = text.index(word)
        found = heard.pieces(start, start + len(word))
        assert found
        assert all(start <= heard.offsets[i][0] and heard.offsets[i][1] <= start + len(word) for i in found)


def test_what_stands_behind_the_part_that_is_read_has_no_pieces(encoder: Encoder) -> None:
    text = "The minister said that " + "the very old " * 300 + "bridge was closed."
    (heard,) = encoder.read([text])
    assert heard.pieces(0, 12)
    assert heard.pieces(len(text) - 8, len(text)) == []


def test_sentences_are_answered_in_the_order_they_were_asked(encoder: Encoder) -> None:
    texts = ["Troops crossed the border into Chad.", "He left.", "The two presidents met in Accra to discuss the dam."]
    together: list[Heard] = encoder.read(texts)
    assert [len(h.offsets) for h in together] == [len(encoder.read([t])[0].offsets) for t in texts]


def test_a_damaged_graph_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(str(files("communique") / "data" / "encoder"), folder)
    (folder / "encoder.onnx").write_bytes(b"x" + (folder / "encoder.onnx").read_bytes()[1:])
    with pytest.raises(ModelError, match=r"encoder\.onnx"):
        Encoder(folder)
    (folder / "encoder.onnx").unlink()
    with pytest.raises(ModelError, match="--coder fast"):
        Encoder(folder)


def test_the_card_says_from_what_the_weights_were_made() -> None:
    card = json.loads((files("communique") / "data" / "encoder" / "card.json").read_text("utf-8"))
    assert card["data"]
    assert not any("_test" in name or "plv" in name or "polnear" in name for name in card["data"])


def test_probabilities_rise_with_what_speaks_for_them() -> None:
    joined = Joined.load()
    low = dict.fromkeys(joined.weights, 0.0) | {"bias": 1.0, "encoder": -4.0}
    assert probability(joined.weights, low) < probability(joined.weights, low | {"encoder": 4.0})
