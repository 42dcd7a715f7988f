"""`communique evaluate` gives the figures that the scorers give on the predictions it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from communique import Coder
from communique.errors import CallError, DataError
from communique.evaluate import Figure, evaluate, interval

ITEMS = 25


def small(shared: Path, folder: Path, task: str, name: str) -> Path:
    """The first items of a gold file, in a gold folder of its own."""
    target = folder / "gold" / task / name
    target.parent.mkdir(parents=True)
    lines = (shared / "gold" / task / name).read_text("utf-8").splitlines()
    target.write_text("\n".join(lines[:ITEMS]) + "\n", "utf-8")
    return target


def scorer(shared: Path, *args: object) -> Any:
    command = [sys.executable, str(shared / "score" / args[0]), *map(str, args[1:])]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def values(figures: list[Figure]) -> dict[str, float | None]:
    return {f.name: f.value for f in figures}


@pytest.mark.parametrize("options", [(), ("--top1",), ("--top1", "--accept-alt")])
def test_events_agree_with_the_scorer(shared: Path, tmp_path: Path, coder: Coder, options: tuple[str, ...]) -> None:
    gold = small(shared, tmp_path, "events", "gsr.jsonl")
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    theirs = scorer(shared, "score_events.py", gold, tmp_path / "out" / "events" / "gsr.jsonl", "--json", *options)
    label = {(): "", ("--top1",): "top1 "}.get(options, "top1 accept-alt ")
    for name, key in (
        ("type", "type"),
        ("source", "source"),
        ("target", "target"),
        ("dyad", "dyad"),
        ("pair", "pair"),
        ("source+sector", "source+sec"),
    ):
        assert ours[f"{label}{name} F1"] == pytest.approx(theirs[key]["f1"])
    assert ours[f"{label}type macro F1"] == pytest.approx(theirs["type_macro_f1"])
    assert ours[f"{label}hit"] == pytest.approx(theirs["hit"])


def test_marked_pairs_get_one_event(shared: Path, tmp_path: Path, coder: Coder) -> None:
    gold = small(shared, tmp_path, "events", "plv.jsonl")
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    rows = [json.loads(line) for line in (tmp_path / "out" / "events" / "plv.jsonl").read_text("utf-8").splitlines()]
    assert all(len(row["events"]) <= 1 for row in rows)
    theirs = scorer(shared, "score_events.py", gold, tmp_path / "out" / "events" / "plv.jsonl", "--json")
    assert ours["type F1"] == pytest.approx(theirs["type"]["f1"])


@pytest.mark.parametrize("name", ["gsr_actors.jsonl", "ngec_plain.jsonl", "ngec_world.jsonl"])
def test_actors_agree_with_the_scorer(shared: Path, tmp_path: Path, coder: Coder, name: str) -> None:
    gold = small(shared, tmp_path, "actors", name)
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    theirs = scorer(shared, "score_actors.py", gold, tmp_path / "out" / "actors" / name, "--json")["all"]
    for key in theirs:
        assert ours[f"{key} accuracy"] == pytest.approx(theirs[key]["accuracy"], abs=1e-4)


@pytest.mark.parametrize("suffix", ["", ".given"])
def test_places_agree_with_the_scorer(shared: Path, tmp_path: Path, coder: Coder, suffix: str) -> None:
    gold = small(shared, tmp_path, "places", "trnews.jsonl")
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    theirs = scorer(
        shared, "score_places.py", "--gold", gold, "--pred", tmp_path / "out" / "places" / f"trnews{suffix}.jsonl"
    )
    label = "given " if suffix else ""
    assert ours[f"{label}acc@161"] == pytest.approx(theirs["resolution"]["acc161"])
    assert ours[f"{label}end-to-end F1@161"] == pytest.approx(theirs["end_to_end_161"]["f1"])
    assert ours[f"{label}recognition exact F1"] == pytest.approx(theirs["recognition_exact"]["f1"])
    assert ours[f"{label}id accuracy"] == pytest.approx(theirs["resolution"]["id_acc"])


@pytest.mark.parametrize("resolvable", [False, True])
def test_dates_agree_with_the_scorer(shared: Path, tmp_path: Path, coder: Coder, resolvable: bool) -> None:
    gold = small(shared, tmp_path, "dates", "gum_news.jsonl")
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    more = ["--resolvable-only"] if resolvable else []
    theirs = scorer(
        shared, "score_dates.py", "--gold", gold, "--pred", tmp_path / "out" / "dates" / "gum_news.jsonl", *more
    )
    label = "resolvable " if resolvable else ""
    for key in ("strict", "relaxed", "value", "interval"):
        assert ours[f"{label}{key} F1"] == pytest.approx(theirs[key]["f1"], abs=1e-4)


def test_attribution_agrees_with_the_scorer(shared: Path, tmp_path: Path, coder: Coder) -> None:
    gold = small(shared, tmp_path, "attribution", "polnear_dev.jsonl")
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    theirs = scorer(
        shared, "score_attribution.py", gold, tmp_path / "out" / "attribution" / "polnear_dev.jsonl", "--json"
    )
    for mine, key in (
        ("content strict F1", "content_strict"),
        ("content partial F1", "content_partial"),
        ("linked F1", "linked"),
        ("voice F1", "voice_f1"),
        ("source partial F1", "source_partial"),
        ("cue partial F1", "cue_partial"),
    ):
        assert ours[mine] == pytest.approx(theirs[key])


def test_status_agrees_with_the_scorer(shared: Path, tmp_path: Path, coder: Coder) -> None:
    gold = small(shared, tmp_path, "status", "uds_dev.jsonl")
    ours = values(evaluate(tmp_path / "gold", coder, tmp_path / "out"))
    theirs = scorer(shared, "score_status.py", gold, tmp_path / "out" / "status" / "uds_dev.jsonl", "--json")
    assert ours["accuracy"] == pytest.approx(theirs["accuracy"])
    assert ours["macro F1"] == pytest.approx(theirs["macro_f1"])


def test_own_gold_needs_no_more_than_text_and_codes(tmp_path: Path, coder: Coder) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    item = {
        "id": "1",
        "text": "France condemned Iran on Monday.",
        "actors_coded": True,
        "events": [{"type": "ACCUSE", "sources": [{"country": "FRA"}], "targets": [{"country": "IRN"}]}],
    }
    (folder / "mine.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    assert values(evaluate(tmp_path, coder))["dyad F1"] == 1.0


def test_a_folder_without_tasks_is_named(tmp_path: Path, coder: Coder) -> None:
    with pytest.raises(CallError, match="none of the folders"):
        evaluate(tmp_path, coder)


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2024-Q2", ("2024-04-01", "2024-06-30")),
        ("2023-WI", ("2023-12-01", "2024-02-29")),
        ("199", ("1990-01-01", "1999-12-31")),
        ("2024-W01-2", ("2024-01-02", "2024-01-02")),
        ("2014/..", ("2014-01-01", "..")),
        ("P3D", None),
        ("2024-13", None),
    ],
)
def test_intervals_of_timex_values(value: str, days: tuple[str, str] | None) -> None:
    assert interval(value) == days


@pytest.mark.parametrize(
    ("task", "line", "message"),
    [
        ("events", '{"id": "a", "text": "T"', "2: not JSON"),
        ("events", "[1]", "2: a list, expected an object with id, text, events"),
        ("events", '{"id": "a", "text": "T."}', "2: events is missing, expected a list"),
        ("events", '{"id": "a", "text": "T.", "events": [{"type": "FIGHT"}]}', "2: events[0]: no event type 'FIGHT'"),
        (
            "events",
            '{"id": "a", "text": "T.", "events": [], "date": "5 March"}',
            '2: date is "5 March", expected a day',
        ),
        ("events", '{"id": "a", "text": "T.", "events": [], "pair": true}', "2: marked `pair`, but has no event"),
        ("places", '{"id": "a", "text": "Oslo", "toponyms": [{"start": 0, "end": 9}]}', "span 0 to 9 is not inside"),
        ("dates", '{"id": "a", "text": "May", "times": [{"start": "0"}]}', "times[0]: expected an object with start"),
        ("status", '{"id": "a", "text": "T.", "start": 0, "end": 1, "occurred": 1}', "occurred is 1, expected true or"),
        ("attribution", '{"id": "a", "text": "T", "attributions": [{"cue": [3]}]}', "attributions[0].cue: expected"),
        ("actors", '{"id": "x", "text": "T."}', "2: id 'x' twice"),
    ],
)
def test_faulty_gold_is_refused_with_file_and_line(
    coder: Coder, tmp_path: Path, task: str, line: str, message: str
) -> None:
    path = tmp_path / task / "mine.jsonl"
    path.parent.mkdir()
    good = {"id": "x", "text": "T.", "events": [], "toponyms": [], "times": [], "attributions": []}
    path.write_text(json.dumps({**good, "start": 0, "end": 1, "occurred": True}) + "\n" + line + "\n", "utf-8")
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path, coder)
    assert any(message in fault and "mine.jsonl:2" in fault for fault in caught.value.faults), caught.value.faults


def test_a_day_that_is_none_is_a_wrong_call(coder: Coder) -> None:
    with pytest.raises(CallError, match="5 March"):
        coder.code("It rained.", published="5 March")
