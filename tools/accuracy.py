"""Writes docs/accuracy.md: every figure of the coder, from a gold folder, our own corpus and hand readings of reports.

    python tools/accuracy.py GOLD_DIR [--guardian GUARDIAN.jsonl]

Takes about twelve minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "eval"))

import readings as hand  # noqa: E402

from communique import Article, Coder  # noqa: E402
from communique.evaluate import Figure, evaluate  # noqa: E402
from communique.model import Event  # noqa: E402

INTRO = """# Accuracy

Written by `python tools/accuracy.py GOLD_DIR`; do not edit by hand. `communique code` reads with `--coder accurate`, a
lexicon of frames and a small encoder together, unless it is told `--coder fast`, the lexicon alone. What to make of the
figures:

- **Our own corpus** (`corpus/`) is divided once for all: weights and rules were made with the training part in sight, the
  test fifth was never read nor trained on. Its figures are what to expect of texts that nobody has looked at.
- The **gold sets of others** are their development parts. Rules and lexicons were written by people who could read them
  (nothing was copied from them), so expect less on new texts. The encoder was trained on gsr too, so its row for gsr says
  how well it learned, not how well it reads; plv was used to measure alone.
- **Hand readings** are of whole reports; `eval/readings.py` says what counts as found. The lexicon was mended, and the weight
  it has beside the encoder was chosen, with these in sight.
"""
PEERS = """
## Peers

As measured on the held-out parts of the same sets by others, or published; ours are development parts, see above.

| task | system | figure |
| --- | --- | --- |
| events, gsr type F1 | PETRARCH2 / UniversalPetrarch | 0.352 / 0.427 |
| events, gsr dyad F1 | PETRARCH2 / UniversalPetrarch | 0.214 / 0.162 |
| events, gsr type F1 | all-MiniLM-L6-v2 fine-tuned on plv and gsr, one type a sentence, CONCEDE and RETREAT merged | 0.769 |
| events, plv type F1 | PETRARCH2 / UniversalPetrarch | 0.475 / 0.533 |
| events, plv type F1 | all-MiniLM-L6-v2 fine-tuned on plv and gsr | 0.839 |
| events, plv type F1 | ZSP, entailment with codebook knowledge, told the actors | 0.835 |
| places, given name, acc@161 LGL / TR-News / GeoWebNews | Mordecai 3 (published) | 0.827 / 0.873 / 0.941 |
| places, given name, acc@161 LGL / GeoVirus | CamCoder (published) | 0.76 / 0.82 |
| dates, interval F1 gum_news / gum_interview / WikiWars | HeidelTime with TreeTagger | 0.814 / 0.764 / 0.901 |
| attribution, PolNeAR content partial F1 | a CRF trained on PolNeAR / people against people | 0.754 / 0.820 |
| attribution, PolNeAR content partial F1 | textacy | 0.195 |
| status, accuracy | a linear model trained on the open graded sample | 0.886 |
"""
# Figures of the table of coders: file, figure.
COMPARED = (
    ("gsr.jsonl", "top1 type F1"),
    ("gsr.jsonl", "top1 source F1"),
    ("gsr.jsonl", "top1 target F1"),
    ("gsr.jsonl", "top1 dyad F1"),
    ("plv.jsonl", "top1 accept-alt type F1"),
    ("sentences_test.jsonl", "type F1"),
    ("sentences_test.jsonl", "top1 type F1"),
    ("sentences_test.jsonl", "source F1"),
    ("sentences_test.jsonl", "target F1"),
    ("sentences_test.jsonl", "dyad F1"),
    ("reports_test.jsonl", "type F1"),
    ("uds_dev.jsonl", "accuracy"),
    ("uds_dev.jsonl", "macro F1"),
)


def rows(figures: Iterable[Figure]) -> Iterator[str]:
    for f in figures:
        value = "-" if f.value is None else f"{f.value:.3f}"
        yield f"| {f.task} | {f.file} | {f.name} | {value} | {f.items} |"


def encoder_alone() -> Coder:
    """The accurate coder without what the lexicon finds."""
    coder = Coder()
    coder.events.find = lambda *_, **__: []  # type: ignore[method-assign]
    coder.speech.find = lambda *_, **__: []  # type: ignore[method-assign]
    return coder


def reports(coder: Coder, title: str, everything: list[hand.Expected]) -> str:
    totals: dict[str, hand.Tally] = {}
    for expected in everything:
        hand.tally(expected, coder.code(expected.article), totals)
    lines = [
        f"\n### {title}\n",
        "| record | recall | precision | found | missed | surplus |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, t in totals.items():
        lines.append(f"| {name} | {t.recall:.3f} | {t.precision:.3f} | {t.found} | {t.missed} | {t.surplus} |")
    lines += ["\nOf those found, these fields agree:\n", "| record | field | agree | of |", "| --- | --- | --- | --- |"]
    for name, t in totals.items():
        lines += [f"| {name} | {key} | {sum(v) / len(v):.3f} | {len(v)} |" for key, v in t.agree.items()]
    return "\n".join(lines) + "\n"


@dataclass
class Marks:
    """Coded events of hand-coded texts: what of them is right, and what was taken for what."""

    scored: list[tuple[float, bool]]
    confused: Counter[tuple[str, str]]
    fields: dict[str, list[bool]]
    wanted: int = 0

    @property
    def found(self) -> int:
        return sum(right for _, right in self.scored)


def marks(coder: Coder, path: Path) -> Marks:
    """Events of the corpus's records beside what is coded: right where trigger and type are."""
    result = Marks([], Counter(), {"status": [], "mode": [], "voice": [], "act": []})
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        gold = [e for e in row["events"] if not e["optional"]]
        unsure = [e for e in row["events"] if e["optional"]]
        result.wanted += len(gold)
        told = row["article"]
        report = coder.code(Article.make(told["text"], title=told["title"], published=told["published"]))
        left = list(gold)
        for event in report.events:
            if any(_touch(event, e) for e in unsure):
                continue
            here = [e for e in left if _touch(event, e)]
            right = next((e for e in here if event.type in (e["type"], *e["also_accepted"])), None)
            result.scored.append((event.score, right is not None))
            if right is None:
                result.confused[here[0]["type"] if here else "none", event.type] += 1
                continue
            left.remove(right)
            result.fields["status"].append(str(event.status) == right["status"])
            result.fields["mode"].append(event.mode == right["mode"])
            result.fields["act"].append(event.act == right["act"])
            result.fields["voice"].append(event.voice.kind == right["voice"]["kind"])
        for e in left:
            if not any(_touch(event, e) for event in report.events):
                result.confused[e["type"], "none"] += 1
    return result


