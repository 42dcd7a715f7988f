"""Tags: "…, their lawyer said", "…, declared on Monday the minister of mines", read off the words.

The parse often takes a tag's verb for one more verb of the clause it stands behind, and its speaker for an object. What
makes a tag is the order of words: a comma, speaker and verb (or verb and speaker), perhaps time, place or addressee, and
then the sentence ends or goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from communique.coding.clauses import spread

__all__ = ["Tag", "tag_around"]

_OPENS = frozenset({",", "—", "–", "--"})
_ENDS = frozenset({",", ".", ";", ":", "?", "!", "—", "–", "--", "(", ")"})
_QUOTES = frozenset(['"', "“", "”", "''", "``"])
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_RELATIVE = frozenset({"WDT", "WP", "WRB"})
_IN_PHRASE = frozenset({"det", "poss", "amod", "compound", "nummod", "nmod", "quantmod", "case", "predet"})
_ADDRESSING = frozenset("answer assure inform notify promise remind reply tell warn".split())
_UNNAMED = frozenset(
    "adviser aide analyst attendee clerk colleague counsellor delegate diplomat doctor eyewitness expert insider lawyer "
    "member neighbour observer officer official participant passenger researcher resident scientist source spokesman "
    "spokesperson spokeswoman survivor villager witness".split()
)
_OWNED = frozenset("the its their his her our".split())
_ASIDES = frozenset(
    "after although as asked because before following once since though until when whether while".split()
)
_LINKS = frozenset({"and", "but", "so", "yet"})
_LONGEST = 16  # tokens of a speaker

Named = Callable[[Any], bool]
"""Whether a noun names an actor."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Tokens `first` to `last`, exclusive, of a tag, and the heads of who speaks in it."""

    first: int
    last: int
    heads: list[Any]


def tag_around(doc: Any, head: Any, cue: tuple[int, int], sentence: tuple[int, int], named: Named) -> Tag | None:
    """The tag whose verb is `head`, inside the tokens of a sentence; `None` where the verb stands in no tag."""
    if head.tag_ not in ("VBD", "VBZ", "VBP", "VBN") or _only_aside(doc, sentence[0], cue[0]):
        return None
    return _speaker_first(doc, head, cue, sentence) or _verb_first(doc, head, cue, sentence, named)


def _speaker_first(doc: Any, head: Any, cue: tuple[int, int], sentence: tuple[int, int]) -> Tag | None:
    """ "…, their lawyer in Suva said on Monday"."""
    first = cue[0]
    while first > sentence[0] and not _is_mark(doc[first - 1]):
        first -= 1
        if doc[first].tag_ in _FINITE | _RELATIVE or doc[first].lower_ == "that":
            return None
    if first == sentence[0] or not 0 < cue[0] - first <= _LONGEST or not _may_open(doc, first - 1):
        return None
    if doc[first].lower_ in ("and", "but", "or"):
        return None
    if head.tag_ == "VBN" and (doc[first - 1].text != "," or not _is_main(doc, head, cue[1], sentence[1])):
        return None
    if doc[first - 1].text in ("—", "–", "--") and head.dep_ in ("acl", "relcl", "amod"):
        return None
    begin = first + (doc[first].lower_ == "as")
    if begin == cue[0] or doc[begin].pos_ in ("ADP", "SCONJ", "VERB") or not _is_told(doc, sentence[0], first - 1):
        return None
    speaker = next((c for c in head.children if c.dep_ == "nsubj" and begin <= c.i < cue[0]), None)
    speaker = speaker or _head_of_phrase(doc, begin, cue[0])
    last = _end(doc, cue[1], sentence[1])
    if (
        speaker is None
        or speaker.left_edge.i > begin + 1
        or _is_torn(speaker, first)
        or not _only_circumstance(doc, head, cue[1], last)
    ):
        return None
    return Tag(first, last, [t for t in spread(speaker) if t.i < cue[0]] or [speaker])


def _verb_first(doc: Any, head: Any, cue: tuple[int, int], sentence: tuple[int, int], named: Named) -> Tag | None:
    """ "…, declared on Monday the minister of mines"."""
    if cue[0] - 1 <= sentence[0] or not _may_open(doc, cue[0] - 1) or not _is_told(doc, sentence[0], cue[0] - 1):
        return None
    if any(c.dep_ in ("nsubj", "nsubjpass") and c.i < head.i for c in head.children) and head.dep_ != "conj":
        return None
    if head.dep_ == "conj" and any(c.dep_ == "cc" and c.i < head.i for c in head.head.children):
        return None
    last = _end(doc, cue[1], sentence[1])
    at = _behind_circumstance(doc, cue[1], last)
    if at >= last or doc[at].pos_ not in ("DET", "PRON", "NOUN", "PROPN", "ADJ", "NUM") or doc[at].tag_ == "WP":
        return None
    if doc[cue[0]].tag_ == "VBN" and doc[at].pos_ not in ("DET", "PROPN", "PRON"):
        return None
    speaker = _head_of_phrase(doc, at, last)
    if speaker is None or speaker.ent_type_ in ("DATE", "TIME", "MONEY", "QUANTITY", "CARDINAL"):
        return None
    if any(t.tag_ in _FINITE or (t.lower_ == "by" and t.head == head) for t in doc[cue[1] : last]):
        return None
    if _goes_on(doc, last, sentence[1]):
        return None
    if not (named(speaker) or speaker.pos_ == "PROPN" or doc[at].lower_ in _OWNED or speaker.lemma_ in _UNNAMED):
        return None
    return Tag(cue[0], last, spread(speaker))


