"""Writes docs/accuracy.md from a gold folder and the hand readings of whole reports.

python tools/accuracy.py GOLD_DIR [--guardian GUARDIAN.jsonl]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "eval"))

import readings as hand  # noqa: E402

from communique import Coder  # noqa: E402
from communique.evaluate import Figure, evaluate  # noqa: E402

INTRO = """# Accuracy

Written by `python tools/accuracy.py GOLD_DIR`; do not edit by hand. The figures are those of `communique evaluate
GOLD_DIR` on the development part of the gold sets, whose readmes describe them. The rules and lexicons were written by
people who could read these sets (never copied from them), so expect somewhat less on texts nobody has looked at.

| task | gold file | figure | value | items |
| --- | --- | --- | --- | --- |
"""


def rows(figures: list[Figure]) -> str:
    lines = []
    for f in figures:
        value = "-" if f.value is None else f"{f.value:.3f}"
        lines.append(f"| {f.task} | {f.file} | {f.name} | {value} | {f.items} |")
    return "\n".join(lines) + "\n"


def reports(coder: Coder, title: str, everything: list[hand.Expected]) -> str:
    totals: dict[str, hand.Tally] = {}
    for expected in everything:
        hand.tally(expected, coder.code(expected.article), totals)
    lines = [
        f"\n## {title}\n",
        "| record | recall | precision | found | missed | surplus |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, t in totals.items():
        lines.append(f"| {name} | {t.recall:.3f} | {t.precision:.3f} | {t.found} | {t.missed} | {t.surplus} |")
    lines += ["\nOf those found, these fields agree:\n", "| record | field | agree | of |", "| --- | --- | --- | --- |"]
    for name, t in totals.items():
        lines += [f"| {name} | {key} | {sum(v) / len(v):.3f} | {len(v)} |" for key, v in t.agree.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--guardian", type=Path, help="the texts that eval/readings/guardian.jsonl was read from")
    args = parser.parse_args()
    coder = Coder()
    text = INTRO + rows(evaluate(args.gold, coder))
    text += "\nWhole reports are scored by `eval/readings.py`, which says what counts as found.\n"
    text += reports(coder, "Five reports of our own (tests/reports)", list(hand.ours(ROOT / "tests" / "reports")))
    if args.guardian:
        path = ROOT / "eval" / "readings" / "guardian.jsonl"
        text += reports(
            coder, "Ten newspaper reports, read blind (eval/readings)", list(hand.readings(path, args.guardian))
        )
    (ROOT / "docs" / "accuracy.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
