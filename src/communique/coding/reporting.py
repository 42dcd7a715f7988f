"""How English reports speech and thought: the cues of `lang/en/reporting.csv` and what the parse hangs on them.

A row names a cue (verb, noun, adjective, or a phrase that brings in a source) and its frames, that is, where the
content stands: those in which it reports a statement, and those in which it reports an attitude, a belief, intention or
position without a speech act:

quote      may stand beside a quotation, or behind what it reports ("Oslo will go, the ministry said")
clause     a clause ("that ...", "whether ...", or bare)
if         a clause with "if" ("asked if")
inf        an infinitive ("promised to go", "told Oslo to go")
ing        a gerund ("denied going")
obj        a noun phrase ("announced a deal")
obj+inf    a noun phrase with an infinitive, both content ("urged Oslo to go")
obj+PREP   a noun phrase with a prepositional one, both content ("accused Oslo of spying")
small      a noun phrase with what is predicated of it ("called the deal a mistake")
PREP       what stands behind that preposition ("called for talks")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from communique.codebook import Codebook, Row
from communique.coding.clauses import spread, verb

Range = tuple[int, int]

_WORD_FRAMES = frozenset(
    {"quote", "clause", "if", "inf", "ing", "obj", "obj+inf", "small", "light", "adverb", "source", "medium"}
)
_HELPERS = frozenset({"adverb", "light", "medium", "source"})
_CLAUSES = frozenset({"acl", "advcl", "ccomp", "csubj", "relcl", "xcomp"})
_DESCRIBING = frozenset({"ADJ", "ADP", "ADV", "VERB"})
_OBJECTS = frozenset({"dobj", "attr", "oprd", "dative"})
_BE = frozenset({"be", "seem", "remain", "become", "appear", "sound", "feel", "grow", "stay"})
_GAP = 4  # tokens between the words of one cue
_PUNCT = frozenset(
    [
        ",",
        ".",
        ";",
        ":",
        "!",
        "?",
        "-",
        "--",
        "–",
        "—",
        "…",
        "(",
        ")",
        "[",
        "]",
        '"',
        "'",
        "''",
        "``",
        "“",
        "”",
        "‘",
        "’",
    ]
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One side of a row, read once. `words`: lemmas; `kind`: statement or attitude; `preps`: frames that are
    prepositions."""

    row: Row
    words: tuple[str, ...]
    kind: str
    frames: frozenset[str]
    preps: frozenset[str]

    def has(self, *frames: str) -> bool:
        return any(f in self.frames for f in frames)


@dataclass(slots=True)
class Report:
    """A cue met in the text. `head`: its token; `cue`: its tokens; `sources`: heads of the noun phrases that speak;
    `content`: token ranges, empty where it may stand in a quotation beside it."""

    head: Any
    cue: Range
    lexeme: Cue
    sources: list[Any]
    content: list[Range]
    frame: str


