"""Who does what to whom in a sentence: predicates with their arguments, read off the dependency parse.

Labels are those of spaCy's English pipelines (ClearNLP style). Arguments are head tokens, coordinations spread out;
passives, relative clauses, participles, control and shared subjects are undone, so that `subjects` are those who act.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

SUBJECT = frozenset({"nsubj", "csubj", "expl"})
PASSIVE = frozenset({"nsubjpass", "csubjpass"})
# Verbs whose object, not subject, does what the infinitive says.
OBJECT_CONTROL = frozenset(
    "allow ask authorise authorize ban beg call convince demand direct enable encourage expect force get help instruct "
    "invite let make need order permit persuade press pressure push recommend remind request require tell urge want "
    "warn advise appeal block bar prevent stop prohibit accuse blame condemn criticise criticize suspect charge".split()
)
# Verbs that add little but tense and parties to the event their object names.
LIGHT = frozenset(
    "hold make give take have pay launch stage carry conduct impose reach sign conclude issue mount open lodge file "
    "do begin start resume continue host stage receive offer provide deliver undertake wage perform commit enter attend "
    "join lead order execute announce engage deploy declare call suffer face place put set lay pursue".split()
)


_QUANTITIES = frozenset(
    "number part section half day week round wave worth dozen hundred thousand group series couple lot scores score "
    "million majority pair batch one some most many".split()
)
_PARTICLES = frozenset({"out", "away", "back", "off", "up", "down", "aside"})
# Prepositions that a date or place does not take.
_LOOSE = frozenset({"between", "among", "with", "against", "by", "alongside", "on", "in", "at", "over", "to", "from"})


@dataclass(slots=True)
class Argument:
    """A head token in a role; `prep` is the preposition it hangs on, `None` for a bare argument."""

    token: Any
    prep: str | None = None


@dataclass
class Predicate:
    """One word that may name an event, with its arguments."""

    head: Any
    kind: str
    subjects: list[Any] = field(default_factory=list)
    objects: list[Any] = field(default_factory=list)
    obliques: list[Argument] = field(default_factory=list)
    modifiers: list[Any] = field(default_factory=list)
    particle: str | None = None
    xcomp: Any = None
    ccomp: Any = None
    gerund: Any = None
    passive: bool = False
    light: Any = None

    @property
    def lemma(self) -> str:
        return str(self.head.lemma_).lower()

    @cached_property
    def preps(self) -> dict[str, list[Any]]:
        """Prepositional arguments by preposition."""
        found: dict[str, list[Any]] = {}
        for arg in self.obliques:
            found.setdefault(arg.prep or "", []).append(arg.token)
        return found

    @cached_property
    def tokens(self) -> list[int]:
        """The trigger's tokens: light verb, head, particle."""
        found = {self.head.i}
        if self.light is not None:
            found.add(self.light.i)
        found |= {c.i for c in self.head.children if c.dep_ == "prt"}
        return sorted(found)


def spread(token: Any) -> list[Any]:
    """A head and those coordinated with it, in order."""
    found = [token]
    for child in token.children:
        if child.dep_ == "conj":
            found += spread(child)
    return found


def of_head(token: Any) -> Any:
    """The head a quantity or group word stands for: "dozens of soldiers" is about soldiers."""
    if token.lemma_.lower() in _QUANTITIES or token.pos_ == "NUM":
        for child in token.children:
            if child.dep_ == "prep" and child.lower_ == "of":
                for grand in child.children:
                    if grand.dep_ == "pobj":
                        return grand
    return token


def predicates(doc: Any, first: int, last: int) -> list[Predicate]:
    """The predicates of tokens `first` to `last` (a sentence), in text order. They are kept with the document, for all
    stations that ask: do not change them."""
    kept: dict[Any, Any] = doc.user_data
    key = ("communique predicates", first, last)
    if key not in kept:
        kept[key] = _predicates(doc, first, last)
    return kept[key]  # type: ignore[no-any-return]


