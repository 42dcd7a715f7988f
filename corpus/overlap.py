"""Checks that the corpus shares no wording with other texts.

    python corpus/overlap.py FOLDER [--only BATCH]

FOLDER holds texts in any layout: .txt, .md, .json and .jsonl files, in JSON every string of at least seven words. Reported
are items that share seven words in a row with one of them (names made of capitalised and function words apart), or
most of their content words with one of its sentences. Exit status: 0 none, 1 some.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from form import CORPUS, Item, load, runs, words

RUN = 7
# Content words in common, of the smaller sentence; sentences of fewer content words are left alone.
SHARE, LEAST = 0.65, 6
FUNCTION = set(
    "a an and are as at be been but by for from had has have he her his if in into is it its may no not of on or over "
    "said she that the their them they this to was we were which who will with would".split()
)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """(file name, text) of everything readable under `folder`."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix in (".txt", ".md"):
            yield path.name, path.read_text("utf-8", errors="replace")
        elif path.suffix in (".json", ".jsonl"):
            content = path.read_text("utf-8", errors="replace")
            for part in content.split("\n") if path.suffix == ".jsonl" else [content]:
                if part.strip():
                    yield from ((path.name, s) for s in _strings(json.loads(part)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value.split()) >= RUN:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def content(text: str) -> frozenset[str]:
    return frozenset(w for w in words(text) if w not in FUNCTION)


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])[\"”’]?\s+|\n+", text) if s.strip()]


class Index:
    """The corpus, looked up by runs of words and by content words."""

    def __init__(self, items: list[Item]) -> None:
        self.runs: dict[tuple[str, ...], list[Item]] = {}
        self.parts: list[tuple[Item, frozenset[str]]] = []
        self.holders: dict[str, list[int]] = {}
        for item in items:
            names = _names(item.text)
            for run in runs(item.text, RUN):
                if not all(w in names or w in FUNCTION for w in run):
                    self.runs.setdefault(run, []).append(item)
            for sentence in sentences(item.text):
                own = content(sentence)
                if len(own) >= LEAST:
                    for word in own:
                        self.holders.setdefault(word, []).append(len(self.parts))
                    self.parts.append((item, own))

    def look(self, name: str, text: str) -> Iterator[str]:
        """What the corpus shares with this text, a line each."""
        for run in runs(text, RUN):
            for item in self.runs.get(run, ()):
                yield f"{item.where}: {item.id} shares {' '.join(run)!r} with {name}"
        for sentence in sentences(text):
            other = content(sentence)
            if len(other) < LEAST:
                continue
            shared = Counter(i for w in other for i in self.holders.get(w, ()))
            for i, count in shared.items():
                item, own = self.parts[i]
                if count / min(len(own), len(other)) >= SHARE:
                    yield f"{item.where}: {item.id} shares {count} of its content words with {name}: {sentence[:80]!r}"


def _names(text: str) -> set[str]:
    """Words that the text writes with a capital, in lower case."""
    return {w.lower() for w in re.findall(r"\w+(?:[’'-]\w+)*", text) if w[0].isupper()}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, help="the folder of other texts")
    parser.add_argument("--folder", type=Path, default=CORPUS, help="the corpus (default: the one this file stands in)")
    parser.add_argument("--only", metavar="BATCH", help="files whose name begins so")
    args = parser.parse_args(argv)
    if not args.texts.is_dir():
        parser.error(f"{args.texts}: no such folder")
    items, _ = load(args.folder)
    index = Index([i for i in items if Path(i.file).name.startswith(args.only or "")])
    found = {line for name, text in texts(args.texts) for line in index.look(name, text)}
    print("\n".join([*sorted(found), f"{len(found)} overlaps"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