class Lexicon:
    """The cues by part of speech and first lemma, longest first."""

    def __init__(self, book: Codebook) -> None:
        self._cues: dict[tuple[str, str], list[Cue]] = {}
        for row in book.rows("lang/en/reporting.csv"):
            words = tuple(row["cue"].split())
            for kind in ("statement", "attitude"):
                frames = frozenset(row.list(kind))
                if frames or (kind == "statement" and row["pos"] in _HELPERS):
                    cue = Cue(row, words, kind, frames, frames - _WORD_FRAMES)
                    self._cues.setdefault((row["pos"], words[0]), []).append(cue)
        for found in self._cues.values():
            found.sort(key=lambda c: -len(c.words))
        self.speech = frozenset(
            lemma
            for (pos, lemma), cues in self._cues.items()
            if pos == "verb" and any(c.kind == "statement" and c.has("quote", "clause") for c in cues)
        )

    def of(self, pos: str, lemma: str) -> list[Cue]:
        return self._cues.get((pos, lemma), [])

    def _lookup(self, pos: str, token: Any) -> list[Cue]:
        """The cues of a word by lemma; the lemmatizer makes "hop" of "hoping" and "blogge" of "blogged"."""
        if pos == "adj":
            return self.of(pos, token.lower_)
        lemma = token.lemma_.lower()
        stem = lemma.removesuffix("e")
        forms = [lemma, lemma + "e", stem, stem[:-1]] if token.tag_ in ("VBG", "VBD", "VBN") else [lemma, token.lower_]
        return next((found for form in forms if (found := self.of(pos, form))), [])

    def is_light(self, token: Any) -> bool:
        """Whether a verb only carries a reporting noun: "voiced concern", "made the claim"."""
        return bool(self.of("light", token.lemma_.lower()))

    def _said(self, light: Any, cue: Cue) -> Cue:
        """A noun's cue as its carrier makes it: to voice a concern is a statement, to have one is not."""
        spoken = light is not None and any(
            c.has("light") and c.kind == "statement" for c in self.of("light", light.lemma_.lower())
        )
        return replace(cue, kind="statement") if spoken else cue

    def is_medium(self, words: Iterable[str]) -> bool:
        """Whether one of these words marks a name as a medium: "Radio", "Times"."""
        return any(self.of("medium", w.lower()) for w in words)

    def reports(self, doc: Any, first: int, last: int) -> Iterator[Report]:
        """The cues among tokens `first` to `last` (a sentence) that have content, or may stand beside a quotation."""
        for token in doc[first:last]:
            found = list(self._choose(token, "adj", _of_adjective)) if token.pos_ in _DESCRIBING else []
            if not found and token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass", "amod", "compound"):
                found = list(self._choose(token, "verb", _of_verb))
            elif token.pos_ in ("NOUN", "PROPN"):
                found = list(self._choose(token, "noun", self._of_noun))
            yield from found

    def phrases(self, doc: Any, first: int, last: int) -> Iterator[Report]:
        """Phrases that bring in a source, "according to Manila", "in the union's view", whose content is left open;
        adverbs that disown what they stand with, "reportedly"."""
        for token in doc[first:last]:
            for cue in self.of("adverb", token.lower_):
                if token.dep_ == "advmod" and token.head.pos_ in ("VERB", "AUX"):
                    clause = _edges(token.head)
                    content = [r for r in ((clause[0], token.i), (token.i + 1, clause[1])) if r[0] < r[1]]
                    yield Report(token, (token.i, token.i + 1), cue, [], [trim(doc, *r) for r in content], "adverb")
            for cue in self.of("source", token.lower_):
                if (found := _phrase(token, cue)) is not None:
                    yield found
                    break

    def _choose(self, token: Any, pos: str, read: Any) -> Iterator[Report]:
        """The longest cue whose frame is met; else one that may stand beside a quotation."""
        waiting: Report | None = None
        for cue in self._lookup(pos, token):
            tail = _tail(token, cue.words[1:])
            if tail is None:
                continue
            report = read(token, tail, cue, self.speech)
            if report is None:
                continue
            if report.content:
                yield report
                return
            waiting = waiting or report
        if waiting is not None:
            yield waiting

    def _of_noun(self, token: Any, tail: list[Any], cue: Cue, speech: frozenset[str]) -> Report | None:
        light = _carrier(token)
        light = light if light is not None and self.is_light(light) else None
        found = _noun_content(token, cue, speech, light)
        if found is None:
            return None
        frame, content, prep = found
        sources = _noun_sources(token, prep, light)
        if not sources and frame != "clause" and cue.kind == "statement":
            return None
        first = min([token.i, *(c.i for c in token.children if c.dep_ in ("amod", "neg") and c.i == token.i - 1)])
        if light is not None and 0 < token.i - light.i <= _GAP:
            first = _cue_range(light, [])[0]
        last = token.i + 1 if prep is None or prep.i != token.i + 1 else prep.i + 1
        return Report(token, (first, last), self._said(light, cue), sources, content, frame)


def _tail(token: Any, words: tuple[str, ...]) -> list[Any] | None:
    """The tokens of a cue's further words, each soon behind the one before; `None` where one is missing."""
    found: list[Any] = []
    at = token.i
    for word in words:
        stop = min(at + 2 + _GAP, len(token.doc))
        hit = next((t for t in token.doc[at + 1 : stop] if word in (t.lower_, t.lemma_.lower())), None)
        if hit is None or not any(a.i == token.i for a in hit.ancestors):
            return None
        found.append(hit)
        at = hit.i
    return found


