"""What words in a passage on a tie take up from what was said before: "one", "those with Australia", "it", "the pact",
"such an agreement", "the two sides".

A `Stand` is a pronoun that reads like the noun it stands for. Antecedents are looked for in the same sentence and a
few before it, never behind the word itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from communique.coding.clauses import Predicate
from communique.coding.events import Frame
from communique.coding.parse import Parsed
from communique.coding.status import Reading
from communique.model import Party, Place, TieStatus

# Another of the same sort ("opened one in Baku"), and the very same ("it takes effect").
ANOTHER = frozenset({"one", "ones", "those", "another"})
SAME = frozenset({"it", "them", "they", "this", "these", "that", "which"})
SIMILAR = frozenset({"similar", "such", "other", "another", "further", "more", "additional", "same", "comparable"})
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_LOOK_BACK = 2  # sentences


@dataclass
class Draft:
    """A claim while its parts are gathered. `centre` is the noun that names the tie, `head` the word that says what
    becomes of it; they may be one."""

    frame: Frame
    kind: str
    head: Any
    centre: Any
    parties: list[Party]
    place: Place | None
    status: TieStatus
    step: str
    supports: bool
    reading: Reading
    name: str | None = None
    named: bool = False

    @property
    def codes(self) -> set[str | None]:
        """The parties' codes."""
        return {p.entity for p in self.parties}


class Stand:
    """A pronoun with the lemma of the noun it stands for; all else (place, children, head) is the pronoun's own.

    `noun`: the antecedent; `drafts`: what was said of the very same tie, empty where it is another of its sort.
    """

    def __init__(self, pronoun: Any, noun: Any, drafts: list[Draft]) -> None:
        self.pronoun = pronoun
        self.noun = noun
        self.drafts = drafts
        self.lemma_ = noun.lemma_
        self.lower_ = noun.lower_
        self.pos_ = "NOUN"
        self.tag_ = "NNS" if pronoun.lower_ in ("those", "ones", "them", "they", "these") else "NN"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pronoun, name)


def noun_before(parsed: Parsed, i: int, fits: Callable[[Any], bool]) -> Any | None:
    """The nearest noun before token `i` that fits, in its sentence and the two before."""
    first = parsed.sents[max(0, parsed.sent_of(i) - _LOOK_BACK)][0]
    for j in range(i - 1, first - 1, -1):
        token = parsed.token(j)
        if token.pos_ in ("NOUN", "PROPN") and fits(token):
            return token
    return None


def spoken_of(parsed: Parsed, i: int, before: list[Draft], fits: Callable[[Any], bool]) -> list[Draft]:
    """The drafts of the tie or ties last named before token `i` by a noun that fits: all those of one noun."""
    first = parsed.sents[max(0, parsed.sent_of(i) - _LOOK_BACK)][0]
    near = [d for d in before if first <= d.centre.i < i and fits(d.centre)]
    # "after those with Australia and Britain. It takes effect ...": what only stands in the background comes second
    told = [d for d in near if d.step != "stands"] or near
    return [d for d in told if d.centre.i == told[-1].centre.i and d.kind == told[-1].kind]


def stand(parsed: Parsed, token: Any, before: list[Draft], fits: Callable[[Any], bool]) -> Stand | None:
    """The pronoun as the noun it stands for, or `None` where it stands for nothing that fits."""
    if token.pos_ not in ("PRON", "DET", "NUM", "NOUN", "ADJ"):
        return None
    word = token.lower_
    if word == "own" and token.head.lower_ == "of" and token.head.head.lower_ in ANOTHER:
        # "signed one of his own"
        token = token.head.head
        word = token.lower_
    if word in ANOTHER:
        noun = noun_before(parsed, token.i, fits)
        return None if noun is None else Stand(token, noun, [])
    if word in SAME:
        drafts = spoken_of(parsed, token.i, before, fits)
        noun = drafts[-1].centre if drafts else noun_before(parsed, token.i, fits)
        return None if noun is None else Stand(token, noun, drafts)
    return None


def stood_for(p: Predicate, slots: set[str], change: Callable[[Any], Any]) -> Predicate | None:
    """The predicate with its bare pronouns changed in these slots (obj, subj), or `None` where none is."""
    objects = [change(t) for t in p.objects] if "obj" in slots else p.objects
    subjects = [change(t) for t in p.subjects] if "subj" in slots else p.subjects
    if all(a is b for a, b in zip([*objects, *subjects], [*p.objects, *p.subjects], strict=True)):
        return None
    return Predicate(
        p.head, p.kind, subjects, objects, p.obliques, p.modifiers, p.particle, p.xcomp, p.ccomp, p.gerund, p.passive,
        p.light,
    )  # fmt: skip


def count_of(token: Any, nouns: Iterable[str]) -> int | None:
    """How many a group word counts: "the two sides", "both", "these four countries", "the three"; else `None`."""
    word = token.lower_
    if word == "both" and token.dep_ not in ("det", "preconj", "cc", "predet"):
        return 2
    if word in NUMBERS and token.dep_ != "nummod":
        return NUMBERS[word] if any(c.lower_ in ("the", "all", "these", "those") for c in token.children) else None
    if token.lemma_.lower() not in nouns:
        return None
    number = next((NUMBERS[c.lower_] for c in token.children if c.lower_ in NUMBERS), None)
    return 2 if number is None and any(c.lower_ == "both" for c in token.children) else number


def compatible(noun: Any, draft: Draft) -> bool:
    """Whether "the peace treaty" may take up this draft: no word before the noun is strange to its name."""
    words = {
        c.lemma_.lower()
        for c in noun.children
        if c.dep_ in ("amod", "compound") and not c.text[:1].isupper() and c.lower_ not in ("new", "old", "latest")
    }
    known = set((draft.name or "").lower().replace("-", " ").split())
    return not known or words <= known or not words


def definite(noun: Any) -> bool:
    """ "The pact", "that accord", "its decision"."""
    return any(c.lower_ in ("the", "this", "that", "these", "those") or c.dep_ == "poss" for c in noun.children)


def similar(noun: Any) -> bool:
    """ "Such an agreement", "a similar deal", "another"."""
    return any(c.lower_ in SIMILAR for c in noun.children) or (isinstance(noun, Stand) and not noun.drafts)