def _predicates(doc: Any, first: int, last: int) -> list[Predicate]:
    found = []
    for token in doc[first:last]:
        if token.pos_ == "VERB" or (token.pos_ == "AUX" and token.dep_ not in ("aux", "auxpass")):
            found.append(verb(token))
        elif token.pos_ == "NOUN" or (token.pos_ == "PROPN" and token.ent_type_ in ("", "EVENT")):
            found.append(noun(token))
        elif token.pos_ == "ADJ" and token.dep_ in ("acomp", "oprd", "attr", "amod"):
            found.append(adjective(token))
    return found


def verb(token: Any) -> Predicate:
    """The predicate of a verb, kept with its document."""
    kept: dict[Any, Any] = token.doc.user_data
    key = ("communique verb", token.i)
    if key not in kept:
        kept[key] = _verb(token)
    return kept[key]  # type: ignore[no-any-return]


def _verb(token: Any) -> Predicate:
    p = Predicate(token, "verb")
    for child in token.children:
        dep = child.dep_
        if dep in SUBJECT and _small_clause(token):
            # "ordered her passport revoked"
            p.passive = True
            p.objects += spread(child)
        elif dep in SUBJECT:
            p.subjects += spread(child)
        elif dep in PASSIVE:
            p.passive = True
            p.objects += spread(child)
        elif dep == "agent":
            p.passive = True
            p.subjects += [t for g in child.children if g.dep_ == "pobj" for t in spread(g)]
        elif dep in ("dobj", "dative", "oprd", "attr") and child.pos_ != "ADP":
            p.objects += spread(child)
        elif dep in ("prep", "dative"):
            p.obliques += oblique(child)
            if child.lower_ in _PARTICLES and any(c.dep_ == "prep" for c in child.children):
                # "driven out of Niger", "pulled back from the border"
                p.particle = p.particle or child.lower_
        elif dep == "auxpass":
            p.passive = True
        elif dep == "prt" or (dep == "advmod" and child.lower_ in _PARTICLES and child.i > token.i):
            p.particle = p.particle or child.lower_
            p.obliques += [a for c in child.children if c.dep_ == "prep" for a in oblique(c)]
        elif dep == "advmod" and child.i > token.i:
            # "pushed further into", "stayed away from"
            p.obliques += [a for c in child.children if c.dep_ == "prep" for a in oblique(c)]
        elif dep == "xcomp":
            if child.tag_ == "VBG":
                p.gerund = child
            else:
                p.xcomp = child
        elif dep == "ccomp":
            if child.i > token.i and any(c.lower_ == "to" and c.dep_ == "aux" for c in child.children):
                p.xcomp = child
                if not p.objects:
                    p.objects = [s for c in child.children if c.dep_ in SUBJECT for s in spread(c)]
            else:
                p.ccomp = child
                if child.tag_ == "VBG" and not any(c.dep_ in ("aux", "mark") for c in child.children):
                    # "accept refugees fleeing the war"
                    p.objects = p.objects or [s for c in child.children if c.dep_ in SUBJECT for s in spread(c)]
        if dep in ("advcl", "ccomp", "xcomp") and any(c.lower_ == "for" and c.dep_ == "mark" for c in child.children):
            # "called for the troops to leave"
            p.obliques.append(Argument(child, "for"))
            p.xcomp = child
    _inherit(p)
    p.subjects = [_not_a_day(of_head(_antecedent(t))) for t in p.subjects]
    p.objects = [of_head(_antecedent(t)) for t in p.objects]
    return p


def _small_clause(token: Any) -> bool:
    return (
        token.tag_ == "VBN"
        and token.dep_ in ("ccomp", "xcomp")
        and all(c.dep_ not in ("aux", "auxpass", "mark") for c in token.children)
    )


def _not_a_day(token: Any) -> Any:
    """ "Chad Friday closed the border": parsers make the day the subject."""
    if token.ent_type_ == "DATE" and token.pos_ == "PROPN":
        return next((c for c in token.children if c.dep_ in ("compound", "nmod", "amod") and c.pos_ == "PROPN"), token)
    return token


