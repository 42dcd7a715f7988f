"""The names of pacts, offices and drills as a passage gives them: "Reciprocal Access Agreement", "liaison office"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from communique.coding.antecedents import SIMILAR, Stand

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

_JOINTS = frozenset({"of", "and", "for", "on"})
# Words that qualify a mention of a pact and are no part of what it is called.
_QUALIFIERS = SIMILAR | frozenset(
    "new old latest first second third last next final current existing planned future proposed possible potential "
    "prospective upcoming full biggest largest own draft separate landmark historic major key important independent "
    "so-called controversial recent annual".split()
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&+-]{1,9}")
# Words that only take up what was named otherwise.
_NAMELESS = frozenset({"text", "one", "those", "it", "them", "that", "this", "document", "edition"})


def tie_name(report: Report, centre: Any) -> tuple[str | None, bool]:
    """The name of a pact, office or drill and whether it is a proper name: its run of capitalised words with the
    bracketed abbreviation, the name it is apposed to, else the noun with the words that describe it."""
    if isinstance(centre, Stand):
        return _taken_up(report, centre)
    proper = _proper(report, centre) or _apposed(report, centre)
    if proper:
        return proper, True
    return _described(report, centre), False


def _taken_up(report: Report, centre: Stand) -> tuple[str | None, bool]:
    name, named = tie_name(report, centre.noun)
    if centre.drafts:
        return name, named
    return (name.lower() if name and " " in name else None), False


def _proper(report: Report, centre: Any) -> str | None:
    doc = report.parsed.doc
    first = last = centre.i
    start, end = centre.sent.start, centre.sent.end
    while first > start and _name_word(doc[first - 1]):
        first -= 1
    while first < centre.i and doc[first].lower_ in ("the", "a", *_JOINTS):
        first += 1
    while last + 1 < end and doc[last + 1].pos_ in ("PROPN", "NUM") and _capital(doc[last + 1]):
        last += 1
    words = doc[first : last + 1]
    alone = first == last
    if (
        alone
        or not centre.text[:1].isupper()
        or not all(_capital(w) or w.lower_ in _JOINTS or w.text == "-" for w in words)
    ):
        # "the Balikatan exercise", "the Eagle Partner drills": the name stands before the noun
        return _before(report, centre)
    return str(words.text) + _bracket(doc, last + 1, end)


def _before(report: Report, centre: Any) -> str | None:
    doc = report.parsed.doc
    first = centre.i
    while first > centre.sent.start and _capital(doc[first - 1]) and doc[first - 1].pos_ in ("PROPN", "ADJ", "NOUN"):
        if doc[first - 1].pos_ != "PROPN" and first - 1 == centre.sent.start:
            break
        if report.mentions.at(first - 1) is not None:
            break
        first -= 1
    if first == centre.i or doc[first].head.i not in range(first, centre.i + 1):
        return None
    return str(doc[first : centre.i].text)


def _apposed(report: Report, centre: Any) -> str | None:
    """ "Nordic Response, an exercise", "a defence pact, the Liptako-Gourma Charter"."""
    near = [centre.head] if centre.dep_ == "appos" else []
    near += [c for c in centre.children if c.dep_ == "appos"]
    for token in near:
        if token.pos_ == "PROPN" and report.mentions.at(token.i) is None and abs(token.i - centre.i) < 12:
            doc, first, last = report.parsed.doc, token.i, token.i
            while first > 0 and _name_word(doc[first - 1]):
                first -= 1
            while doc[first].lower_ in ("the", *_JOINTS) and first < last:
                first += 1
            while last + 1 < len(doc) and (doc[last + 1].pos_ in ("PROPN", "NUM")):
                last += 1
            return str(doc[first : last + 1].text)
    return None


def _bracket(doc: Any, at: int, end: int) -> str:
    """The abbreviation behind a name: " (EDCA)"."""
    for opening in ("(", "["):
        closed = at + 2 < end and doc[at].text == opening and doc[at + 2].text in (")", "]")
        if closed and _ACRONYM.fullmatch(doc[at + 1].text):
            return f" ({doc[at + 1].text})"
    if (
        at + 3 < end
        and doc[at].text == ","
        and doc[at + 1].lower_ in ("known", "called")
        and doc[at + 2].lower_ == "as"
    ):
        return f" ({doc[at + 3].text})" if doc[at + 3].text.isupper() else ""
    # "the Enhanced Defense Cooperation Agreement, or EDCA"
    if at + 2 < end and doc[at].text == "," and doc[at + 1].lower_ == "or" and doc[at + 2].text.isupper():
        return f" ({doc[at + 2].text})"
    return ""


def _described(report: Report, centre: Any) -> str | None:
    doc = report.parsed.doc
    last = centre.lemma_.lower() if centre.tag_ == "NNS" and centre.lemma_ != "forces" else centre.lower_
    last = "base" if last == "basis" else last
    if last in _NAMELESS:
        return None
    start = centre.i
    while start > centre.left_edge.i and _describes(report, doc[start - 1]):
        start -= 1
    return re.sub(r"\s*-\s*", "-", " ".join([*(w.lower_ for w in doc[start : centre.i]), last])).strip("- ")


def _describes(report: Report, token: Any) -> bool:
    if token.text == "-":
        return bool(token.i) and _describes(report, report.parsed.token(token.i - 1))
    if token.pos_ == "NUM":
        return bool(token.nbor().text == "-")
    return (
        token.pos_ in ("NOUN", "ADJ", "VERB", "PROPN", "ADV")
        and token.dep_ in ("compound", "amod", "nmod", "npadvmod")
        and token.lower_ not in _QUALIFIERS
        and (token.text.islower() or report.mentions.at(token.i) is None)
    )


def _capital(token: Any) -> bool:
    return bool(token.text[:1].isupper() or token.text[:1].isdigit())


def _name_word(token: Any) -> bool:
    return (
        bool(token.text[:1].isupper() or token.lower_ in _JOINTS) and token.pos_ not in ("VERB", "AUX", "PUNCT")
    ) or token.text == "-"
