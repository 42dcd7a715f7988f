"""Names from dictionaries in capitals, spelled as they stand in running text."""

from __future__ import annotations

import re
from collections.abc import Collection

_SMALL = frozenset(
    "a al an and as at bin bint by da de del den der des di do dos du e el en et for from ibn in la las le les li los o "
    "of on or the to ul und ur van von with y".split()
)
_WORD = re.compile(r"[^\s-]+")
_VOWELS = frozenset("AEIOUY")
# One-word names up to this long are taken for acronyms: PKK, NATO.
_SHORT = 4


def spelled(phrase: str, acronyms: Collection[str]) -> str:
    """A phrase in capitals as a name: "ORDER OF THE UN" as "Order of the UN". One with small letters stays as it is.
    `acronyms`: words that keep their capitals."""
    if phrase != phrase.upper():
        return phrase
    alone = not re.search(r"[\s-]", phrase)
    return _WORD.sub(lambda word: _word(word[0], word.start() == 0, alone, acronyms), phrase)


def _word(word: str, first: bool, alone: bool, acronyms: Collection[str]) -> str:
    letters = word.strip(".,'’\"")
    if letters in acronyms or "." in letters or (alone and len(letters) <= _SHORT):
        return word
    if len(letters) > 1 and letters.isalpha() and not _VOWELS & set(letters):
        return word
    low = word.lower()
    if low in _SMALL and not first:
        return low
    before, apostrophe, after = low.partition("'")
    if apostrophe and len(before) == 1 and len(after) > 1:
        # O'Brien, d'Escoto
        return f"{before.upper()}'{after.capitalize()}"
    return low.capitalize()


def variants(name: str) -> list[str]:
    """Other spellings of a name that papers use: "al-Tharsi" beside "Al-Tharsi"; a single word also in capitals, where it
    may be an acronym."""
    found = []
    if name.startswith(("Al-", "El-")):
        found.append(name[0].lower() + name[1:])
    if name.isalpha() and not name.isupper() and len(name) <= 2 * _SHORT:
        found.append(name.upper())
    return found
