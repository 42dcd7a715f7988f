"""Which reports carry the same copy: near-duplicates found by MinHash, each pair verified on the words themselves.

A syndicated copy is no second source. Texts are compared by their shingles, runs of five words. MinHash only proposes
pairs; two texts are one story where their shingles agree for the most part (`same_copy`), or where others lead from one
to the other by such steps.
"""

from __future__ import annotations

import hashlib
import re

from rensa import RMinHash

__all__ = ["METHOD", "Stories", "bands", "digest", "same_copy", "shingles"]

# Words in a shingle.
_SHINGLE = 5
# With so many permutations in bands of so many rows, texts that share half of their shingles are proposed with a
# probability of 0.996, those that share a tenth with one of 0.04.
_PERMUTATIONS, _ROWS, _SEED = 126, 3, 1
# Share of all shingles of two texts that both have, from which on they are one story.
_JACCARD = 0.5
# Share of the shorter text's shingles that the longer one has: a copy that was cut, or that was written on.
_CONTAINED = 0.7
# Shorter texts than this share so much only by chance, or by being a form of words.
_ENOUGH = 20
_WORD = re.compile(r"\w+")

# Bands of another method do not compare with these.
METHOD = f"rensa {RMinHash.ALGORITHM_VERSION}, {_PERMUTATIONS} permutations, rows {_ROWS}, shingles {_SHINGLE}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def shingles(text: str) -> frozenset[str]:
    """The runs of five words of a text; of a shorter one, all its words as one run."""
    words = _words(text)
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))


def digest(text: str) -> str:
    """The same for texts of the same words, whatever their spacing, case and marks: 16 hex digits."""
    return hashlib.sha256(" ".join(_words(text)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def bands(text: str) -> list[int]:
    """Numbers of which similar texts are likely to share at least one; unsigned, of 64 bits."""
    sketch = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    sketch.update([s.encode("utf-8", "replace").decode() for s in sorted(shingles(text))])
    values = sketch.digest()
    rows = (values[i : i + _ROWS] for i in range(0, _PERMUTATIONS, _ROWS))
    return [_number(b"".join(v.to_bytes(8, "big") for v in (i, *row))) for i, row in enumerate(rows)]


def _number(raw: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def same_copy(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts, given by their shingles, are copies of one another."""
    shared, least = len(one & other), min(len(one), len(other))
    if shared >= _JACCARD * (len(one) + len(other) - shared):
        return True
    return least >= _ENOUGH and shared >= _CONTAINED * least


class Stories:
    """Groups that grow by links: every member leads to the least of its group."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def top(self, member: str) -> str:
        above = self._above
        while (up := above.get(member, member)) != member:
            above[member] = above.get(up, up)
            member = up
        return member

    def link(self, one: str, other: str) -> None:
        least, more = sorted((self.top(one), self.top(other)))
        if least != more:
            self._above[more] = least

    def linked(self) -> dict[str, str]:
        """Every member that is not the least of its group -> the least."""
        return {member: self.top(member) for member in self._above}
