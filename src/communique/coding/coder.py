"""Article to coded report: the stations in their order, and what they found put together.

`Coder().code(text_or_article)` is a pure function: the same article, tables and model give the same record, with no
database and no network. Every span is checked against the text before it leaves.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal

from communique import __version__, ties
from communique.codebook import CLASS_CODES, Codebook, current
from communique.coding.actors import ActorStation, Mention, Mentions
from communique.coding.dates import DateStation
from communique.coding.encoder import Encoder, Heard
from communique.coding.events import Draft, EventStation
from communique.coding.facts import FactStation
from communique.coding.heads import HeadStation, View
from communique.coding.parse import DEFAULT_MODEL, Parsed, load, parse, tense_is_past
from communique.coding.places import PlaceStation
from communique.coding.speech import SpeechStation, speaking
from communique.coding.stance import StanceStation
from communique.coding.voice import Attribution, Attributions, VoiceStation
from communique.errors import CallError
from communique.model import (
    Actor,
    Article,
    CodedReport,
    Event,
    Form,
    Place,
    Reason,
    Span,
    Statement,
    Status,
    Voice,
    When,
    make_id,
)

__all__ = ["Coder"]

# A time or place belongs to the verb above it; these prepositions say where something took place.
_WHERE = frozenset({"in", "at", "near", "outside", "inside", "around", "across", "off", "on", "from", "to", "into"})
_AT = frozenset({"in", "at", "near", "outside", "inside", "around", "across", "off", "on"})
# What stands behind these is not the event's own time, but a bound of it.
_BOUNDS = frozenset({"before", "ahead", "prior", "until", "till", "after", "following"})
# A place belongs to an event at most so many nouns above it: "signed a pact in Quito", not "criticised plans for an
# office in Quito".
_NEAR = 1
# Acts that fall on the people of a place where nobody else is named.
_FALLS_ON = frozenset({"ASSAULT", "COERCE"})
_PLURAL_SELF = frozenset({"we", "us", "our", "ours", "ourselves"})
_FIRST_PERSON = _PLURAL_SELF | {"i", "me", "my", "mine", "myself"}
_HISTORICAL = timedelta(days=365)


class Coder:
    """Reads reports. `model`: any installed spaCy pipeline with a parser; `codebook`: the tables to code by; `kind`:
    lexicon and encoder together (`"accurate"`), or the lexicon alone (`"fast"`).

        >>> report = Coder().code("Japan and Australia signed a defence pact in Canberra on 6 January 2022.")
        >>> report.events[0].type
        'SUPPORT'

    One coder reads any number of reports, one after the other.
    """

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        codebook: Codebook | None = None,
        kind: Literal["fast", "accurate"] = "accurate",
    ) -> None:
        self.book = (codebook or current()).verified()
        self.model = model
        with _no_garbage():
            self.nlp = load(model)
            self.dates = DateStation(self.book)
            self.places = PlaceStation(self.book)
            self.actors = ActorStation(self.book)
            self.events = EventStation(self.book)
            self.voices = VoiceStation(self.book)
            self.speech = SpeechStation(self.book, self.events)
            self.facts = FactStation(self.book, self.events)
            self.stance = StanceStation(self.book)
            self.heads = HeadStation(self.book, self.events, Encoder()) if kind == "accurate" else None

    @property
    def version(self) -> str:
        """What decides a coding: program version, checksum of the tables, language model, encoder."""
        parts = [__version__, self.book.checksum[:12], f"{self.model}-{self.nlp.meta.get('version', '')}"]
        return "+".join([*parts, "fast" if self.heads is None else f"accurate-{self.heads.version}"])

    def code(
        self,
        report: Article | str,
        *,
        title: str | None = None,
        outlet: str | None = None,
        published: str | None = None,
    ) -> CodedReport:
        """All that is in one report. A string is taken as its text; `published` is an ISO day. Raises `CallError` where
        it is none."""
        if published is not None:
            try:
                date.fromisoformat(published)
            except ValueError:
                raise CallError(f"published is {published!r}, expected a day as 2024-03-31") from None
        article = (
            report
            if isinstance(report, Article)
            else Article.make(report, title=title, outlet=outlet, published=published)
        )
        if not article.published and article.anchor is None:
            article = replace(article, anchor=self.dates.infer_anchor(article.text))
        reading = Reading(self, self.parse(article))
        return reading.report()

    def status_at(self, parsed: Parsed, token: int) -> Status:
        """The status of what the verb, noun or adjective at this token names."""
        rule = self.events.status.read(parsed.token(token)).status
        number = parsed.sent_of(token)
        heard = self.heads.listen(parsed).get(number) if self.heads is not None else None
        return (
            rule if self.heads is None or heard is None else self.heads.status(View(parsed, number, heard), token, rule)
        )

    def parse(self, article: Article) -> Parsed:
        """The article parsed, as all stations read it."""
        return parse(article, self.nlp, self.actors.names.labelled, self.book)

    def find_places(self, parsed: Parsed) -> list[tuple[Place, tuple[int, int]]]:
        """The places named in an article, each with its tokens, exclusive at the end."""
        names = [(parsed.start(e.start), parsed.end(e.end - 1), e.label_) for e in parsed.doc.ents]
        found = []
        for place in self.places.find(parsed.article.text, names):
            tokens = parsed.tokens_within(place.start, place.end)
            if tokens:
                found.append((place, tokens))
        return found


@contextmanager
def _no_garbage() -> Iterator[None]:
    """While a million objects are made that all stay, looking for garbage among them again and again takes a third of
    the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Reading:
    """One article while it is being coded."""

    def __init__(self, coder: Coder, parsed: Parsed) -> None:
        self.coder = coder
        self.parsed = parsed
        self.article = parsed.article
        self.places = coder.find_places(parsed)
        self.mentions: Mentions = coder.actors.find(parsed, self.places)
        self.attributions: Attributions = coder.voices.find(parsed, self.mentions)
        self.mentions = Mentions([*self.mentions.all, *self._first_persons()])
        self.times = self._times()
        self._event_ids: dict[int, str] = {}
        self.heard: dict[int, Heard] = {}
        self.drafts: list[Draft] = coder.events.find(parsed, self.mentions, self._ahead(), self._speakers)
        taken = {t for d in self.drafts for t in d.predicate.tokens}
        done = {d.predicate.head.i: d for d in self.drafts if d.inner is None}
        spoken = coder.speech.find(parsed, self.mentions, self.attributions, taken - set(done), self.drafts)
        better = [d for d in spoken if d.predicate.head.i not in done or _says_more(d, done[d.predicate.head.i])]
        replaced = {d.predicate.head.i for d in better}
        self.drafts = [d for d in self.drafts if d.inner is not None or d.predicate.head.i not in replaced]
        self.drafts += better
        if coder.heads is not None:
            self.heard = coder.heads.listen(parsed, self.mentions, self.drafts)
            self.drafts = coder.heads.join(parsed, self.mentions, self.drafts, self.heard)
        else:
            self.drafts.sort(
                key=lambda d: (parsed.sent_of(d.predicate.head.i), -d.score, d.predicate.tokens[0], d.type)
            )

    def report(self) -> CodedReport:
        when_of, where_of = self._attach()
        events: list[Event] = []
        for draft in self.drafts:
            head = draft.predicate.head.i
            event = self._event(draft, when_of.get(head), where_of.get(head))
            events.append(event)
            for token in draft.predicate.tokens:
                self._event_ids.setdefault(token, event.id)
        events = list({e.id: e for e in events}.values())
        claims = tuple(self.coder.facts.find(self))
        found = CodedReport(
            article=self.article,
            events=tuple(events),
            statements=tuple(self._statements()),
            claims=claims,
            ties=tuple(ties.resolve(claims, book=self.coder.book)),
            actors=tuple(m.actor for m in self.mentions.all if _known(m.actor)),
            places=tuple(p for p, _ in self.places),
            times=tuple(w for w, _ in self.times),
        )
        check_spans(found)
        return found

    def _speakers(self, token: int) -> list[Mention]:
        """Who says the words in which this token stands, as mentions."""
        said = self.attributions.voice_at(token)
        if said is None:
            return []
        return [speaking(a, said) for a in said.sources if a.country or a.entity]

    def _first_persons(self) -> list[Mention]:
        """ "I" and "we" in quoted words are who speaks: the person, or the state or body spoken for."""
        found = []
        for said in self.attributions.all:
            if said.kind != "statement" or said.form is Form.INDIRECT or len(said.sources) != 1:
                continue
            speaker = said.sources[0]
            if not (speaker.country or speaker.entity):
                continue
            for first, last in said.content:
                for token in self.parsed.doc[first:last]:
                    if token.lower_ in _FIRST_PERSON and self.attributions.voice_at(token.i) is said:
                        span = self.parsed.span(token.i, token.i + 1)
                        found.append(
                            Mention(token.i, token.i + 1, token.i, _self(speaker, token.lower_, span), "pronoun")
                        )
        return [m for m in found if self.mentions.at(m.first) is None]

    def _times(self) -> list[tuple[When, tuple[int, int]]]:
        """Time expressions with their tokens; those in lines that are not read are left out."""

        def past(offset: int) -> bool | None:
            token = self.parsed.token_at(offset)
            return None if token is None else tense_is_past(self.parsed.token(token))

        found = []
        for when in self.coder.dates.find(self.article.text, self.parsed.published, "news", past):
            tokens = self.parsed.tokens_within(when.start, when.end)
            if tokens:
                found.append((when, tokens))
        return found

    def _ahead(self) -> frozenset[int]:
        """The tokens of which a time after publication is said: from the time up to its clause's verb, unless that
        is told in the past ("announced a summit for July": the summit)."""
        published = self.parsed.published
        found: set[int] = set()
        for when, (first, last) in self.times:
            if published is None or when.from_ is None or when.from_ <= published:
                continue
            found |= self._noun_behind(last)
            node = _root(self.parsed, first, last).head
            while node.pos_ not in ("VERB", "AUX") and node.head != node:
                found.add(node.i)
                node = node.head
            if tense_is_past(node) is not True and node.tag_ != "VBN":
                found.add(node.i)
                # the talks in "the talks resume on Friday"
                found |= {c.i for c in node.children if c.dep_ in ("nsubj", "nsubjpass", "dobj") and c.pos_ == "NOUN"}
        return frozenset(found)

    def _attach(self) -> tuple[dict[int, When], dict[int, Place]]:
        """The time and place of each event, by the token of its head."""
        heads = {d.predicate.head.i for d in self.drafts}
        owners = {t: d.predicate.head.i for d in self.drafts for t in d.predicate.tokens}
        for draft in self.drafts:
            if draft.inner is not None:
                for t in draft.inner.tokens:
                    owners.setdefault(t, draft.predicate.head.i)
        when_of: dict[int, When] = {}
        for when, (first, last) in self.times:
            owner = self._named_behind(last, owners) or self._owner(first, last, owners, _BOUNDS)
            if owner is not None:
                when_of.setdefault(owner, when)
        where_of: dict[int, Place] = {}
        for place, (first, last) in self.places:
            root = _root(self.parsed, first, last)
            if root.dep_ == "pobj" and root.head.lower_ in _AT:
                owner = self._owner(first, last, owners, frozenset(), _NEAR)
                if owner is not None:
                    where_of.setdefault(owner, place)
        for draft in self.drafts:
            self._inherit(draft, heads, when_of, where_of)
        return when_of, where_of

    def _named_behind(self, last: int, owners: dict[int, int]) -> int | None:
        """ "The July 11 and 12 NATO summit": the event whose name begins with its time, however it is parsed."""
        doc = self.parsed.doc
        for i in range(last, min(last + 4, len(doc))):
            if doc[i].pos_ not in ("NOUN", "PROPN", "ADJ", "PART"):
                return None
            if i in owners and doc[i].pos_ in ("NOUN", "PROPN"):
                before = doc[self._phrase_start(last)]
                return owners[i] if before.pos_ in ("DET", "PRON", "ADP", "ADJ") or doc[last].tag_ == "POS" else None
        return None

    def _noun_behind(self, last: int) -> set[int]:
        """The noun whose name begins with the time that ends at `last`: "the July 11 NATO summit"."""
        doc = self.parsed.doc
        behind: set[int] = set()
        for i in range(last, min(last + 4, len(doc))):
            if doc[i].pos_ not in ("NOUN", "PROPN", "ADJ", "PART"):
                break
            if doc[i].pos_ == "NOUN":
                behind.add(i)
        return behind

    def _phrase_start(self, last: int) -> int:
        """The token before the time expression that ends at `last`."""
        first = next(start for _, (start, stop) in self.times if stop == last)
        return max(0, first - 1)

    def _owner(
        self, first: int, last: int, owners: dict[int, int], stops: frozenset[str], nouns: int | None = None
    ) -> int | None:
        """The event whose clause holds these tokens: the first event met on the way up the tree. `stops`: prepositions
        that end the way ("ahead of the summit" is not the summit's time); `nouns`: at most so many nouns between."""
        node = _root(self.parsed, first, last)
        passed = 0
        while True:
            if node.i in owners and not first <= node.i < last:
                return owners[node.i]
            if node.head == node or node.lower_ in stops:
                return None
            if node.pos_ in ("NOUN", "PROPN") and not first <= node.i < last:
                passed += 1
                if nouns is not None and passed > nouns:
                    return None
            node = node.head

    def _inherit(self, draft: Draft, heads: set[int], when_of: dict[int, When], where_of: dict[int, Place]) -> None:
        """A noun event inside another event's clause, or a coordinated one, shares its time; a visited place is
        where a visit was."""
        head = draft.predicate.head
        if head.i not in where_of and draft.mode == "visit":
            for token in [*draft.predicate.objects, *draft.predicate.preps.get("to", [])]:
                for place, (first, last) in self.places:
                    if first <= token.i < last:
                        where_of[head.i] = place
        node = head
        for _ in range(3):
            if node.head == node or node.dep_ in ("relcl", "ccomp", "advcl", "acl", "parataxis"):
                return
            if node.dep_ == "conj" and node.pos_ == "VERB" and any(c.dep_ == "nsubj" for c in node.children):
                return
            node = node.head
            if node.i in heads:
                if head.i not in when_of and node.i in when_of:
                    when_of[head.i] = when_of[node.i]
                if head.i not in where_of and node.i in where_of:
                    where_of[head.i] = where_of[node.i]
                return

    def _event(self, draft: Draft, when: When | None, place: Place | None) -> Event:
        parsed = self.parsed
        tokens = draft.predicate.tokens
        head = draft.predicate.head.i
        together = tokens[-1] - tokens[0] <= 4
        trigger = parsed.span(tokens[0], tokens[-1] + 1) if together else parsed.span(head, head + 1)
        first, last = parsed.sents[parsed.sent_of(head)]
        kind = self.coder.book.types[draft.type]
        reasons = list(draft.reasons)
        voice, why = self.voice(head)
        reasons += why
        if voice.kind == "outlet" and voice.stance == "report" and _foretold(draft):
            voice = replace(voice, stance="comment")
            reasons.append(Reason("stance", "coding/coder.py", None, "the outlet's own prediction"))
        for field, mentions in (("actors", draft.actors), ("recipients", draft.recipients)):
            for m in mentions:
                reasons += [Reason(field, r.file, r.line, r.row) for r in m.reasons]
        recipients = tuple(m.actor for m in draft.recipients)
        if not recipients and draft.type in _FALLS_ON and place is not None and place.country is not None:
            # who lives where the blow falls is hit by it
            recipients = (Actor(place.start, place.end, place.text, place.name, place.country, "CVL", None),)
            reasons.append(Reason("recipients", "coding/coder.py", None, "where it falls"))
        intensity = kind.modes.get(draft.mode) if draft.mode else None
        return Event(
            id=make_id("e", self.article.id, draft.type, draft.act, trigger.start, trigger.end, head),
            type=draft.type,
            act=draft.act,
            mode=draft.mode,
            contexts=draft.contexts,
            status=draft.status,
            historical=self._historical(when),
            actors=tuple(m.actor for m in draft.actors),
            recipients=recipients,
            place=place,
            when=when,
            voice=voice,
            trigger=trigger,
            sentence=parsed.span(first, last),
            quad=kind.quad,
            intensity=intensity if intensity is not None else kind.intensity,
            score=draft.score,
            because=tuple(dict.fromkeys(reasons)),
        )

    def when_at(self, token: int) -> When | None:
        """The time said of what this token names: inside its phrase, else in its clause."""
        node = self.parsed.token(token)
        clause = _clause(node)
        nearest = None
        for when, (first, last) in self.times:
            root = _root(self.parsed, first, last)
            if any(a.i == token for a in root.ancestors):
                return when
            if _clause(root).i == clause.i and nearest is None:
                nearest = when
        return nearest

    def event_at(self, token: int) -> str | None:
        """The id of the event that this token triggers."""
        return self._event_ids.get(token)

    def _historical(self, when: When | None) -> bool:
        published = self.parsed.published
        if when is None or when.until is None or published is None:
            return False
        return date.fromisoformat(when.until) <= date.fromisoformat(published) - _HISTORICAL

    def voice(self, token: int) -> tuple[Voice, list[Reason]]:
        """Who vouches for what this token names, and why."""
        said = self.attributions.voice_at(token)
        first, last = self.parsed.sents[self.parsed.sent_of(token)]
        cue = self.coder.stance.cue(self.parsed, first, last, said is None)
        stance = "comment" if cue is not None else "report"
        reasons = [Reason("stance", cue.file, cue.line, cue["cue"])] if cue is not None else []
        if said is None:
            return Voice("outlet", stance=stance), reasons
        sources, via = self.sources(said)
        reasons += list(getattr(said, "reasons", ()))
        return Voice("source", sources, via, self._cue(said), stance), reasons

    def sources(self, said: Attribution) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
        """The speakers and those who pass their words on; speakers nobody codes keep their own words as name."""
        return tuple(said.sources), tuple(said.via)

    def _cue(self, said: Attribution) -> Span | None:
        return self.parsed.span(*said.cue) if said.cue else None

    def _quotes_himself(self, said: Attribution) -> bool:
        """Whether words like "our call for" stand inside a quotation of the same speaker, or of nobody else: he goes on
        speaking there, and nothing new is said."""
        if said.cue is None or said.kind != "statement":
            return False
        outer = self.attributions.voice_at(said.cue[0])
        if outer is None or outer is said or outer.form is not Form.DIRECT:
            return False
        return {a.name for a in said.sources} <= {a.name for a in outer.sources}

    def _statements(self) -> list[Statement]:
        found: list[Statement] = []
        for said in self.attributions.all:
            sources, via = self.sources(said)
            content = tuple(self.parsed.span(*c) for c in said.content)
            if not content or self._quotes_himself(said):
                continue
            form = Form.ATTITUDE if said.kind == "attitude" else said.form
            cue = self._cue(said)
            at = tuple((s.start, s.end) for s in content)
            found.append(
                Statement(
                    id=make_id("s", self.article.id, at, None if cue is None else cue.start),
                    sources=sources,
                    via=via,
                    cue=cue,
                    content=content,
                    form=form,
                    status=said.status,
                )
            )
        found.sort(key=lambda s: (s.content[0].start, s.content[-1].end, s.id))
        return list({s.id: s for s in found}.values())