# Verbs


def _of_verb(token: Any, tail: list[Any], cue: Cue, speech: frozenset[str]) -> Report | None:
    """A verb's content by the first frame that is met."""
    if cue.words[1:] == () and any(c.dep_ == "prt" for c in token.children) and not cue.frames <= {"quote", "clause"}:
        return None
    sources = speakers(token, speech)
    passive = is_passive(token)
    reach = [token, *tail]
    for frame, content, prep in _verb_frames(token, reach, cue, passive, speech):
        if (not sources and not passive and frame not in ("clause", "if", "quote")) or _is_naming(
            token, frame, sources
        ):
            continue
        extra = [*tail, prep] if prep is not None and prep.i <= reach[-1].i + 1 else tail
        return Report(token, _cue_range(token, extra), cue, sources, content, frame)
    if cue.has("quote"):
        return Report(token, _cue_range(token, tail), cue, sources, [], "quote")
    return Report(token, _cue_range(token, tail), cue, sources, [], "small") if cue.has("small") else None


def _verb_frames(
    token: Any, reach: list[Any], cue: Cue, passive: bool, speech: frozenset[str]
) -> Iterator[tuple[str, list[Range], Any]]:
    """(frame, content, preposition of the cue) in order of preference."""
    kids = [c for node in reach for c in node.children]
    last = reach[-1].i
    clause = _clause_child(kids, last, cue.has("if"))
    infinitive = _infinitive(kids, last)
    target = _target(kids, passive, token, reach)
    if cue.has("obj+inf") and infinitive is not None and (target is not None or _own_subject(infinitive) is not None):
        yield "obj+inf", _joined(target, infinitive, passive, speech), None
    if cue.has("small") and (found := _small(kids, token, passive, target)):
        yield "small", found, None
    if cue.has("clause") and clause is not None:
        yield "clause", [*_relative(clause, token), clause_range(clause, last, speech)], None
    if cue.has("inf") and infinitive is not None:
        to = next(c for c in infinitive.children if c.dep_ == "aux" and c.lower_ == "to")
        begin = min([to.i, *(c.i for c in infinitive.children if c.dep_ == "neg")])
        whole = clause_range(infinitive, last, speech)
        content = [(max(begin, last + 1), whole[1])]
        if (
            passive
            and (subject := _passive_subject(token)) is not None
            and not cue.has("obj+inf")
            and not _is_addressed(cue)
        ):
            content.insert(0, noun_range(subject))
        yield "inf", content, None
    below = list(target.children) if target is not None and not passive else []
    for prep in (c for c in [*kids, *below] if c.dep_ in ("prep", "agent", "dative") and c.i > token.i):
        if f"obj+{prep.lower_}" in cue.preps and target is not None:
            yield f"obj+{prep.lower_}", _with_phrase(target, prep, passive), None
    if cue.has("ing"):
        for child in kids:
            if (
                child.tag_ == "VBG"
                and child.dep_ in ("xcomp", "pcomp", "ccomp", "dobj", "advcl")
                and last < child.i <= last + 3
            ):
                yield "ing", [(max(_edges(child)[0], last + 1), _edges(child)[1])], None
    for prep in _preps(kids, token):
        if prep.lower_ in cue.preps and (content := _behind(prep)):
            yield prep.lower_, content, prep
    if cue.has("obj") and target is not None:
        yield "obj", [noun_range(target)], None


def _is_naming(token: Any, frame: str, sources: list[Any]) -> bool:
    """ "A trick called the fork", "the ferry is called Anna" give a name and report nobody."""
    return frame == "small" and not sources and is_passive(token)


def _is_addressed(cue: Cue) -> bool:
    """Whether the verb's object is who is spoken to: "were told to go"."""
    return cue.words[0] in ("tell", "ask", "order", "instruct")


def _clause_child(kids: list[Any], last: int, asks: bool = False) -> Any:
    """The finite clause that is the verb's content, behind it."""
    for child in kids:
        if child.dep_ in _CLAUSES and child.i > last and not _is_to(child):
            finite = child.dep_ == "ccomp" and (child.tag_ != "VBG" or _own_subject(child) is not None)
            marked = any(c.dep_ == "mark" and c.lower_ in ("that", "whether") for c in child.children)
            if finite or marked or (asks and any(c.dep_ == "mark" and c.lower_ == "if" for c in child.children)):
                return child
    return None


