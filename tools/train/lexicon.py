"""Writes the examples of the lexicon's rows as records to train on: what the rows say of one word each.

    python tools/train/lexicon.py --to FILE [--texts FACTUALITY.jsonl --silent FILE]

Every row of `lang/en/predicates/` has an example sentence of our own that a test runs; the event that `--coder fast` reads
at the row's word is what it says, and "-" rows say that the word names none. Of the other words nothing is known. `--silent`
lists the texts of the factuality sample, which is no news, in which the lexicon finds no event: they are taken for texts
without one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from examples import of_uds

from communique.codebook import PREDICATES
from communique.coding import Coder
from communique.coding.coder import Reading
from communique.model import Article


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--silent", type=Path)
    args = parser.parse_args()
    coder = Coder(kind="fast")
    if args.texts is not None and args.silent is not None:
        silent = [e.id for e in of_uds(args.texts) if not coder.code(e.text).events]
        args.silent.write_text(json.dumps(silent) + "\n", encoding="utf-8")
        print(f"{len(silent)} texts without an event of the lexicon")
    texts: dict[str, list[tuple[str, str]]] = {}
    for row in coder.book.rows(PREDICATES):
        texts.setdefault(row["example"], []).append((row["lemma"].lower(), row["type"]))
    rows = []
    for text, said in texts.items():
        parsed = coder.parse(Article.make(text, published="2020-06-15"))
        reading = Reading(coder, parsed)
        events: list[dict[str, Any]] = []
        none = []
        for lemma, kind in said:
            if kind == "-":
                none += [(t.idx, t.idx + len(t)) for t in parsed.doc if t.lemma_.lower() == lemma]
                continue
            for d in reading.drafts:
                head = d.predicate.head
                if head.lemma_.lower() != lemma or any(e["trigger"]["start"] == head.idx for e in events):
                    continue

                def spans(mentions: list[Any]) -> list[dict[str, Any]]:
                    return [{"start": m.actor.start, "end": m.actor.end} for m in mentions]

                events.append(
                    {
                        "type": d.type,
                        "act": d.act,
                        "mode": d.mode,
                        "contexts": None,
                        "status": str(d.status),
                        "actors": spans(d.actors),
                        "recipients": spans(d.recipients),
                        "place": None,
                        "when": None,
                        "trigger": {"start": head.idx, "end": head.idx + len(head)},
                        "also_accepted": [],
                        "optional": False,
                    }
                )
        if events or none:
            name = f"lexicon-{len(rows):04}"
            article = {"published": None, "text": text}
            rows.append({
                "id": name, "group": name, "source": "lexicon", "whole": False, "none": none,
                "article": article, "events": events, "statements": None,
            })  # fmt: skip
    args.to.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} examples, {sum(len(r['events']) for r in rows)} events")


if __name__ == "__main__":
    main()