def _touch(event: Event, gold: dict[str, Any]) -> bool:
    spans = [s for s in (gold["trigger"], gold["act_trigger"]) if s]
    return any(event.trigger.start < s["end"] and s["start"] < event.trigger.end for s in spans)


def reliability(scored: list[tuple[float, bool]]) -> str:
    """How often events of a score are right (expected calibration error: Naeini et al. 2015)."""
    lines = ["| score | events | mean score | right | |", "| --- | --- | --- | --- | --- |"]
    error = 0.0
    for k in range(10):
        part = [(s, r) for s, r in scored if k / 10 <= s < (k + 1) / 10 or (k == 9 and s == 1)]
        if not part:
            continue
        mean, right = sum(s for s, _ in part) / len(part), sum(r for _, r in part) / len(part)
        error += len(part) / len(scored) * abs(mean - right)
        lines.append(
            f"| {k / 10:.1f} to {k / 10 + 0.1:.1f} | {len(part)} | {mean:.2f} | {right:.2f} | {'█' * round(20 * right)} |"
        )
    up, down = [s for s, r in scored if r], [s for s, r in scored if not r]
    wins = sum((a > b) + 0.5 * (a == b) for a in up for b in down)
    area = wins / (len(up) * len(down)) if up and down else float("nan")
    return "\n".join(lines) + f"\n\nExpected calibration error {error:.3f}, area under the curve {area:.3f}.\n"