def _is_to(token: Any) -> bool:
    return any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children)


def _infinitive(kids: list[Any], last: int) -> Any:
    for child in kids:
        if child.dep_ in ("xcomp", "ccomp", "acl", "advcl", "dobj") and child.i > last and _is_to(child):
            return child
    for child in kids:
        if child.dep_ in ("dobj", "dative", "pobj"):
            for grand in child.children:
                if grand.dep_ in ("acl", "relcl") and _is_to(grand) and grand.i > last:
                    return grand
    return None


def _own_subject(token: Any) -> Any:
    return next((c for c in token.children if c.dep_ in ("nsubj", "nsubjpass", "expl")), None)


def _target(kids: list[Any], passive: bool, token: Any, reach: list[Any]) -> Any:
    """What is spoken of: the object, or the subject of a passive."""
    if passive:
        return _passive_subject(token)
    if reach[-1].pos_ == "ADP" and (governed := [c for c in reach[-1].children if c.dep_ == "pobj"]):
        return governed[0]
    found = [c for c in kids if c.dep_ in _OBJECTS and c.pos_ != "ADP" and c not in reach and c.i > token.i]
    return next((c for c in found if not _is_time(c)), None)


def _is_time(token: Any) -> bool:
    return token.ent_type_ in ("DATE", "TIME") or token.dep_ == "npadvmod"


def _passive_subject(token: Any) -> Any:
    for child in token.children:
        if child.dep_ == "nsubjpass":
            return None if child.lower_ in ("it", "there") and _clause_child(list(token.children), token.i) else child
    if token.dep_ in ("acl", "relcl") and token.head.pos_ in ("NOUN", "PROPN", "PRON"):
        return token.head
    objects = verb(token).objects
    return objects[0] if objects and objects[0].i < token.i else None


def _joined(target: Any, infinitive: Any, passive: bool, speech: frozenset[str]) -> list[Range]:
    """Object and infinitive as one stretch, in two pieces where the verb stands between them."""
    subject = _own_subject(infinitive)
    first, last = clause_range(infinitive, -1, speech)
    if target is None:
        return [(first, last)]
    lead = noun_range(target)
    if passive or lead[0] > first or (subject is not None and subject.i == target.i):
        return [lead, (first, last)] if lead[1] <= first else [(first, last)]
    return [(lead[0], max(last, lead[1]))]


def _small(kids: list[Any], token: Any, passive: bool, target: Any) -> list[Range]:
    """ "Called the deal a mistake", "was called a mistake"."""
    named = [c for c in kids if c.dep_ in ("oprd", "acomp", "attr") and c.i > token.i]
    named += [c for c in kids if c.dep_ == "ccomp" and c.i > token.i and c.pos_ in ("ADJ", "NOUN", "PROPN")]
    if not named:
        objects = [c for c in kids if c.dep_ in ("dobj", "dative") and c.i > token.i]
        named = objects[1:] if len(objects) > 1 else []
    if not named:
        return []
    first, last = _edges(named[-1])
    if passive:
        return (
            [noun_range(target), (max(first, token.i + 1), last)]
            if target is not None and target.i < token.i
            else [(first, last)]
        )
    lead = [c for c in kids if c.dep_ in ("dobj", "dative", "nsubj") and token.i < c.i < named[-1].i]
    return [(min([first, *(_edges(c)[0] for c in lead)]), last)]


def _with_phrase(target: Any, prep: Any, passive: bool) -> list[Range]:
    """Object and prepositional phrase."""
    lead, phrase = noun_range(target), _edges(prep)
    if passive or lead[1] <= phrase[0] - 6 or lead[0] > phrase[0]:
        return sorted([lead, phrase]) if lead[1] <= phrase[0] or phrase[1] <= lead[0] else [phrase]
    return [(lead[0], max(lead[1], phrase[1]))]


