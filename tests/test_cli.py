"""The commands as a user runs them: real processes, real files."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from communique.cli import app

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
COMMANDS = sorted(str(c.callback.__name__) for c in app.registered_commands if c.callback)

# The fields of one coded report, in their order.
REPORT_FIELDS = ["article", "events", "statements", "ties", "actors", "places", "times"]
ARTICLE_FIELDS = ["id", "given_id", "title", "outlet", "published", "anchor", "language", "url", "text"]
EVENT_FIELDS = [
    *("id", "type", "act", "mode", "contexts", "status", "historical", "actors", "recipients", "place", "when"),
    *("voice", "trigger", "sentence", "quad", "intensity", "score", "because"),
]
ROWS = [
    {
        "id": "a",
        "outlet": "The Fjord",
        "published": "2024-03-05",
        "text": "Norway and Sweden signed a defence agreement in Oslo on Monday. Finland will join the pact next year, "
        "the Norwegian defence minister said.",
    },
    {
        "id": "b",
        "outlet": "The Fjord",
        "published": "2024-03-06",
        "text": "Russia condemned the agreement on Tuesday. Moscow expelled three Norwegian diplomats.",
    },
]


def communique(*arguments: object, folder: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "communique", *map(str, arguments)]
    # A locale without UTF-8, as in many containers, must make no difference.
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "80"}
    return subprocess.run(
        command, cwd=folder, env=environment, input=stdin, capture_output=True, encoding="utf-8", timeout=300
    )


def lines(done: subprocess.CompletedProcess[str], status: int = 0) -> list[Any]:
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "record.duckdb"
    done = communique("code", SAMPLES, "--into", path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "= stored 30 + skipped 1 (1 no reports)" in done.stderr
    return path


def spans(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a report that has a place in its text."""
    if isinstance(value, dict):
        if {"start", "end", "text"} <= set(value):
            yield value
        for item in value.values():
            yield from spans(item)
    elif isinstance(value, list):
        for item in value:
            yield from spans(item)


# Help and wrong calls


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example(command: str) -> None:
    done = communique(command, "--help")
    assert done.returncode == 0
    assert re.search(rf"Example:\s+communique {command} ", done.stdout)


def test_the_version_is_the_packages() -> None:
    from communique import __version__

    assert communique("--version").stdout == f"communique {__version__}\n"


WRONG_CALLS = [
    ["code"],
    ["nothing"],
    ["code", "nowhere.txt"],
    ["code", "a.txt", "--json", "--into", "x.duckdb"],
    ["code", "a.txt", "--published", "yesterday"],
    ["code", "a.txt", "--workers", "0"],
    ["code", "a.txt", "--codebook", "nowhere"],
    ["events", "nowhere.duckdb"],
    ["ties", "nowhere.duckdb"],
    ["explain", "nowhere.duckdb", "e-1"],
    ["export", "nowhere.duckdb", "--format", "csv", "--to", "out"],
    ["export", "nowhere.duckdb", "--format", "csv"],
    ["evaluate", "nowhere"],
    ["check", "nowhere"],
]


@pytest.mark.parametrize("call", WRONG_CALLS, ids=" ".join)
def test_a_wrong_call_ends_with_2_and_says_why(call: list[str], tmp_path: Path) -> None:
    done = communique(*call, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("out*"))


# code --json


def test_json_lines_have_the_documented_shape(rows: Path, tmp_path: Path) -> None:
    done = communique("code", rows, "--json", folder=tmp_path)
    reports = lines(done)
    assert [r["article"]["given_id"] for r in reports] == ["a", "b"]
    for report in reports:
        assert list(report) == REPORT_FIELDS
        assert list(report["article"]) == ARTICLE_FIELDS
        assert report["events"]
        for event in report["events"]:
            assert list(event) == EVENT_FIELDS
        text = report["article"]["text"]
        for span in spans({name: report[name] for name in REPORT_FIELDS[1:]}):
            assert span["text"] == text[span["start"] : span["end"]]
    assert not list(tmp_path.iterdir()), "--json must touch no database"
    assert '""' not in done.stdout.replace('\\"', "")