def own(coder: Coder, records: Path) -> str:
    found = {
        name: marks(coder, records / f"{name}.jsonl") for name in ("sentences_train", "sentences_test", "reports_test")
    }
    lines = ["\n## Our own corpus, field by field\n", "Events by trigger and type; fields of those found.\n"]
    lines += ["| | training sentences | test sentences | test reports |", "| --- | --- | --- | --- |"]

    def line(name: str, values: Iterable[str]) -> None:
        lines.append(f"| {name} | {' | '.join(values)} |")

    line("events to be found", (str(m.wanted) for m in found.values()))
    line("precision", (f"{m.found / max(1, len(m.scored)):.3f}" for m in found.values()))
    line("recall", (f"{m.found / max(1, m.wanted):.3f}" for m in found.values()))
    line("F1", (f"{2 * m.found / max(1, len(m.scored) + m.wanted):.3f}" for m in found.values()))
    for field in ("status", "mode", "act", "voice"):
        line(field, (f"{sum(m.fields[field]) / max(1, len(m.fields[field])):.3f}" for m in found.values()))
    lines += [
        "\n### Scores\n",
        "On the test sentences; `--min-score` leaves out what lies below.\n",
        reliability(found["sentences_test"].scored),
    ]
    lines += [
        "\n### The commonest differences on the training sentences\n",
        "| by hand | coded | events |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {a} | {b} | {n} |" for (a, b), n in found["sentences_train"].confused.most_common(20)]
    return "\n".join(lines) + "\n"


def coders(gold: Path, corpus: Path, readings: dict[str, list[hand.Expected]]) -> tuple[str, Coder]:
    """The table of lexicon, encoder and both, and the accurate coder."""
    kinds = {"lexicon (`fast`)": Coder(kind="fast"), "encoder alone": encoder_alone(), "both (`accurate`)": Coder()}
    columns = []
    for coder in kinds.values():
        values: dict[tuple[str, str], float | None] = {}
        with tempfile.TemporaryDirectory() as folder:
            chosen = Path(folder)
            for task, source in (("events", gold), ("events", corpus), ("status", gold)):
                for path in (source / task).glob("*.jsonl"):
                    if path.name in {name for name, _ in COMPARED}:
                        (chosen / task).mkdir(exist_ok=True)
                        (chosen / task / path.name).symlink_to(path.resolve())
            values |= {(f.file, f.name): f.value for f in evaluate(chosen, coder)}
        cells = [f"{values.get(key) or 0:.3f}" for key in COMPARED]
        for everything in readings.values():
            totals: dict[str, hand.Tally] = {}
            for expected in everything:
                hand.tally(expected, coder.code(expected.article), totals)
            t = totals["events"]
            cells.append(f"{t.recall:.3f} / {t.precision:.3f}")
        texts = [e.article for everything in readings.values() for e in everything]
        began = time.process_time()
        for article in texts:
            coder.code(article)
        words = sum(len(a.text.split()) for a in texts)
        cells += [f"{len(texts) / (spent := time.process_time() - began):.2f}", f"{words / spent:.0f}"]
        columns.append(cells)
    names = [f"{file.removesuffix('.jsonl')}: {name}" for file, name in COMPARED]
    names += [f"{name}: events' recall / precision" for name in readings]
    names += ["reports a second of CPU time", "words a second of CPU time"]
    lines = ["\n## Lexicon, encoder and both\n", f"| | {' | '.join(kinds)} |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, *cells in zip(names, *columns, strict=True)]
    return "\n".join(lines) + "\n", kinds["both (`accurate`)"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--guardian", type=Path, help="the texts that eval/readings/guardian.jsonl was read from")
    args = parser.parse_args()
    readings = {"five reports of our own": list(hand.ours(ROOT / "tests" / "reports"))}
    if args.guardian:
        path = ROOT / "eval" / "readings" / "guardian.jsonl"
        readings["ten newspaper reports"] = list(hand.readings(path, args.guardian))
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder)
        subprocess.run(
            [sys.executable, ROOT / "corpus" / "build.py", "--to", corpus], check=True, stdout=subprocess.DEVNULL
        )
        table, coder = coders(args.gold, corpus, readings)
        text = INTRO + table + own(coder, corpus / "records")
        text += "\n## Every figure of `communique evaluate`\n\n| task | gold file | figure | value | items |\n"
        text += "| --- | --- | --- | --- | --- |\n"
        text += "\n".join(rows(f for f in evaluate(args.gold, coder) if f.value is not None)) + "\n"
        for path in corpus.rglob("*_train.jsonl"):
            path.unlink()
        text += "\n## The same on the test fifth of our corpus\n\n| task | gold file | figure | value | items |\n"
        text += "| --- | --- | --- | --- | --- |\n"
        text += "\n".join(rows(f for f in evaluate(corpus, coder) if f.value is not None)) + "\n"
    text += "\n## Whole reports\n"
    for name, everything in readings.items():
        text += reports(coder, name[0].upper() + name[1:], everything)
    (ROOT / "docs" / "accuracy.md").write_text(text + PEERS, "utf-8")


if __name__ == "__main__":
    main()
