"""Runs every measurement and writes what they print to docs/speed.md: `make bench`.

python benchmarks/speed.py [--to FILE]     about 25 minutes; best while the machine does nothing else
python benchmarks/speed.py --quick         prints the page with figures that mean nothing
"""

from __future__ import annotations

import argparse
import ast
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench import ROOT, machine

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "speed.md"
SCRIPTS = ("throughput", "memory", "start", "readers", "dates", "store", "languages")
HEAD = """# Speed and memory

Written by `make bench`, which runs the scripts in `benchmarks/` one after the other; all figures are of one run, on this
machine:

> {machine}

{others}

Every table has its baseline from the same run, in the row that says so. Times depend on the machine; what stands in the
columns "of the baseline's" depends on it much less. The reports that are read are made by `benchmarks/reports.py`:
three in ten are on international politics, the others on sport, business, culture, science, crime, the weather and the
dead, 150 to 900 words each; the same seed makes the same reports. Where reports are coded, it is by the lexicon alone
(`--coder fast`).
"""


def section(name: str, quick: bool) -> str:
    """What the page says of a measurement: what it is, its table, and the command that printed it."""
    script = HERE / f"{name}.py"
    about = ast.get_docstring(ast.parse(script.read_text("utf-8"))) or ""
    title, _, rest = about.partition(": ")
    command = [sys.executable, str(script), "--no-head", *(["--quick"] if quick else [])]
    print(f"benchmarks/{name}.py ...", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"benchmarks/{name}.py failed (exit status {done.returncode}): no page was written")
    return f"## {title}\n\n{rest[0].upper()}{rest[1:]}\n\n{done.stdout}\nPrinted by `python benchmarks/{name}.py`.\n"


def busy() -> float:
    """Seconds of processor time that all processes have used since the machine started (Linux)."""
    user, nice, system = Path("/proc/stat").read_text("ascii").split(maxsplit=4)[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def own() -> float:
    """Seconds of processor time that the measurements have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Others:
    """How much of the machine other processes take: what makes times longer than they are."""

    def __init__(self) -> None:
        self._began = time.monotonic(), busy(), own()

    def told(self) -> str:
        wall, used, ours = (
            now - then for now, then in zip((time.monotonic(), busy(), own()), self._began, strict=True)
        )
        share = (used - ours) / (wall * len(os.sched_getaffinity(0)))
        return f"It took {wall / 60:.0f} min, in which other processes used {max(0, share):.0%} of the machine."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="print a page with figures that mean nothing")
    parser.add_argument(
        "--to", type=Path, default=PAGE, metavar="FILE", help="the page to write (default: docs/speed.md)"
    )
    call = parser.parse_args()
    others, head = Others(), machine().replace("\n", "\n> ")
    sections = [section(name, call.quick) for name in SCRIPTS]
    page = [HEAD.format(machine=head, others=others.told()), *sections]
    if call.quick:
        print("\n".join(page), end="")
    else:
        call.to.write_text("\n".join(page), "utf-8")


if __name__ == "__main__":
    main()
