"""CPU time of `Coder.code` against the bare spaCy pipeline it uses, on the same texts in one run.

    python benchmarks/throughput.py [--rounds N] [--texts FILE.jsonl]

The baseline is the pipeline with all its components over the same paragraphs at the best of several batch sizes; the
coder produces every part of the record. Rounds alternate, the smallest CPU time of each side counts. Target: at most 1.5.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from communique import Article, Coder
from communique.coding.parse import stretches

SAMPLES = Path(__file__).parent.parent / "samples" / "reports.jsonl"
BATCHES = (8, 16, 32, 64, 128)


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU time, all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--texts", type=Path, default=SAMPLES)
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.texts.read_text("utf-8").splitlines() if line.strip()]
    articles = [
        Article.make(r["text"], outlet=r.get("outlet"), published=(r.get("published") or "")[:10] or None) for r in rows
    ]
    coder = Coder()
    paragraphs = [" ".join(a.text[s:e] for s, e in part.pieces) for a in articles for part in stretches(a.text)]
    coder.code(articles[0])
    bare: dict[int, float] = {}
    ours: list[float] = []
    for _ in range(args.rounds):
        for size in BATCHES:
            bare[size] = min(
                bare.get(size, 1e9), cpu(lambda size=size: list(coder.nlp.pipe(paragraphs, batch_size=size)))
            )
        ours.append(cpu(lambda: [coder.code(a) for a in articles]))
    best = min(bare, key=lambda size: bare[size])
    words = sum(len(p.split()) for p in paragraphs)
    print(f"{len(articles)} reports, {words} words, {args.rounds} rounds, smallest CPU time of each side")
    for size, seconds in bare.items():
        print(f"bare pipeline, batch {size:3}   {seconds:7.2f} s")
    print(f"communique code            {min(ours):7.2f} s   {words / min(ours):7.0f} words/s")
    print(f"ratio to the best batch    {min(ours) / bare[best]:7.2f}   (target: at most 1.5)")


if __name__ == "__main__":
    main()
