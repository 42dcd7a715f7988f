"""A folder of reports as people have them, in every format, some of it broken: nothing stops, nothing is lost.

COMMUNIQUE_MIXED=500 makes the folder that large (60 reports otherwise).
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import mixed
from communique.store import Record
from mixed import Made

SIZE = int(os.environ.get("COMMUNIQUE_MIXED", "60"))
COMMAND = [sys.executable, "-m", "communique", "code"]


def code(folder: Path, record: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, str(folder), "--into", str(record)], capture_output=True, text=True, timeout=1200)


def contents(record: Path) -> dict[str, list[str]]:
    """All that a record tells, in an order of its own."""
    with Record.open(record) as book:
        return {
            view: sorted(map(repr, book.sql(f"SELECT * FROM {view}").fetchall()))
            for view in ("articles", "events", "statements", "ties", "problems")
        }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    path = tmp_path_factory.mktemp("mixed") / "reports"
    path.mkdir()
    return path, mixed.build(path, SIZE)


@pytest.fixture(scope="module")
def coded(folder: tuple[Path, Made], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    record = tmp_path_factory.mktemp("mixed") / "record.duckdb"
    done = code(folder[0], record)
    assert done.returncode == 1, done.stderr
    return record, done.stderr.rstrip().rsplit("\n", 1)[1]


def test_every_report_is_accounted_for(folder: tuple[Path, Made], coded: tuple[Path, str]) -> None:
    made, (record, last) = folder[1], coded
    stored, broken = made.coded + made.foreign, len(made.broken)
    assert last.startswith(
        f"read {stored + broken} = stored {stored} ({made.coded} coded, {made.foreign} in other languages not coded) "
        f"+ skipped {broken} ({broken} with problems)"
    )
    with Record.open(record) as book:
        told = book.problems()
        assert len(book.articles()) == stored
        [(coded_,)] = book.sql("SELECT count(coded_by) FROM articles").fetchall()
        assert coded_ == made.coded
        [(languages,)] = book.sql("SELECT list(DISTINCT language) FROM articles WHERE coded_by IS NULL").fetchall()
        assert languages == ["de"]
    for name, word in made.broken.items():
        reasons = [p.reason for p in told if re.fullmatch(re.escape(name) + r"([:#]\d+)?", p.source)]
        assert len(reasons) == 1, name
        assert word in reasons[0], name
    assert len(told) == broken + made.foreign


def test_a_second_run_changes_nothing(folder: tuple[Path, Made], coded: tuple[Path, str]) -> None:
    record, made = coded[0], folder[1]
    before = hashlib.sha256(record.read_bytes()).hexdigest()
    done = code(folder[0], record)
    stored, broken = made.coded + made.foreign, len(made.broken)
    assert f"stored 0 + skipped {stored + broken} ({stored} stored before, {broken} with problems)" in done.stderr
    assert hashlib.sha256(record.read_bytes()).hexdigest() == before


def test_a_run_killed_five_times_ends_the_same(
    folder: tuple[Path, Made], coded: tuple[Path, str], tmp_path: Path
) -> None:
    rng = random.Random(7)
    record = tmp_path / "record.duckdb"
    for _ in range(5):
        with subprocess.Popen(
            [*COMMAND, str(folder[0]), "--into", str(record)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            time.sleep(rng.uniform(1.0, 8.0 + SIZE / 40))
            run.kill()
    code(folder[0], record)
    assert contents(record) == contents(coded[0])
