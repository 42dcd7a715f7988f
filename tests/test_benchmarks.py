"""Every measurement runs and prints its table with the baseline; no time is asserted. What they read is made as promised."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
sys.path.insert(0, str(FOLDER))

import bench  # noqa: E402
from speed import SCRIPTS  # noqa: E402

import reports  # noqa: E402
from communique.read import known_formats  # noqa: E402
from communique.read.language import identify  # noqa: E402

# A row of each table that must be there beside the baseline.
ROWS = {
    "throughput": "2 workers",
    "memory": "communique code",
    "start": "communique code one.txt --json --coder fast",
    "readers": "warc (crawl.warc.gz)",
    "dates": "communique",
    "store": "ties as of a day, derived for it",
    "languages": "communique",
}


@pytest.fixture(scope="module")
def printed() -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    """What each script prints in its quick mode; two run at a time."""

    def run(name: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, str(FOLDER / f"{name}.py"), "--quick"]
        return subprocess.run(call, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(run, name) for name in SCRIPTS}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_measurement_prints_its_table(
    name: str, printed: dict[str, Future[subprocess.CompletedProcess[str]]]
) -> None:
    done = printed[name].result()
    assert done.returncode == 0, done.stderr
    head, table, *_ = done.stdout.split("\n\n")
    assert "cores" in head
    assert "spacy" in head
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert {len(row) for row in cells} == {len(cells[0])}
    rows = [row for row in cells[2:] if any(re.fullmatch(r"[\d,]+\.\d+|\d[\d,]*", cell) for cell in row)]
    assert rows == cells[2:]
    assert any("(baseline)" in cell for row in rows for cell in row)
    assert any(ROWS[name] in row for row in rows)
    if name == "readers":
        assert {row[0].split(" ")[0] for row in rows[1:]} == {form.name for form in known_formats()}
        assert {row[0]: row[2] for row in rows} == {row[0]: rows[0][2] for row in rows}


def test_every_script_is_on_the_page() -> None:
    own = {path.stem for path in FOLDER.glob("*.py")} - {"bench", "reports", "speed"}
    assert own == set(SCRIPTS)
    page = (ROOT / "docs" / "speed.md").read_text("utf-8")
    for name in SCRIPTS:
        assert f"`python benchmarks/{name}.py`" in page
    assert page.count("(baseline)") >= len(SCRIPTS)


def test_cells_are_shown_with_the_digits_that_count() -> None:
    shown = [bench.shown(cell) for cell in (None, "a", 12_345, 12_345.6, 99.94, 1.0, 0.12345)]
    assert shown == ["–", "a", "12,345", "12,346", "99.94", "1.00", "0.123"]
    assert bench.Table(("a", "bb"), [("x", 1)], ("Note.",)).markdown() == "| a | bb |\n| - | -: |\n| x |  1 |\n\nNote."


# The reports


@pytest.fixture(scope="module")
def made() -> list[reports.Report]:
    return reports.make(300)


def test_the_same_seed_makes_the_same_reports(made: list[reports.Report]) -> None:
    assert reports.make(20) == made[:20]
    assert reports.make(20, seed=2) != made[:20]
    assert len({report.text for report in made}) == len({report.id for report in made}) == 300


def test_reports_are_as_long_and_as_political_as_promised(made: list[reports.Report]) -> None:
    lengths = [len(report.text.split()) for report in made]
    assert min(lengths) >= 150
    assert max(lengths) <= 900
    assert max(lengths) - min(lengths) > 300
    assert sum(report.political for report in made) == 90
    assert not [report for report in made if re.search(r"[{}]", report.title + report.text)]
    assert {identify(report.text) for report in made} == {"en"}


def test_political_reports_vary_their_states_and_years(made: list[reports.Report]) -> None:
    political = [report.text for report in made if report.political]
    for state, adjective, capital in reports.STATES:
        assert any(re.search(rf"\b(?:{state}|{adjective}|{capital})\b", text) for text in political), state
    assert len(set(re.findall(r"\b20[12]\d\b", " ".join(political)))) >= 10
    assert not [text for text in political if re.search(r"\b[Aa] (?:A[rus]|E[gst]|I[nr])[a-z]+ian\b", text)]


def test_there_are_enough_sentences_and_each_stands_once() -> None:
    sentences = [sentence for name in reports.TOPICS for sentence in reports.topic(name)[1]]
    assert len(sentences) == len(set(sentences)) >= 150
    assert all(sentence[-1] in '.!?"' for sentence in sentences)
    assert all(reports.topic(name)[0] for name in reports.TOPICS)


def test_reports_are_written_as_lines_that_communique_reads(made: list[reports.Report], tmp_path: Path) -> None:
    lines = reports.write(made[:3], tmp_path / "made.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [report.text for report in made[:3]]
    assert set(json.loads(lines[0])) == {"id", "outlet", "published", "title", "text"}