def test_the_same_call_gives_the_same_bytes(rows: Path) -> None:
    first = communique("code", rows, "--json")
    assert first.stdout
    assert communique("code", rows, "--json").stdout == first.stdout
    assert communique("code", rows, "--json", "--workers", "2").stdout == first.stdout


def test_standard_input_and_what_the_call_states() -> None:
    done = communique("code", "-", "--json", "--published", "2024-03-05", "--outlet", "Someone", stdin=ROWS[0]["text"])
    [report] = lines(done)
    assert (report["article"]["published"], report["article"]["outlet"]) == ("2024-03-05", "Someone")


def test_one_bad_row_among_good_ones_ends_with_1(rows: Path, tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    good = rows.read_text("utf-8").splitlines()
    path.write_text("\n".join([good[0], "{broken", good[1]]), "utf-8")
    done = communique("code", path, "--json")
    assert len(lines(done, status=1)) == 2
    assert f"{path}:2" in done.stderr


def test_a_missing_file_beside_a_good_one_ends_with_1(rows: Path, tmp_path: Path) -> None:
    assert len(lines(communique("code", tmp_path / "nowhere.txt", rows, "--json"), status=1)) == 2


def test_other_kinds_inside_a_folder_do_not_count(rows: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(rows.read_bytes())
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    done = communique("code", tmp_path, "--json")
    assert len(lines(done)) == 2
    assert "photo.png" in done.stderr


# The record


def test_coding_again_changes_nothing(record: Path) -> None:
    before = [
        communique(name, record, "--json", *more).stdout for name, *more in (["events"], ["ties", "--at", "2026-01-01"])
    ]
    done = communique("code", SAMPLES, "--into", record)
    assert done.returncode == 0
    assert "= stored 0 + skipped 31 (30 stored before, 1 no reports)" in done.stderr
    after = [
        communique(name, record, "--json", *more).stdout for name, *more in (["events"], ["ties", "--at", "2026-01-01"])
    ]
    assert before == after
    assert all(before)


def test_events_are_filtered(record: Path) -> None:
    everything = lines(communique("events", record, "--json"))
    assert len(everything) > 30
    for name, value, matches in (
        ("--type", "AGREE", lambda e: e["type"] == "AGREE"),
        ("--status", "planned", lambda e: e["status"] == "planned"),
        ("--actor", "JPN", lambda e: any("JPN" in (a["entity"], a["country"]) for a in e["actors"])),
        ("--recipient", "CHN", lambda e: any("CHN" in (a["entity"], a["country"]) for a in e["recipients"])),
        ("--min-score", "0.9", lambda e: e["score"] >= 0.9),
    ):
        found = lines(communique("events", record, name, value, "--json"))
        assert found, f"no event for {name} {value}"
        assert [e["id"] for e in found] == [e["id"] for e in everything if matches(e)]
    assert lines(communique("events", record, "--limit", "3", "--json")) == everything[:3]


def test_filters_take_any_case_and_widen_when_repeated(record: Path) -> None:
    def ids(*filters: str) -> list[str]:
        return [e["id"] for e in lines(communique("events", record, "--json", *filters))]

    assert ids("--type", "agree", "--status", "PLANNED") == ids("--type", "AGREE", "--status", "planned") != []
    both = ids("--type", "AGREE", "--type", "CONSULT")
    assert set(both) == {*ids("--type", "AGREE"), *ids("--type", "CONSULT")}
    assert set(ids("--voice", "outlet")) | set(ids("--voice", "source")) == set(ids())
    assert set(ids("--voice", "outlet")) & set(ids("--voice", "source")) == set()


def test_dates_narrow_and_the_day_of_the_report_stands_in_where_the_text_has_none(record: Path) -> None:
    published = {a["id"]: a["published"] for a in exported(record, "articles")}
    found = lines(communique("events", record, "--from", "2023-07-01", "--until", "2023-08-01", "--json"))
    assert any(event["when"] is None for event in found)
    for event in found:
        when = event["when"] or {"from": (day := published[event["sentence"]["article"]]), "until": day + "~"}
        assert when["from"] is None or when["from"] < "2023-08-01"
        assert when["until"] is None or when["until"] > "2023-07-01"
    done = communique("events", record, "--from", "2023-07-01", "--until", "2023-08-01")
    rows = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert [row.endswith("*") for row in rows] == [event["when"] is None for event in found]
    assert "* the text states no time" in done.stderr


def exported(record: Path, table: str) -> list[dict[str, Any]]:
    path = record.with_name(f"{table}.jsonl")
    done = communique("export", record, "--format", "jsonl", "--table", table, "--to", path)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_unknown_filter_value_is_refused(record: Path) -> None:
    for call in (
        ["events", record, "--type", "HUG"],
        ["events", record, "--status", "perhaps"],
        ["events", record, "--from", "1 March"],
        ["events", record, "--min-score", "2"],
        ["ties", record, "--at", "x"],
        ["ties", record, "--kind", "friendship"],
    ):
        done = communique(*call)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.strip()


def test_a_code_that_nobody_knows_is_a_wrong_call(record: Path) -> None:
    for call in (["events", record, "--actor", "japan"], ["ties", record, "--party", "japan"]):
        done = communique(*call)
        assert (done.returncode, done.stdout) == (2, "")
        assert "japan: no code of a state or organisation; perhaps JPN" in done.stderr


def test_a_code_that_the_record_does_not_have_is_named(record: Path) -> None:
    for call in (["events", record, "--actor", "tuv"], ["ties", record, "--party", "TUV"]):
        done = communique(*call)
        assert (done.returncode, done.stdout) == (0, "")
        assert "tuv is no code in this record" in done.stderr.lower()


def test_rows_of_a_record_name_the_article_of_every_span(record: Path) -> None:
    texts = {a["id"]: a["text"] for a in exported(record, "articles")}
    for name in ("events", "ties"):
        found = list(spans(lines(communique(name, record, "--json"))))
        assert found
        for span in found:
            assert span["text"] == texts[span["article"]][span["start"] : span["end"]]


def test_a_record_being_written_can_be_read_and_a_second_writer_is_refused(rows: Path, tmp_path: Path) -> None:
    from communique.store import Record

    target = tmp_path / "record.duckdb"
    assert communique("code", rows, "--into", target).returncode == 0
    before = communique("events", target, "--json").stdout
    with Record.open(target, write=True):
        assert communique("events", target, "--json").stdout == before
        done = communique("code", rows, "--into", target)
        assert done.returncode == 2
        assert f"process {os.getpid()} is writing" in done.stderr


def test_a_newer_version_of_a_report_supersedes_and_old_ids_still_answer(rows: Path, tmp_path: Path) -> None:
    target = tmp_path / "record.duckdb"
    communique("code", rows, "--into", target)
    [old, *_] = lines(communique("events", target, "--json"))
    newer = tmp_path / "newer.jsonl"
    texts = [{**row, "text": str(row["text"]) + " More was to follow."} for row in ROWS]
    newer.write_text("".join(json.dumps(row) + "\n" for row in texts), "utf-8")
    done = communique("code", newer, "--into", target)
    assert "2 older versions of reports superseded" in done.stderr
    assert old["id"] not in {e["id"] for e in lines(communique("events", target, "--json"))}
    told = communique("explain", target, old["id"])
    assert told.returncode == 0
    assert old["sentence"]["text"] in told.stdout
    assert "no longer counts" in told.stderr


def test_ties_change_with_the_day(record: Path) -> None:
    def sweden(day: str) -> str | None:
        found = lines(communique("ties", record, "--at", day, "--party", "SWE", "--party", "NATO", "--json"))
        return next((tie["status"] for tie in found if tie["kind"] == "membership"), None)

    assert sweden("2024-06-01") == "active"
    assert sweden("2024-02-01") != "active"


def test_explain_names_passage_and_rows(record: Path) -> None:
    [event] = lines(communique("events", record, "--limit", "1", "--json"))
    done = communique("explain", record, event["id"])
    assert done.returncode == 0
    assert event["sentence"]["text"].split()[0] in done.stdout
    assert "because" in done.stdout
    assert lines(communique("explain", record, event["id"], "--json")) != []
    assert communique("explain", record, "e-0000000000000000").returncode == 2


def test_tables_are_plain_when_piped(record: Path) -> None:
    for name in ("events", "ties"):
        done = communique(name, record)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout
        assert len(done.stdout.splitlines()) > 5


def on_terminal(*arguments: object, stdout: int | None = None) -> bytes:
    """What a terminal of 80 columns shows; with `stdout`, standard output goes there and only messages are shown."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "communique", *map(str, arguments)]
    with subprocess.Popen(command, stdout=stdout or theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        # A terminal whose other end is closed gives an error in place of an end.
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 65536):
                shown += chunk
        os.close(ours)
        assert process.wait() == 0
    return shown


@pytest.mark.parametrize("name", ["events", "ties"])
def test_tables_are_coloured_on_a_terminal_and_ids_stay_whole(record: Path, name: str) -> None:
    ids = [row["id"] for row in lines(communique(name, record, "--json"))]
    shown = on_terminal(name, record)
    assert b"\x1b[1m" in shown
    assert all(id.encode() in shown for id in ids)


def test_data_go_where_they_are_sent_while_a_terminal_shows_progress(rows: Path, tmp_path: Path) -> None:
    with (tmp_path / "out.jsonl").open("wb") as out:
        shown = on_terminal("code", rows, "--json", stdout=out.fileno())
    assert b"starting" in shown
    assert b"coded 2" in shown
    assert b'"article"' not in shown
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 2


def test_the_events_of_a_few_new_reports_are_shown_on_a_terminal(rows: Path, tmp_path: Path) -> None:
    target = tmp_path / "record.duckdb"
    shown = on_terminal("code", rows, "--into", target)
    ids = [event["id"] for event in lines(communique("events", target, "--json"))]
    assert ids
    assert all(id.encode() in shown for id in ids)
    assert ids[0].encode() not in on_terminal("code", rows, "--into", target)


def test_columns_give_way_where_a_terminal_is_narrow() -> None:
    from communique.cli import _fitting

    assert _fitting([10, 5, 8], 40) == [10, 5, 8]
    assert _fitting([12, 50, 9, 20], 50) == [12, 11, 9, 12]
    assert sum(_fitting([12, 9, 9, 9, 9], 20)) == 12 + 4 * 6


def test_a_report_without_a_day_is_told_of(tmp_path: Path) -> None:
    done = communique("code", "-", "--json", stdin="Norway and Sweden signed a defence agreement on Monday.")
    assert "1 without a date of publication" in done.stderr


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_export_writes_every_table(record: Path, tmp_path: Path, form: str) -> None:
    import pyarrow.parquet as pq

    done = communique("export", record, "--format", form, "--to", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "")
    events = lines(communique("events", record, "--json"))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        f"{name}.{form}" for name in ("events", "ties", "statements", "articles")
    }
    path = tmp_path / "out" / f"events.{form}"
    if form == "jsonl":
        assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == events
    elif form == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            table = list(csv.DictReader(file))
        assert [row["id"] for row in table] == [e["id"] for e in events]
        assert [row["quote"] for row in table] == [e["sentence"]["text"] for e in events]
    else:
        assert pq.read_table(path).column("id").to_pylist() == [e["id"] for e in events]


def test_export_of_one_table(record: Path, tmp_path: Path) -> None:
    call = ("export", record, "--format", "csv", "--to", tmp_path / "t.csv", "--table", "ties", "--excel-safe")
    assert communique(*call).returncode == 0
    assert (tmp_path / "t.csv").read_text("utf-8-sig").startswith("id,kind,name,")


@pytest.mark.parametrize("form", ["polecat", "gdelt", "graphml", "gexf", "geojson", "ftm", "dyad-year"])
def test_export_tells_what_it_leaves_out(record: Path, tmp_path: Path, form: str) -> None:
    done = communique("export", record, "--format", form, "--to", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "")
    made = [line.removeprefix("wrote ") for line in done.stderr.splitlines() if line.startswith("wrote ")]
    assert {Path(name).name for name in made} == {p.name for p in (tmp_path / "out").iterdir()}
    expected = {"graphml": "ties left out", "geojson": "without a place", "gexf": "", "ftm": ""}
    assert expected.get(form, "--status hypothetical asks for them") in done.stderr


def test_the_filters_of_events_hold_for_exports(record: Path, tmp_path: Path) -> None:
    filters = ("--actor", "JPN", "--from", "2023-01-01", "--until", "2025-01-01", "--status", "planned")
    filters += ("--min-score", "0.5")
    path = tmp_path / "plans.tsv"
    assert communique("export", record, "--format", "polecat", "--extra", "--to", path, *filters).returncode == 0
    with path.open(encoding="utf-8", newline="") as file:
        found = [row["Event ID"].rpartition("_")[2] for row in csv.DictReader(file, delimiter="\t")]
    assert found == [e["id"] for e in lines(communique("events", record, "--json", *filters))]
    assert found


def test_the_suffix_of_a_file_tells_its_format(record: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    assert communique("export", record, "--to", path).returncode == 0
    assert path.read_bytes().startswith(b"PAR1")
    for call in (["--format", "csv", "--to", path], ["--format", "xlsx", "--to", path]):
        done = communique("export", record, *call)
        assert (done.returncode, done.stdout) == (2, "")
    assert {p.name for p in tmp_path.iterdir()} == {"events.parquet"}


def test_the_shipped_tables_are_sound() -> None:
    done = communique("check")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(rows: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    texts = [{**ROWS[i % 2], "id": str(i), "outlet": f"Outlet {i}"} for i in range(400)]
    many.write_text("".join(json.dumps(row) + "\n" for row in texts), "utf-8")
    target = tmp_path / "record.duckdb"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "communique", "code", str(many), "--into", str(target)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        told, asked = b"", False
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 65536):
                told += chunk
                # The first line of progress: reports are being coded.
                if b"a second" in told and not asked:
                    asked = True
                    process.send_signal(signal.SIGINT)
        os.close(ours)
    assert process.returncode == 1, told
    assert b"same command" in told
    done = communique("code", many, "--into", target)
    assert done.returncode == 0, done.stderr
    assert re.search(r"read 400 = stored [1-9]\d* \+ skipped [1-9]", done.stderr)
    assert len(lines(communique("events", target, "--json"))) >= 400


def test_the_demo_runs_to_its_end_and_says_what_to_try_next(tmp_path: Path) -> None:
    (tmp_path / "samples").symlink_to(SAMPLES)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", ROOT / "tools" / "demo.sh"],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "COMMUNIQUE": "bin/communique"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told, _, after = done.stdout.partition("── Try next")
    assert told.count("$ communique ") >= 6
    # Each hint is a call that works, but for the one with the reader's own report.
    hints = [line.split()[1:] for line in after.splitlines() if line.startswith("bin/communique ")]
    assert len(hints) == 6
    for hint in hints[:-1]:
        assert communique(*hint, folder=tmp_path).returncode == 0, hint