def _preps(kids: list[Any], token: Any) -> list[Any]:
    """Prepositions and particles behind a verb, in order."""
    return sorted(
        (c for c in kids if c.dep_ in ("prep", "prt", "dative", "agent") and c.i > token.i), key=lambda c: c.i
    )


def _behind(prep: Any) -> list[Range]:
    """What a preposition governs, unless it is a time."""
    kids = [
        c for c in prep.children if c.dep_ in ("pobj", "pcomp", "prep", "ccomp") and c.i > prep.i and not _is_time(c)
    ]
    if not kids:
        return []
    return [(min(_edges(c)[0] for c in kids), max(noun_range(c)[1] for c in kids))]


def is_passive(token: Any) -> bool:
    """Whether a verb is passive: with its auxiliary, an agent, or as a bare participle behind a noun."""
    if any(c.dep_ in ("auxpass", "nsubjpass", "agent") for c in token.children):
        return True
    if token.tag_ == "VBN" and not any(c.dep_ == "aux" and c.lemma_ == "have" for c in token.children):
        if token.dep_ == "acl" or (token.dep_ == "advcl" and token.left_edge.i == token.i):
            return True
        return token.dep_ == "conj" and token.head.tag_ == "VBN" and token.head != token and is_passive(token.head)
    return False


def speakers(token: Any, speech: frozenset[str] = frozenset()) -> list[Any]:
    """Heads of who speaks, as they stand: relative pronouns are left to the caller."""
    if (over := governor(token, speech)) is not None:
        return speakers(over, speech)
    if is_passive(token):
        return _agents(token)
    own = [c for c in token.children if c.dep_ == "nsubj"]
    if own:
        return [] if own[0].lower_ in ("it", "there") and _is_empty_it(token) else listed(own[0])
    if any(c.dep_ in ("expl", "csubj") for c in token.children):
        return []
    if token.dep_ in ("advcl", "conj", "dep", "parataxis") and token.head.pos_ in ("VERB", "AUX"):
        taken = [c for c in token.head.children if c.dep_ in ("nsubj", "nsubjpass")]
        if taken:
            return listed(taken[0])
        if token.dep_ == "conj":
            return speakers(token.head)
    return list(verb(token).subjects) or _subject_above(token)


def speaker_range(token: Any) -> Range:
    """A speaker's noun phrase without the time that the parse hangs on it: "Suva on Friday asked"."""
    first, last = noun_range(token)
    for child in token.children:
        if child.dep_ == "prep" and child.i > token.i and any(c.ent_type_ in ("DATE", "TIME") for c in child.children):
            last = min(last, child.i)
    return first, max(last, token.i + 1)


def _agents(token: Any) -> list[Any]:
    """Who does what a passive verb says: "by the envoy"."""
    by = [c for c in token.children if c.dep_ == "agent" or (c.dep_ == "prep" and c.lower_ == "by")]
    return [t for c in by for g in c.children if g.dep_ == "pobj" for t in spread(g)]


def listed(token: Any) -> list[Any]:
    """A head with those coordinated, also where the parse takes a list for an apposition: "Washington, Tokyo and
    their allies claim", which no comma closes."""
    found = spread(token)
    for child in token.children:
        behind = child.right_edge.i + 1
        closed = behind < len(token.doc) and token.doc[behind].text in _PUNCT
        if child.dep_ == "appos" and not closed and any(c.dep_ == "conj" for c in child.children):
            found += spread(child)
    return sorted(found, key=lambda t: int(t.i))


def _subject_above(token: Any) -> list[Any]:
    """The nearest subject further up, for a finite verb that the parse leaves without one."""
    if token.tag_ not in ("VBD", "VBZ", "VBP"):
        return []
    for node in token.ancestors:
        found = [c for c in node.children if c.dep_ == "nsubj" and c.i < token.i and c.lower_ not in ("it", "there")]
        if found:
            return spread(found[0])
    return []


def _is_empty_it(token: Any) -> bool:
    """ "It seems that", "it was unclear": nobody speaks."""
    subject = next((c for c in token.children if c.dep_ == "nsubj"), None)
    return (
        subject is not None
        and subject.lower_ in ("it", "there")
        and token.lemma_ in _BE | {"appear", "turn", "emerge", "follow"}
    )


