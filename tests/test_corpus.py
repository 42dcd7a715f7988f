"""The hand-coded corpus: every file is sound, the split never moves, and the tools find what they are for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from communique.codebook import shipped
from communique.evaluate import score_attribution, score_dates, score_events
from communique.model import Status, TieStatus

CORPUS = Path(__file__).parent.parent / "corpus"
sys.path.insert(0, str(CORPUS))

import agreement  # noqa: E402
import build  # noqa: E402
import form  # noqa: E402
import overlap  # noqa: E402

GOOD = {
    "id": "t-001",
    "published": "2021-05-20",
    "style": "wire",
    "region": "west-africa",
    "text": "Togo's navy seized two trawlers off Lomé on Tuesday, the navy said, and the crews are being held.",
    "events": [
        {"type": "COERCE/seize", "on": "seized", "by": ["Togo's navy|TGO MIL"], "when": "Tuesday|2021-05-18"},
        {"type": "COERCE/arrest", "on": "held", "status": "ongoing", "to": ["the crews|- CVL"]},
    ],
    "statements": [{"by": ["the navy|TGO MIL"], "cue": "said", "says": "Togo's navy .. Tuesday"}],
}


@pytest.fixture(scope="module")
def items() -> list[form.Item]:
    return form.load()[0]


def spans(item: form.Item) -> Iterator[form.Span]:
    for e in item.events:
        yield from (s for s in (e.on, e.act_on, e.at, e.when, *e.by, *e.to) if s is not None)
    for s in item.statements:
        yield from (x for x in (*s.by, *s.via, s.cue, *s.says) if x is not None)
    for t in item.ties:
        yield from (x for x in (t.on, t.at, *t.parties) if x is not None)
    yield from (*item.places, *item.times)


def written(folder: Path, *rows: dict[str, object], kind: str = "sentences") -> Path:
    (folder / kind).mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / kind / "t.jsonl").write_text(text, "utf-8")
    return folder


def objects(folder: Path) -> list[Any]:
    """All objects of the JSON Lines files under a folder."""
    return [json.loads(row) for path in sorted(folder.rglob("*.jsonl")) for row in path.read_text("utf-8").splitlines()]


def test_no_fault_in_the_corpus() -> None:
    items, faults = form.load()
    assert faults == []
    assert form.near_duplicates(items) == []
    assert items


def test_every_span_is_a_quote(items: list[form.Item]) -> None:
    for item in items:
        for span in spans(item):
            assert item.text[span.start : span.end] == span.text, item.where


def test_the_split_is_fixed() -> None:
    item = form.Item("x-001", "", "f", 1, False, "", date(2020, 1, 1), "wire", "global")
    groups = [f"wa{n:02}-00" for n in range(200)]
    splits = {g: replace(item, group=g).split for g in groups}
    assert [g for g in groups[:20] if splits[g] == "test"] == ["wa02-00", "wa13-00"]
    assert 0.14 < sum(s == "test" for s in splits.values()) / len(groups) < 0.26


def test_neighbours_share_a_group_unless_one_is_named(tmp_path: Path) -> None:
    rows = [{**GOOD, "id": "t-010"}, {**GOOD, "id": "t-019"}, {**GOOD, "id": "t-020"}]
    items, _ = form.load(written(tmp_path, *rows, {**GOOD, "id": "t-021", "group": "trawlers"}))
    assert [i.group for i in items] == ["t-01", "t-01", "t-02", "trawlers"]


def test_a_good_item_has_no_fault(tmp_path: Path) -> None:
    items, faults = form.load(written(tmp_path, GOOD))
    assert faults == []
    seized, held = items[0].events
    assert seized.voice == items[0].statements[0]
    assert held.voice is None
    assert seized.when is not None
    assert (seized.when.from_, seized.when.until) == (date(2021, 5, 18), date(2021, 5, 19))


def changed(**values: object) -> dict[str, object]:
    return {**GOOD, **values}


def event(**values: object) -> dict[str, object]:
    return changed(events=[{"type": "COERCE/seize", "on": "seized", **values}])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (changed(text=""), "missing: text"),
        (changed(published=None), "missing: published"),
        (changed(published="2021-02-30"), "expected YYYY-MM-DD"),
        (changed(style="blog"), "style is 'blog'"),
        (changed(region="africa"), "region is 'africa'"),
        (changed(colour="red"), "no such key: colour"),
        (changed(id="one"), "expected BATCH-NNN"),
        (changed(neg="sport"), "a negative holds no event"),
        (changed(events=[], statements=[]), "name the class of the negative"),
        (changed(text=GOOD["text"].replace("é", "e\u0301")), "not in Unicode NFC"),  # type: ignore[attr-defined]
        (event(type="GRAB"), "'GRAB' is none of"),
        (event(type="COERCE/grab"), "COERCE has no mode 'grab'"),
        (event(type="COERCE>AID"), "COERCE hides no act"),
        (event(type="AGREE>AID"), "planned, hypothetical or negated"),
        (event(type="REJECT>AID", status="planned"), "what is refused is negated"),
        (event(type="AID"), "no event without a recipient"),
        (event(on="captured"), "does not occur"),
        (event(on="size"), "does not occur"),
        (event(on="the"), "occurs 2 times"),
        (event(on="the#4"), "there is no #4"),
        (event(status="done"), "status is 'done'"),
        (event(by=["Togo's navy|TOG MIL"]), "country 'TOG'"),
        (event(by=["Togo's navy|TGO NAV"]), "sector 'NAV'"),
        (event(by=["Togo's navy|TGO MIL @TOGONAVY"]), "@TOGONAVY"),
        (event(by=["Togo's navy"]), "expected `words of the text|codes`"),
        (event(at="Lomé|TG"), "no ISO3 code"),
        (event(when="Tuesday|2021-05-19"), "2021-05-19 is a Wednesday"),
        (event(when="Tuesday|2021-13-01"), "is no date"),
        (event(when="Tuesday|2021-05-25"), "cannot have occurred"),
        (event(when="Tuesday|2019-05-21"), "hist must be true"),
        (event(when="Tuesday|2021-05-18", hist=True), "hist must go"),
        (event(ctx="navy"), "no such context: navy"),
        (event(voice=2), "number of a statement"),
        (changed(statements=[{"cue": "said", "says": "the navy .. and"}]), "the cue stands inside"),
        (changed(statements=[{"says": "seized .. Togo's"}]), "does not occur behind"),
        (changed(ties=[{"kind": "pact", "parties": ["Togo|TGO"], "status": "active", "on": "Togo"}]), "kind is 'pact'"),
        (changed(ties=[{"kind": "relations", "parties": ["Togo|TGO"], "status": "active", "on": "Togo"}]), "two parties"),
    ],
)  # fmt: skip
def test_faults_are_named_with_file_and_line(tmp_path: Path, row: dict[str, object], fault: str) -> None:
    _, faults = form.load(written(tmp_path, {**GOOD, "id": "t-900"}, row))
    assert any(f.startswith("sentences/t.jsonl:2: ") and fault in f for f in faults), faults


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path, GOOD)
    with (folder / "sentences" / "t.jsonl").open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    items, faults = form.load(folder)
    assert len(items) == 1
    assert [f.split(": ")[0] for f in faults] == ["sentences/t.jsonl:2"]


def test_twin_ids_and_near_duplicates_are_faults(tmp_path: Path) -> None:
    twin = {**GOOD, "text": str(GOOD["text"]).replace("two trawlers", "three trawlers")}
    items, faults = form.load(written(tmp_path, GOOD, twin))
    assert faults == ["sentences/t.jsonl:2: id t-001 is that of sentences/t.jsonl:1"]
    assert ["t-001 is nearly the same text as sentences/t.jsonl:1" in f for f in form.near_duplicates(items)] == [True]


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2024-02-29", ("2024-02-29", "2024-03-01")),
        ("2019-12", ("2019-12-01", "2020-01-01")),
        ("2020-W53", ("2020-12-28", "2021-01-04")),
        ("2019-WI", ("2019-12-01", "2020-03-01")),
        ("199X", ("1990-01-01", "2000-01-01")),
        ("2021-03-04/2021-03-09", ("2021-03-04", "2021-03-10")),
        ("2014-03/..", ("2014-03-01", None)),
    ],
)
def test_values_of_times_are_half_open_days(value: str, days: tuple[str, str | None]) -> None:
    assert tuple(d and d.isoformat() for d in form.interval(value)) == days


def test_paragraphs_of_reports_count_from_the_report(tmp_path: Path) -> None:
    head = {k: GOOD[k] for k in ("id", "published", "style", "region")}
    first = {"p": "Nothing happened.", "events": []}
    folder = written(
        tmp_path, head, first, {"p": GOOD["text"], "events": GOOD["events"], "statements": GOOD["statements"]},
        kind="reports",
    )  # fmt: skip
    items, faults = form.load(folder)
    assert faults == []
    assert items[0].report
    assert [items[0].text[e.on.start : e.on.end] for e in items[0].events] == ["seized", "held"]
    assert items[0].events[0].voice == items[0].statements[0]


def test_compiled_gold_scores_itself_as_perfect(items: list[form.Item]) -> None:
    events = [row for item in items for row in build.event_rows(item)]
    echo = [
        {
            "id": row["id"],
            "events": [{"type": e["type"], "actors": e["sources"], "recipients": e["targets"]} for e in row["events"]],
        }
        for row in events
    ]
    scores = score_events(events, {"": echo})
    assert scores["type F1"] == scores["target F1"] == 1.0
    # The scorer reads a joint act and another act of one of the same parties as one where it helps the prediction, which
    # costs a coding that is right a little.
    assert min(scores["source+sector F1"], scores["dyad F1"]) > 0.98
    dates = [row for item in items for row in build.date_rows(item)]
    assert score_dates(dates, {"": dates})["resolvable interval F1"] == 1.0
    said = [row for item in items for row in build.attribution_rows(item)]
    assert score_attribution(said, {"": said})["linked F1"] == 1.0


def test_compiled_folder_has_the_layout_of_evaluate(tmp_path: Path, items: list[form.Item]) -> None:
    build.compile_to(items, tmp_path)
    tasks = {p.name for p in tmp_path.iterdir()}
    assert tasks == {"events", "actors", "places", "dates", "attribution", "status", "records"}
    rows = objects(tmp_path / "records")
    assert {r["id"] for r in rows} == {i.id for i in items}
    groups = {(r["group"], r["split"]) for r in rows}
    assert len(groups) == len({g for g, _ in groups})
    for row in objects(tmp_path / "status"):
        assert row["text"][row["start"] : row["end"]] == row["trigger"]


def test_kappa() -> None:
    # 20 yes-yes, 15 no-no, 5 and 10 mixed: observed .7, by chance .5
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert agreement.kappa(pairs) == pytest.approx(0.4)
    assert agreement.kappa([("a", "a")]) is None


def test_agreement_of_a_coding_with_itself_and_with_another(tmp_path: Path) -> None:
    first, _ = form.load(written(tmp_path / "a", GOOD))
    same = agreement.compare(first, first).rows()
    assert all(r.value in (1.0, None) for r in same), same
    other = [{"type": "ASSAULT", "on": "seized"}, {"type": "COERCE/arrest", "on": "held", "to": ["the crews|- CVL"]}]
    row = {"id": "t-001", "events": other}
    second, faults = form.load(written(tmp_path / "b", row), {i.id: i for i in first})
    assert faults == []
    values = {(r.what, r.measure): r.value for r in agreement.compare(first, second).rows()}
    assert values["events (trigger)", "F1"] == 1.0
    assert values["events (trigger and type)", "F1"] == 0.5
    assert values["event: type", "equal"] == values["event: status", "equal"] == 0.5
    assert values["event: actors spans", "F1"] == 0.0
    assert values["event: recipients spans", "F1"] == 1.0
    assert values["statements (content)", "F1"] == 0.0


def test_blank_sheets_hold_no_code(tmp_path: Path, items: list[form.Item]) -> None:
    count = agreement.sheets(items, tmp_path)
    lines = objects(tmp_path)
    assert sum("id" in row for row in lines) == count
    assert {i.id for i in items if i.split == "test"} <= {row.get("id") for row in lines}
    assert {key for row in lines for key in row} <= {"id", "title", "outlet", "published", "text", "p"}


def test_shared_wording_is_found(tmp_path: Path) -> None:
    items, _ = form.load(written(tmp_path / "c", GOOD))
    index = overlap.Index(items)
    assert list(index.look("x", "They say that navy seized two trawlers off Lomé on Tuesday again."))
    paraphrase = "On Tuesday the navy of Togo seized trawlers off Lomé: two crews held."
    assert any("content words" in line for line in index.look("x", paraphrase))
    assert list(index.look("x", "The navy said on Tuesday that a trawler had sunk in a storm near the port.")) == []


def test_the_guideline_shows_the_seed_and_names_all_codes() -> None:
    text = (CORPUS / "GUIDELINES.md").read_text("utf-8")
    seed = "".join(p.read_text("utf-8") for p in CORPUS.glob("*/seed.jsonl")).splitlines()
    shown = [line for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(shown) == 6
    assert [line for line in shown if line not in seed] == []
    named = set(re.findall(r"[\w-]+", text))
    types = shipped().types
    modes = {mode for t in types.values() for mode in t.modes}
    sectors = set(shipped().toml("sectors.toml")["sector"])
    assert set(types) | modes | sectors | set(form.kinds()) | set(map(str, [*Status, *TieStatus])) <= named
    assert {*form.REGIONS, *form.STYLES, *form.NEGATIVES} <= named