def _says_more(spoken: Draft, told: Draft) -> bool:
    """Whether what somebody does by saying it stands in place of the lexicon's event at the same word."""
    return spoken.type == "REQUEST" or (spoken.type == told.type and bool(spoken.recipients) and not told.recipients)


def _self(speaker: Actor, pronoun: str, span: Span) -> Actor:
    """The speaker as "I", or as "we" those he speaks for."""
    name, entity = speaker.name, speaker.entity
    if pronoun in _PLURAL_SELF and speaker.sector in ("GOV", "MIL") and speaker.country not in (None, *CLASS_CODES):
        name, entity = None, speaker.country
    return Actor(span.start, span.end, span.text, name, speaker.country, speaker.sector, entity)


def _foretold(draft: Draft) -> bool:
    """Whether nobody but the outlet says that something would come: under a condition, or a war to be."""
    status = next((r.row for r in draft.reasons if r.field == "status"), "")
    if status in ("conditional clause", "future under a condition"):
        return True
    if status == "purpose" or draft.predicate.head.dep_ not in ("ROOT", "conj", "pobj", "nsubj", "dobj"):
        return False
    if status == "would":
        return draft.predicate.head.dep_ in ("ROOT", "conj")
    return draft.type == "ASSAULT" and draft.status in (Status.PLANNED, Status.HYPOTHETICAL)


def _known(actor: Actor) -> bool:
    return bool(actor.country or actor.entity or actor.sector)


def _root(parsed: Parsed, first: int, last: int) -> Any:
    """The token of a range that the others hang on."""
    for i in range(first, last):
        token = parsed.token(i)
        if not first <= token.head.i < last or token.head == token:
            return token
    return parsed.token(first)


def _clause(token: Any) -> Any:
    """The verb of the clause a token stands in, else the sentence's root."""
    while token.pos_ not in ("VERB", "AUX") and token.head != token:
        token = token.head
    return token


def check_spans(report: CodedReport) -> None:
    """Raises `AssertionError` where a span does not quote the text: that is a bug of ours, never of the input."""
    text = report.article.text
    for span in _spans(report):
        if text[span.start : span.end] != span.text or span.start >= span.end:
            raise AssertionError(f"span {span.start}:{span.end} does not quote {span.text!r}")


def _spans(record: Any) -> Iterable[Span]:
    if isinstance(record, Span):
        yield record
    if isinstance(record, Article):
        return
    if isinstance(record, tuple):
        for item in record:
            yield from _spans(item)
    elif hasattr(record, "__dataclass_fields__"):
        for name in record.__dataclass_fields__:
            yield from _spans(getattr(record, name))