def _cue_range(token: Any, tail: list[Any]) -> Range:
    """The verb with auxiliaries, negation, adverbs among them, particle and further words of the cue."""
    parts = [c.i for c in token.children if c.dep_ in ("aux", "auxpass", "neg") and c.i < token.i]
    first = min([token.i, *parts])
    if any(t.dep_ in ("nsubj", "nsubjpass") or t.text in _PUNCT for t in token.doc[first : token.i]):
        first = token.i
    ends = [t.i for t in tail] + [c.i for c in token.children if c.dep_ == "prt" and c.i == token.i + 1]
    return first, max([token.i, *ends]) + 1


# Nouns


def _noun_content(token: Any, cue: Cue, speech: frozenset[str], light: Any) -> tuple[str, list[Range], Any] | None:
    """(frame, content, preposition) of a reporting noun."""
    for child in token.children:
        if child.dep_ in ("acl", "ccomp", "relcl", "appos", "dep") and child.i > token.i:
            marks = {c.lower_ for c in child.children if c.dep_ == "mark"}
            if cue.has("clause") and (marks & {"that", "whether"} or _is_whole(child)):
                return "clause", [clause_range(child, token.i, speech)], None
            if cue.has("inf") and child.dep_ in ("acl", "relcl") and _is_to(child) and not _is_purpose(token):
                return "inf", [_edges(child)], None
    if cue.has("clause") and token.dep_ in ("nsubj", "dobj") and (found := _said_of(token, speech)) is not None:
        return "clause", [found], None
    near = [c for c in light.children if c.i <= token.right_edge.i + 2] if light is not None else []
    for child in [*token.children, *near]:
        if child.dep_ == "prep" and child.lower_ in cue.preps and child.i > token.i and (content := _behind(child)):
            return child.lower_, content, child
    return None


def _is_whole(clause: Any) -> bool:
    """Whether a clause behind "that" lacks nothing, so that it tells what a noun says though the parse takes it for a
    relative clause: "the assurance that gas would flow", not "the claim that he made"."""
    thats = [c for c in clause.children if c.lower_ == "that" and c.dep_ in ("dobj", "nsubj", "pobj")]
    own = [c for c in clause.children if c.dep_ in ("nsubj", "nsubjpass") and c.lower_ != "that"]
    if not thats or not own:
        return False
    kids = {c.dep_ for c in clause.children if c.i != thats[0].i}
    full = bool(kids & {"acomp", "attr", "auxpass", "ccomp", "dobj", "xcomp"})
    return full or thats[0].dep_ != "dobj" or any(c.tag_ == "MD" for c in clause.children)


def _is_purpose(token: Any) -> bool:
    """ "In order to"."""
    return bool(token.lower_ == "order" and token.i and token.doc[token.i - 1].lower_ == "in")


def _said_of(token: Any, speech: frozenset[str]) -> Range | None:
    """ "The claim is that ...", "made the point that ..." with the clause hung on the verb."""
    up = token.head
    for child in up.children:
        if (
            child.dep_ in ("ccomp", "advcl")
            and child.i > max(token.i, up.i)
            and any(c.dep_ == "mark" and c.lower_ == "that" for c in child.children)
        ):
            if token.dep_ == "nsubj" and up.lemma_ != "be":
                continue
            if token.dep_ == "dobj" and child.left_edge.i - token.i > 6:
                continue
            return clause_range(child, max(token.i, up.i), speech)
    return None


def _carrier(token: Any) -> Any:
    """The verb whose object a noun is."""
    while token.dep_ == "conj":
        token = token.head
    if token.dep_ in ("dobj", "nsubjpass", "attr", "oprd") and token.head.pos_ in ("VERB", "AUX"):
        return token.head
    if token.dep_ == "pobj" and token.head.head.pos_ == "VERB" and token.head.lower_ in ("in", "with", "to"):
        return token.head.head
    return None


