"""Holds the coder's figures to floors, so that nothing gets worse unseen.

    python eval/floors.py GOLD_DIR            says what lies below its floor; exit 1 if anything does
    python eval/floors.py GOLD_DIR --write    pins what is reached now, less a little, and the checksums of the texts

`floors.json` names for each gold file its SHA-256 and the least value of some figures. A file with another checksum is
another text: its figures are not compared, and that is said. Files of GOLD_DIR that have no floors are passed over.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from communique import Coder
from communique.evaluate import TASKS, Figure, evaluate_file

FLOORS = Path(__file__).parent / "floors.json"
# What a figure may lose by chance, as by another version of a library.
SLACK = 0.004


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure beside its floor; `value` is `None` where the text is not the one that was measured."""

    file: str
    name: str
    floor: float
    value: float | None

    @property
    def below(self) -> bool:
        return self.value is not None and self.value < self.floor


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def figures(gold: Path, file: str, coder: Coder) -> list[Figure]:
    return evaluate_file(file.partition("/")[0], gold / file, coder)


def compare(gold: Path, floors: dict[str, Any], coder: Coder) -> list[Verdict]:
    """All figures that have floors, of the files that are in `gold`."""
    found = []
    for file, entry in sorted(floors.items()):
        path = gold / file
        if not path.is_file():
            continue
        same = checksum(path) == entry["sha256"]
        values = {f.name: f.value for f in figures(gold, file, coder)} if same else {}
        found += [Verdict(file, name, floor, values.get(name)) for name, floor in entry["figures"].items()]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    coder = Coder()
    if args.write:
        for file, entry in floors.items():
            if not (args.gold / file).is_file():
                continue
            assert file.partition("/")[0] in TASKS
            entry["sha256"] = checksum(args.gold / file)
            values = {f.name: f.value for f in figures(args.gold, file, coder)}
            for name in entry["figures"]:
                entry["figures"][name] = math.floor(((values[name] or 0) - SLACK) * 1000) / 1000
                print(f"{file} {name}: {values[name]:.3f}")
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")
        return 0
    verdicts = compare(args.gold, floors, coder)
    for v in verdicts:
        word = "another text" if v.value is None else "BELOW" if v.below else "ok"
        print(f"{v.file} | {v.name} | floor {v.floor:.3f} | {'-' if v.value is None else f'{v.value:.3f}'} | {word}")
    return 1 if any(v.below for v in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