def _is_quote(token: Any) -> bool:
    """Whether a token is a quotation mark, not an apostrophe."""
    return bool(token.text in _QUOTES or (token.text in ("‘", "’", "'") and token.tag_ != "POS"))


def _is_mark(token: Any) -> bool:
    return bool(token.text in _ENDS or _is_quote(token))


def _only_aside(doc: Any, first: int, last: int) -> bool:
    """Whether all before a verb is one subordinate clause and the speaker: "while he sat there, the guard said no"."""
    if doc[first].lower_ not in _ASIDES and (doc[first].lower_ not in _LINKS or doc[first + 1].lower_ not in _ASIDES):
        return False
    return [t.text for t in doc[first:last]].count(",") < 2


def _is_torn(speaker: Any, first: int) -> bool:
    """Whether the speaker's phrase begins before the comma: "the bearded, 71-year-old envoy"."""
    return bool(speaker.left_edge.i < first and all(t.pos_ in ("DET", "ADJ", "PUNCT") for t in speaker.lefts))


def _may_open(doc: Any, i: int) -> bool:
    """Whether a tag can begin behind this token: a comma or dash, or the end of a quotation."""
    if doc[i].text in _OPENS:
        return True
    return bool(i > 0 and _is_quote(doc[i]) and doc[i - 1].text[-1:] in ",?!…")


def _is_main(doc: Any, head: Any, first: int, last: int) -> bool:
    """Whether what looks like a participle is the tag's verb: it has an auxiliary, or the sentence no further verb."""
    if any(c.dep_ in ("aux", "auxpass") for c in head.children):
        return any(c.dep_ == "aux" and c.lemma_ == "have" for c in head.children)
    behind = doc[first:last]
    return not any(t.tag_ in _FINITE or t.text in _OPENS or (t.lower_ == "by" and t.head == head) for t in behind)


def _is_told(doc: Any, first: int, last: int) -> bool:
    """Whether a stretch can be what a tag speaks of: a quotation, or a clause with a verb outside relative clauses."""
    if _is_quote(doc[last]):
        return True
    return any(t.tag_ in _FINITE and t.dep_ not in ("relcl", "aux", "auxpass") for t in doc[first:last]) or any(
        t.tag_ in _FINITE and t.dep_ in ("aux", "auxpass") and t.head.dep_ != "relcl" for t in doc[first:last]
    )


def _end(doc: Any, first: int, last: int) -> int:
    return next((i for i in range(first, last) if _is_mark(doc[i])), last)


def _head_of_phrase(doc: Any, first: int, last: int) -> Any:
    """The head of the noun phrase that begins at `first`."""
    token = doc[first]
    for _ in range(_LONGEST):
        over = token.head
        if token.dep_ not in _IN_PHRASE or not token.i < over.i < last or over.pos_ in ("VERB", "AUX"):
            break
        token = over
    return token if token.pos_ in ("NOUN", "PROPN", "PRON") else None


def _behind_circumstance(doc: Any, first: int, last: int) -> int:
    """Where a stretch begins behind its adverbs and prepositional phrases: "on Monday", "in Geneva", "to the press"."""
    at = first
    while at < last:
        token = doc[at]
        if token.pos_ == "ADP" and token.lower_ not in ("by", "of"):
            inner = [c for c in token.children if c.dep_ == "pobj" and c.i > at]
            at = min(last, (_phrase_end(inner[0]) if inner else at + 1))
        elif token.pos_ == "ADV" or token.lower_ in ("yesterday", "today"):
            at += 1
        else:
            return at
    return at


def _phrase_end(noun: Any) -> int:
    """The end of a short noun phrase: the noun with what stands before it, not what the parse hangs behind."""
    end = noun.i + 1
    for child in noun.children:
        if child.i == end and child.dep_ in ("nummod", "compound", "flat"):
            end = child.i + 1
    return int(end)


def _only_circumstance(doc: Any, head: Any, first: int, last: int) -> bool:
    """Whether behind the verb stand only time, place and manner, or whom it speaks to."""
    at = _behind_circumstance(doc, first, last)
    if at >= last or head.lemma_.lower() in _ADDRESSING:
        return not any(t.tag_ in _FINITE or t.lower_ == "that" for t in doc[first:last])
    if doc[at].dep_ in ("npadvmod", "det", "amod") and doc[at].ent_type_ in ("DATE", "TIME"):
        return True
    rest = doc[at:last]
    loose = (rest[0].pos_ in ("ADP", "SCONJ") and rest[0].lower_ != "that") or rest[0].tag_ == "VBG"
    return bool(loose and not any(t.tag_ in _FINITE for t in rest))


def _goes_on(doc: Any, last: int, stop: int) -> bool:
    """Whether a further verb of the same subject follows: "took the town, declared a curfew, and left"."""
    if last + 2 >= stop or doc[last].text != ",":
        return False
    behind = doc[last + 1]
    if behind.lower_ in ("and", "or", "but"):
        behind = doc[last + 2]
    return bool(behind.tag_ in ("VBD", "VBZ", "VBP", "VBN"))