def _noun_sources(token: Any, prep: Any, light: Any) -> list[Any]:
    """Whose claim, promise or view it is: possessor, "by" or "from" phrase, carrier's subject, people or state in
    front of the noun."""
    for child in token.children:
        if child.dep_ == "poss":
            return spread(child)
    for child in token.children:
        if (
            child.dep_ == "prep"
            and child.lower_ in ("by", "from", "among", "of")
            and (prep is None or child.i != prep.i)
        ):
            found = [t for g in child.children if g.dep_ == "pobj" for t in spread(g)]
            if found and (child.lower_ != "of" or child.i == token.i + 1):
                return found
    if light is not None:
        return speakers(light)
    front = [
        c
        for c in token.children
        if c.dep_ in ("compound", "amod", "nmod") and c.ent_type_ in ("GPE", "NORP", "ORG", "PERSON")
    ]
    return front[:1]


def _phrase(token: Any, cue: Cue) -> Report | None:
    """A phrase with its source behind it, or as possessor inside it."""
    doc, n = token.doc, len(cue.words)
    if [t.lower_ for t in doc[token.i : token.i + n]] == list(cue.words):
        heads = [g for g in doc[token.i + n - 1].children if g.dep_ in ("pobj", "pcomp")]
        range_ = (token.i, token.i + n)
    else:
        noun = cue.words[-2] if cue.words[-1] == "of" and n > 2 else None
        owned = [t for t in doc[token.i + 1 : token.i + 12] if t.lower_ in (noun, f"{noun}s") and t.head.i == token.i]
        heads = [g for t in owned[:1] for g in t.children if g.dep_ == "poss"]
        range_ = (token.i, owned[0].i + 1) if owned else (token.i, token.i + 1)
    if not heads:
        return None
    return Report(token, range_, cue, [t for h in heads[:1] for t in spread(h)], [], "source")


# Adjectives


def _of_adjective(token: Any, tail: list[Any], cue: Cue, speech: frozenset[str]) -> Report | None:
    """ "Is confident that", "was critical of"."""
    up = token.head
    while token.dep_ == "conj" and up.dep_ == "conj":
        up = up.head
    linked = token.dep_ in ("acomp", "oprd", "attr", "ROOT", "ccomp", "conj", "prep") or (
        token.pos_ == "VERB" and is_passive(token)
    )
    if token.pos_ == "VERB" and not (token.dep_ in ("acomp", "oprd", "amod") or is_passive(token)):
        return None
    if not linked and token.dep_ not in ("amod", "acl", "advcl", "appos"):
        return None
    reach = [token, *tail]
    kids = [c for node in reach for c in node.children]
    if up.pos_ in ("AUX", "VERB") and token.dep_ in ("acomp", "oprd", "attr"):
        kids += [c for c in up.children if c.i > token.i]
    found = _adjective_content(kids, reach[-1].i, cue, speech)
    if found is None:
        return None
    frame, content, prep = found
    be = up if up.pos_ in ("AUX", "VERB") and token.dep_ != "conj" else None
    last = max(t.i for t in [*reach, prep] if t is not None and t.i <= reach[-1].i + 1) + 1
    first = token.i
    if be is not None and 0 < token.i - be.i <= _GAP:
        first = _cue_range(be, [])[0]
    return Report(token, (first, last), cue, _bearers(token, be), content, frame)


def _adjective_content(
    kids: list[Any], last: int, cue: Cue, speech: frozenset[str]
) -> tuple[str, list[Range], Any] | None:
    clause = _clause_child(kids, last)
    if cue.has("clause") and clause is not None:
        return "clause", [clause_range(clause, last, speech)], None
    infinitive = _infinitive(kids, last)
    if cue.has("inf") and infinitive is not None:
        return "inf", [_edges(infinitive)], None
    for prep in kids:
        if prep.dep_ == "prep" and prep.lower_ in cue.preps and prep.i > last and (content := _behind(prep)):
            return prep.lower_, content, prep
    return None


