"""What all measurements share: how a run is described, and how its table is shown.

Each of the other scripts measures one thing beside a named baseline, in the same run, and prints one table:

    python benchmarks/dates.py [--quick]

`--quick` takes little of everything, to see that a script works; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Those that decide what is measured.
PACKAGES = ("spacy", "thinc", "numpy", "duckdb", "pyarrow", "trafilatura", "py3langid")

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A measurement: what its columns are called, its rows, and what is to be said of it. The name of a baseline's row
    ends with "(baseline)"."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """The table and the notes, columns aligned."""
        lines = [[str(column) for column in self.columns], *([shown(cell) for cell in row] for row in self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        right = [all(not isinstance(row[i], str) for row in self.rows) for i in range(len(self.columns))]
        rule = [
            "-" * (width - 1) + ":" if to_right else "-" * width for width, to_right in zip(widths, right, strict=True)
        ]
        padded = (
            [
                text.rjust(w) if to_right else text.ljust(w)
                for text, w, to_right in zip(line, widths, right, strict=True)
            ]
            for line in (lines[0], rule, *lines[1:])
        )
        table = "\n".join(f"| {' | '.join(line)} |" for line in padded)
        return "\n\n".join([table, *self.notes])


def shown(cell: Cell) -> str:
    """A cell as text: three digits that count, thousands apart, a dash where there is nothing to tell."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.{2 if abs(cell) >= 1 else 3}f}"


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes, by the clock on the wall."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object], rounds: int) -> float:
    """The shortest of several times: whatever else the machine does only makes them longer."""
    return min(seconds(work) for _ in range(rounds))


def machine() -> str:
    """What the figures depend on, in two lines."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {_gigabytes():.0f} GB, {platform.system()}; "
        f"{platform.python_implementation()} {platform.python_version()}; load {os.getloadavg()[0]:.1f} at the start\n"
        f"communique {version('communique')}, {versions}"
    )


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def main(measure: Callable[[bool], Table], about: str) -> None:
    """The command line of a measurement; `about` is what its script says of itself."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little of everything, to see that it works")
    parser.add_argument("--no-head", action="store_true", help="without the description of the machine")
    call = parser.parse_args()
    if not call.no_head:
        print(machine(), end="\n\n", flush=True)
    print(measure(call.quick).markdown())