def oblique(prep: Any) -> list[Argument]:
    """The arguments of a preposition; "on behalf of X" also gives X under "of". What parsers hang on a date or place
    ("a summit in March between A and B") belongs further up and is given as well."""
    found = []
    for child in prep.children:
        if child.dep_ == "pobj":
            found += [Argument(of_head(t), prep.lower_) for t in spread(child)]
            if child.ent_type_ in ("DATE", "TIME", "GPE", "LOC", "FAC") and prep.lower_ not in (
                "between",
                "among",
                "with",
            ):
                found += [a for c in child.children if c.dep_ == "prep" and c.lower_ in _LOOSE for a in oblique(c)]
        elif child.dep_ == "pcomp":
            found.append(Argument(child, prep.lower_))
        elif child.dep_ == "prep":
            found += oblique(child)
    return found or _stranded(prep)


def _stranded(prep: Any) -> list[Argument]:
    """What stands behind a preposition that the parse leaves with nothing: the noun phrase that begins there."""
    if any(True for _ in prep.children) or prep.pos_ != "ADP":
        return []
    for token in prep.doc[prep.i + 1 : min(prep.i + 9, len(prep.doc))]:
        if token.pos_ in ("VERB", "AUX", "PUNCT"):
            return []
        if token.pos_ in ("NOUN", "PROPN") and token.left_edge.i == prep.i + 1:
            return [Argument(of_head(t), prep.lower_) for t in spread(token)]
    return []


def _antecedent(token: Any) -> Any:
    """What a relative pronoun stands for."""
    if token.tag_ in ("WDT", "WP") or (token.lower_ == "that" and token.dep_ in ("nsubj", "dobj", "nsubjpass")):
        node = token
        while node.head != node and node.dep_ != "relcl":
            node = node.head
        if node.dep_ == "relcl":
            return node.head
    return token


def _inherit(p: Predicate) -> None:
    """Fills a missing subject (or passive object) from where grammar puts it."""
    token, seen = p.head, 0
    while seen < 6 and not (p.subjects or (p.passive and p.objects)):
        seen += 1
        parent, dep = token.head, token.dep_
        if parent == token:
            return
        if dep == "acl" or (dep == "amod" and token.tag_ in ("VBN", "VBG")):
            if p.head.tag_ == "VBN" and token == p.head:
                p.passive = True
                p.objects = p.objects or [parent]
            elif p.head.tag_ == "VBG" or token != p.head:
                p.subjects = [parent]
            elif any(c.lower_ == "to" for c in p.head.children):
                # "plans to sign", "Tokyo's decision to open": whoever owns the plan
                p.subjects = owners(parent)
            return
        if dep == "relcl":
            if not any(t.tag_ in ("WDT", "WP") for t in [*p.subjects, *p.objects]):
                p.objects = p.objects or [parent]
            return
        if dep in ("xcomp", "ccomp") and parent.pos_ in ("VERB", "AUX"):
            up = verb(parent)
            if dep == "xcomp" or any(c.lower_ == "to" and c.dep_ == "aux" for c in token.children):
                givers = up.objects if up.objects and up.lemma in OBJECT_CONTROL else up.subjects
                if up.passive:
                    givers = up.objects or up.subjects
                _take(p, givers)
            return
        if dep == "xcomp" and parent.pos_ == "ADJ":
            _take(p, verb(parent.head).subjects if parent.head.pos_ in ("AUX", "VERB") else [])
            return
        if dep == "conj" and parent.pos_ in ("VERB", "AUX"):
            if token.tag_ in ("VBD", "VBZ", "VBP") and parent.tag_ == "VB" and parent.head.pos_ == "VERB":
                # "urged Chile to withdraw and threatened ...": a finite verb goes on from the finite one
                parent = parent.head
            up = verb(parent)
            _take(p, (up.objects if up.passive and not up.subjects else up.subjects) or up.objects[:0])
            if p.subjects or p.objects:
                return
            token = parent
            continue
        if dep in ("advcl", "pcomp", "prep", "dep"):
            token = parent
            if parent.pos_ in ("VERB", "AUX"):
                up = verb(parent)
                if up.lemma in OBJECT_CONTROL and up.objects and dep != "advcl":
                    # "accused Russia of attacking", "barred the envoy from entering"
                    _take(p, up.objects)
                else:
                    _take(p, (up.objects if up.passive and not up.subjects else up.subjects))
                return
            if parent.pos_ in ("NOUN", "PROPN") and dep != "pcomp":
                p.subjects = owners(parent)
                return
            continue
        return