def _bearers(token: Any, be: Any) -> list[Any]:
    if token.pos_ == "VERB":
        own = [c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")]
        if own:
            return spread(own[0])
    if be is not None:
        found = [c for c in be.children if c.dep_ in ("nsubj", "nsubjpass")]
        if found:
            return spread(found[0]) if found[0].lower_ not in ("it", "there") else []
        up = verb(be)
        return list(up.subjects or up.objects)
    if token.dep_ in ("amod", "acl", "appos") and token.head.pos_ in ("NOUN", "PROPN", "PRON"):
        return [token.head]
    return []


# Ranges


def _edges(token: Any) -> Range:
    """A phrase from its first to its last word, without marks at the border."""
    return trim(token.doc, token.left_edge.i, token.right_edge.i + 1)


def trim(doc: Any, first: int, last: int) -> Range:
    """A range without commas, stops and dashes at its ends; quotation marks and brackets stay."""
    while last - 1 > first and doc[last - 1].lower_ in (",", ".", ";", ":", "-", "--", "–", "—", "and", "but", "or"):
        last -= 1
    while first < last - 1 and doc[first].text in (",", ".", ";", ":", "-", "--", "–", "—"):
        first += 1
    return first, last


def noun_range(token: Any) -> Range:
    """A noun phrase without a relative clause set off by a comma, or what follows it."""
    first, last = token.left_edge.i, token.right_edge.i + 1
    for child in token.subtree:
        loose = child.dep_ in ("relcl", "advcl", "acl", "parataxis", "prep") and child.left_edge.i > token.i
        if loose and child.left_edge.i > first and token.doc[child.left_edge.i - 1].text in (",", "—", "–", "--"):
            last = min(last, child.left_edge.i)
    return trim(token.doc, first, last)


def clause_range(clause: Any, after: int, speech: frozenset[str]) -> Range:
    """A content clause behind token `after`, up to where another report begins in its tail."""
    first, last = max(clause.left_edge.i, after + 1), clause.right_edge.i + 1
    for token in clause.subtree:
        if (
            token.i > max(clause.i, after)
            and token.i < last
            and (end := _new_report(token, clause, speech)) is not None
        ):
            last = end
            break
    return trim(clause.doc, first, max(last, first + 1))


def _new_report(token: Any, clause: Any, speech: frozenset[str]) -> int | None:
    """Where the tail of a content clause turns to another report: ", adding that", "but said"; else `None`."""
    if token.pos_ != "VERB" or token.lemma_.lower() not in speech:
        return None
    begin = int(token.left_edge.i)
    if token.dep_ == "advcl" and token.tag_ == "VBG" and token.doc[begin - 1].text == ",":
        return begin - 1
    if (over := governor(token, speech)) is not None and (over == clause.head or _is_to(clause)):
        return int(max((c.i for c in token.head.children if c.dep_ == "cc" and c.i < token.i), default=begin))
    return None


def governor(token: Any, speech: frozenset[str]) -> Any:
    """The verb that a reporting verb is coordinated with although the parse hangs it into that verb's content:
    "announced that the base had closed and asked ...", "urged Oslo to wait and threatened ..."; else `None`."""
    if token.dep_ != "conj" or token.tag_ not in ("VBD", "VBN", "VBZ", "VBP") or token.lemma_.lower() not in speech:
        return None
    if any(c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass") for c in token.children):
        return None
    inner = token.head
    while inner.dep_ == "conj" and inner.head.pos_ in ("VERB", "AUX"):
        inner = inner.head
    outer = inner.head
    if inner.i < outer.i or outer.pos_ not in ("VERB", "AUX"):
        return None
    if _is_to(inner) and inner.dep_ in ("xcomp", "ccomp", "advcl"):
        return outer
    fits = inner.dep_ == "ccomp" and token.tag_ != "VBN" and outer.lemma_.lower() in speech and outer.tag_ == token.tag_
    return outer if fits and _turns(token, inner) else None


def _turns(token: Any, inner: Any) -> bool:
    """Whether a verb coordinated with a content clause fits the reporter better than the clause's own subject."""
    subject = _own_subject(inner)
    adverse = any(c.dep_ == "cc" and c.lower_ == "but" for c in token.head.children)
    shifted = any(c.dep_ == "aux" and c.tag_ in ("VBD", "VBZ", "MD") for c in token.head.children)
    return adverse or shifted or (subject is not None and subject.pos_ == "NOUN" and subject.ent_type_ == "")


def _relative(clause: Any, token: Any) -> list[Range]:
    """The relative pronoun that belongs to the content: "which, she said, was lost"."""
    return [
        (t.i, t.i + 1) for t in clause.subtree if t.i < token.i and t.tag_ in ("WDT", "WP") and token.dep_ == "relcl"
    ][:1]
