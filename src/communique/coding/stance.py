"""Report or comment: whether a sentence judges, predicts or argues. Cues are `lang/en/stance.csv`."""

from __future__ import annotations

import re

from communique.codebook import Codebook, Row
from communique.coding.parse import Parsed

# A cue with place "first" counts only where the sentence begins with it.
_FIRST = 3


class StanceStation:
    """Finds the words that make a sentence a comment."""

    def __init__(self, book: Codebook) -> None:
        # as the tokenizer has them: "sabre - rattling", "anyone 's guess"
        self._cues = {_tokens(row["cue"]): row for row in book.rows("lang/en/stance.csv")}
        self._longest = max((len(cue.split()) for cue in self._cues), default=0)

    def cue(self, parsed: Parsed, first: int, last: int, outlet: bool = True) -> Row | None:
        """The row of the first cue among tokens `first` to `last`, by form or lemma, or `None`: it is a report.

        `outlet`: whether the outlet itself speaks; a "must" is a comment of its own, but a demand in others' mouths.
        """
        words = [t.lower_.replace("’", "'") for t in parsed.doc[first:last]]
        lemmas = [t.lemma_.lower() for t in parsed.doc[first:last]]
        for i in range(len(words)):
            for n in range(self._longest, 0, -1):
                for form in (words, lemmas):
                    row = self._cues.get(" ".join(form[i : i + n]))
                    if row is None or (n == 1 and i > 0 and parsed.doc[first + i].pos_ == "PROPN"):
                        continue
                    place = row.get("place")
                    if place is None or (place == "first" and i < _FIRST) or (place == "outlet" and outlet):
                        return row
        return None


def _tokens(cue: str) -> str:
    return re.sub(r"(-|'s\b)", r" \1 ", cue.lower()).replace("  ", " ").strip()
