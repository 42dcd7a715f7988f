"""Report or comment: whether a sentence judges, predicts or argues. Cues are `lang/en/stance.csv`."""

from __future__ import annotations

from communique.codebook import Codebook, Row
from communique.coding.parse import Parsed

# A cue with place "first" counts only where the sentence begins with it.
_FIRST = 3
_LONGEST = 4


class StanceStation:
    """Finds the words that make a sentence a comment."""

    def __init__(self, book: Codebook) -> None:
        self._cues = {row["cue"].lower(): row for row in book.rows("lang/en/stance.csv")}

    def cue(self, parsed: Parsed, first: int, last: int) -> Row | None:
        """The row of the first cue among tokens `first` to `last`, by form or lemma, or `None`: it is a report."""
        words = [t.lower_.replace("’", "'") for t in parsed.doc[first:last]]
        lemmas = [t.lemma_.lower() for t in parsed.doc[first:last]]
        for i in range(len(words)):
            for n in range(_LONGEST, 0, -1):
                for form in (words, lemmas):
                    row = self._cues.get(" ".join(form[i : i + n]))
                    if row is not None and (row.get("place") is None or i < _FIRST):
                        return row
        return None
