"""Characters a second of the date station alone, without a parse, on growing texts made of the sample reports.

    python benchmarks/dates.py [--texts FILE.jsonl]

The cost of a character must not grow with the length of the text. Target: 200,000 characters/s.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from communique.codebook import shipped
from communique.coding.dates import DateStation

SAMPLES = Path(__file__).parent.parent / "samples" / "reports.jsonl"
SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=SAMPLES)
    rows = [json.loads(line) for line in parser.parse_args().texts.read_text("utf-8").splitlines() if line.strip()]
    text = "\n\n".join(row["text"] for row in rows)
    station = DateStation(shipped())
    for size in SIZES:
        part = (text * (size // len(text) + 1))[:size]
        start = time.process_time()
        found = station.find(part, "2023-05-08", "news", None)
        seconds = time.process_time() - start
        print(f"{size:>9,} characters  {size / seconds:>11,.0f} characters/s  {len(found):,} expressions")


if __name__ == "__main__":
    main()