def _take(p: Predicate, givers: list[Any]) -> None:
    if p.passive:
        p.objects = p.objects or list(givers)
    else:
        p.subjects = list(givers)


def owners(noun_token: Any) -> list[Any]:
    """Whose plan, decision or visit a noun names: possessor, "by" or "of" phrase, else the subject of its verb."""
    found = [t for c in noun_token.children if c.dep_ == "poss" for t in spread(c)]
    found = found or [
        a.token for c in noun_token.children if c.dep_ == "prep" and c.lower_ in ("by", "of") for a in oblique(c)
    ]
    found = found or [
        c for c in noun_token.children if c.dep_ in ("amod", "compound") and c.ent_type_ in ("GPE", "NORP", "ORG")
    ]
    if not found and noun_token.dep_ in ("dobj", "attr") and noun_token.head.pos_ in ("VERB", "AUX"):
        found = [_antecedent(t) for c in noun_token.head.children if c.dep_ in SUBJECT for t in spread(c)]
    return found


def noun(token: Any) -> Predicate:
    """The predicate of a noun: "Seoul's ban on imports", "talks between A and B", "Turkish airstrikes on"."""
    p = Predicate(token, "noun")
    for child in token.children:
        if child.dep_ == "poss":
            p.subjects += spread(child)
        elif child.dep_ in ("amod", "compound", "nmod"):
            p.modifiers.append(child)
        elif child.dep_ == "prep":
            args = oblique(child)
            if child.lower_ == "by":
                p.subjects += [a.token for a in args]
            else:
                p.obliques += args
        elif child.dep_ in ("acl", "relcl", "advcl") and any(c.lower_ == "to" for c in child.children):
            p.xcomp = child
            if any(c.lower_ == "for" and c.dep_ == "mark" for c in child.children):
                # "calls for the president to leave"
                p.obliques.append(Argument(child, "for"))
        elif child.dep_ == "acl" and child.tag_ == "VBN":
            p.subjects += [a.token for g in child.children if g.dep_ == "agent" for a in oblique(g)]
        elif child.dep_ in ("ccomp", "relcl") and any(c.lower_ == "that" and c.dep_ == "mark" for c in child.children):
            p.ccomp = child
    _light(p)
    return p


def _light(p: Predicate) -> None:
    """Joins a light verb: its subject acts, its prepositional phrases belong to the noun."""
    token = p.head
    while token.dep_ == "conj":
        token = token.head
    if token.dep_ == "pobj" and token.head.lower_ == "of" and of_head(token.head.head) == token:
        # "launched ten days of war games"
        token = token.head.head
    parent = token.head
    if parent.pos_ == "ADP" and parent.head.pos_ == "VERB" and parent.lower_ in ("in", "to", "out", "into"):
        parent, via_prep = parent.head, True
    else:
        via_prep = False
    if parent.pos_ != "VERB" or (token.dep_ not in ("dobj", "nsubjpass", "pobj", "oprd")):
        return
    if parent.lemma_.lower() not in LIGHT:
        return
    up = verb(parent)
    p.light = parent
    p.passive = up.passive
    inherited = [t for t in up.subjects if t.i != token.i]
    if not via_prep or parent.lemma_.lower() in ("engage", "enter", "take"):
        p.subjects = p.subjects or inherited
    p.obliques += [a for a in up.obliques if a.token.i != token.i]


def adjective(token: Any) -> Predicate:
    """The predicate of an adjective behind "be": "was critical of"."""
    p = Predicate(token, "adj")
    if token.head.pos_ in ("AUX", "VERB"):
        up = verb(token.head)
        p.subjects = up.subjects or up.objects
        p.obliques += up.obliques
    for child in token.children:
        if child.dep_ == "prep":
            p.obliques += oblique(child)
        elif child.dep_ == "xcomp":
            p.xcomp = child
        elif child.dep_ == "ccomp":
            p.ccomp = child
    return p
