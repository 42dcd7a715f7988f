"""Who says what: statements and attitudes with their source, cue and content, and whose word a passage is.

Cues and their frames are read off the parse (`reporting.py`), quotations off their marks (`quotes.py`); here they are
joined: the tag beside a quotation, a quotation that goes on, content in pieces, chains ("Nikkei Asia reported that the
ambassador said"), and pronouns. Words in quotation marks inside the outlet's own sentence are no statement.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from communique.codebook import Codebook
from communique.coding.actors import Mentions
from communique.coding.parse import Parsed
from communique.coding.quotes import Quote, find_quotes
from communique.coding.reporting import Lexicon, Range, Report, governor, noun_range, speaker_range, trim
from communique.coding.status import StatusStation
from communique.coding.tags import tag_around
from communique.model import Actor, Form, Reason, Status

__all__ = ["Attribution", "Attributions", "VoiceStation"]

_FILE = "coding/voice.py"
_STOPS = frozenset({".", "?", "!"})
_BREAKS = frozenset({",", ".", ";", ":", "?", "!", "-", "--", "–", "—", "(", ")", "[", "]"})
_MARKS = frozenset(['"', "“", "”", "„", "«", "»", "''", "``", "‘", "’", "'"])
_TELL = frozenset({"tell", "inform", "assure", "remind", "warn", "speak", "say"})
# Words before a colon in a heading that name its kind, not a speaker.
_LABELS = frozenset(
    "the update live video watch analysis opinion comment explainer exclusive breaking factbox timeline review "
    "interview photos gallery podcast editorial column letters poll".split()
)
_NEGATORS = frozenset({"never", "no", "not", "neither", "nor", "nobody", "none"})
_PLACES_AND_BODIES = frozenset({"FAC", "GPE", "LOC", "NORP", "ORG"})
_MEDIA = frozenset({"JRN", "MED"})
_PERSON = frozenset({"he", "she"})
_SELF = frozenset({"i", "we", "me", "us"})
_RELATIVE = frozenset({"who", "which", "that", "whom"})


@dataclass(slots=True)
class Attribution:
    """One statement or attitude. `cue` and `content` are token ranges; `source_ranges` the noun phrases that name the
    sources, as they stand; `via`: those who pass it on, outermost first."""

    sources: list[Actor]
    via: list[Actor]
    cue: Range | None
    content: list[Range]
    form: Form
    kind: str
    status: Status
    reasons: list[Reason]
    source_ranges: list[Range] = field(default_factory=list)

    def covers(self, token: int) -> bool:
        return any(first <= token < last for first, last in self.content)

    @property
    def size(self) -> int:
        """Tokens of content."""
        return sum(last - first for first, last in self.content)


class Attributions:
    """The attributions of a report, in text order of their content."""

    def __init__(self, found: list[Attribution]) -> None:
        self.all = sorted(found, key=lambda a: (a.content[0], a.content[-1], a.cue or (0, 0)))
        self._innermost: dict[int, Attribution] = {}
        said = [a for a in self.all if a.kind == "statement"]
        for attribution in sorted(said, key=lambda a: -a.size):
            for first, last in attribution.content:
                for token in range(first, last):
                    self._innermost[token] = attribution

    def voice_at(self, token: int) -> Attribution | None:
        """The innermost statement whose content covers this token; attitudes are no voice."""
        return self._innermost.get(token)


@dataclass(slots=True)
class _Draft:
    """An attribution before its actors are known."""

    report: Report | None
    content: list[Range]
    heads: list[Any]
    cue: Range | None
    kind: str
    reasons: list[Reason]
    direct: bool = False
    line: Range | None = None
    tag: bool = False


class VoiceStation:
    """Finds who says what."""

    def __init__(self, book: Codebook) -> None:
        self.lexicon = Lexicon(book)
        self.status = StatusStation(book)

    def find(self, parsed: Parsed, mentions: Mentions) -> Attributions:
        """The statements and attitudes of a report."""
        if not len(parsed.doc):
            return Attributions([])
        drafts = _Reading(parsed, self.lexicon, mentions).drafts()
        return Attributions(_Casting(parsed, mentions, self.lexicon, self.status).cast(drafts))

    def predict(self, parsed: Parsed, found: Attributions) -> list[dict[str, list[dict[str, int]]]]:
        """The outermost attributions, attitudes too, as span lists {start, end} under source, cue and content."""

        def spans(ranges: Iterable[Range]) -> list[dict[str, int]]:
            return [{"start": parsed.start(first), "end": parsed.end(last - 1)} for first, last in ranges]

        return [
            {"source": spans(a.source_ranges), "cue": spans([a.cue] if a.cue else []), "content": spans(a.content)}
            for a in outermost(found.all)
        ]


def outermost(found: list[Attribution]) -> list[Attribution]:
    """Those whose cue stands in nobody else's content."""
    kept = []
    for a in found:
        at = a.cue[0] if a.cue else a.content[0][0]
        if not any(
            b is not a and b.covers(at) and (b.size > a.size or not a.covers(b.cue[0] if b.cue else -1)) for b in found
        ):
            kept.append(a)
    return kept


class _Reading:
    """Cues and quotations of one report joined into drafts."""

    def __init__(self, parsed: Parsed, lexicon: Lexicon, mentions: Mentions) -> None:
        self.parsed = parsed
        self.doc = parsed.doc
        self.mentions = mentions
        self.lexicon = lexicon
        self.quotes = find_quotes(parsed)
        self._quote_firsts = [q.first for q in self.quotes]
        self._starts = [s for block in parsed.blocks for s in self._sentence_starts(block.first, block.last)]
        self._owners: dict[int, _Draft] = {}
        self._idle: list[Report] = []

    def drafts(self) -> list[_Draft]:
        """All drafts, in text order."""
        reports: list[Report] = []
        for first, last in self.parsed.sents:
            reports += self.lexicon.reports(self.doc, first, last)
            reports += self.lexicon.phrases(self.doc, first, last)
        reports = _without_carriers(reports)
        found = [d for d in (self._draft(r) for r in reports) if d is not None]
        found += self._speaker_lines()
        found.sort(key=lambda d: (d.cue or d.content[0])[0])
        self._own(found)
        found += self._left_over(found)
        found.sort(key=lambda d: (d.cue or d.content[0])[0])
        return found

    # Sentences and quotations

    def quote_at(self, token: int) -> Quote | None:
        i = bisect_right(self._quote_firsts, token) - 1
        return self.quotes[i] if i >= 0 and self.quotes[i].holds(token) else None

    def _sentence_starts(self, first: int, last: int) -> list[int]:
        """Where sentences begin in a paragraph; a quotation with its tag is one sentence."""
        starts = [first]
        i = self._after_dateline(first, last)
        if i > first:
            starts.append(i)
        while i < last:
            quote = self.quote_at(i)
            if quote is not None:
                i = quote.last
                if i < last and self._ends_after(quote, last):
                    starts.append(i)
                continue
            i += 1
            if self.doc[i - 1].text in _STOPS | {";"} and i < last:
                starts.append(i)
        return starts

    def _after_dateline(self, first: int, last: int) -> int:
        """Where a paragraph begins behind its dateline, "MANILA, July 9 (Straits Wire) -"; else `first`."""
        if not (self.doc[first].text.isupper() and len(self.doc[first].text) > 2):
            return first
        for i in range(first + 1, min(first + 16, last - 1)):
            if self.doc[i].text in ("-", "--", "–", "—"):
                return i + 1
            if self.doc[i].pos_ in ("VERB", "AUX") or self.doc[i].text in (":", "?", "!"):
                return first
        return first

    def _ends_after(self, quote: Quote, last: int) -> bool:
        """Whether a sentence ends with this quotation."""
        inner = self.inner(quote)
        end = self.doc[inner[1] - 1].text if inner[1] > inner[0] else ""
        behind = self.doc[quote.last]
        if end[-1:] not in ".?!…" or not end or behind.text in _BREAKS or behind.text[:1].islower():
            return False
        return end == "." or not self._tag_follows(quote.last, last)

    def _tag_follows(self, first: int, last: int) -> bool:
        for token in self.doc[first : min(last, first + 14)]:
            if token.text in _BREAKS or token.text in _MARKS:
                return False
            if token.pos_ == "VERB" and any(c.has("quote") for c in self.lexicon.of("verb", token.lemma_.lower())):
                return True
        return False

    def inner(self, quote: Quote) -> Range:
        """A quotation without its marks."""
        first, last = quote.first, quote.last
        if self.doc[first].text in _MARKS and last - first > 1:
            first += 1
        if quote.closed and self.doc[last - 1].text in _MARKS and last - first > 1:
            last -= 1
        return first, last

    def sentence(self, token: int) -> Range:
        """The sentence of a token, quotations undivided, inside its paragraph."""
        i = bisect_right(self._starts, token) - 1
        stop = self._starts[i + 1] if i + 1 < len(self._starts) else len(self.doc)
        return self._starts[i], min(stop, self.parsed.blocks[self.parsed.block_of(token)].last)

    # One cue

    def _draft(self, report: Report) -> _Draft | None:
        """A report with its content; `None` where it has none."""
        if report.lexeme.row["pos"] == "verb" and report.lexeme.has("quote") and (told := self._tagged(report)):
            return told
        reason = Reason("voice", report.lexeme.row.file, report.lexeme.row.line, report.lexeme.row["cue"])
        content = self._around_phrase(report) if report.frame == "source" else self._content(report)
        content = _tidy(self.doc, content, report)
        if not content:
            if report.lexeme.has("quote") and report.sources and self.quote_at(report.head.i) is None:
                self._idle.append(report)
            return None
        return _Draft(report, content, report.sources, report.cue, report.lexeme.kind, [reason])

    def _tagged(self, report: Report) -> _Draft | None:
        """A report that is a tag, whatever the parse makes of it."""
        home = self.quote_at(report.head.i)
        if home is not None:
            return None
        tag = tag_around(
            self.doc, report.head, report.cue, self.sentence(report.head.i), lambda t: bool(self.mentions.every(t.i))
        )
        if tag is None:
            return None
        told = replace(report, sources=tag.heads, content=[], frame="quote")
        stretch = tag.first, tag.last
        left, right = self._quote_before(stretch, home), self._quote_behind(told, home)
        right = right if right is not None and right[0] <= tag.last + 1 else None
        if left is not None and report.sources:
            return None
        if left is None and not (report.lexeme.has("clause") and (right is None or self._runs_on(right))):
            return None
        content = _tidy(self.doc, self._around_tag(told, stretch, home, left, right), told)
        if not content:
            return None
        row = report.lexeme.row
        why = Reason("voice", row.file, row.line, row["cue"])
        return _Draft(told, content, tag.heads, report.cue, "statement", [why], tag=True)

    def _runs_on(self, right: Range) -> bool:
        """Whether a quotation goes on with the clause in front of the tag: "..., he said, “and stays there”"."""
        return self.doc[min(right[0] + 1, right[1] - 1)].text[:1].islower()

    def _content(self, report: Report) -> list[Range]:
        """What a cue governs, whole quotations included; else what stands beside it."""
        home = self.quote_at(report.head.i)
        if home is not None and not home.holds(report.cue[0]):
            home = None
        whole = [self._whole(r, home, report) for r in report.content]
        found = [r for r in whole if r is not None and r[0] < r[1]]
        if report.frame == "small" and not found:
            return self._named_in_quotes(report, home)
        if not report.lexeme.has("quote"):
            return found
        stretch = self._stretch(report)
        left = self._quote_before(stretch, home)
        right = self._quote_behind(report, home)
        if found:
            left = left if left and self._is_told(left, report) else None
        if report.frame not in ("clause", "quote") and (
            left or (right and report.frame in report.lexeme.preps and "+" not in report.frame)
        ):
            found = []
        if found and report.content[-1][0] > report.head.i:
            return [*([left] if left else []), *found]
        if right is not None and left is None:
            return [right]
        return self._beside(report, stretch, home, left, right)

    def _named_in_quotes(self, report: Report, home: Quote | None) -> list[Range]:
        """ "Called it “a shame”" where the parse sees no predicate."""
        i = bisect_right(self._quote_firsts, report.cue[1] - 1)
        if home is not None or i >= len(self.quotes) or self.quotes[i].last > self.sentence(report.head.i)[1]:
            return []
        quote = self.quotes[i]
        gap = self.doc[report.cue[1] : quote.first]
        if len(gap) > 16 or any(t.pos_ in ("VERB", "AUX") or t.text in _BREAKS for t in gap):
            return []
        return [(report.cue[1], quote.last)]

    def _is_told(self, left: Range, report: Report) -> bool:
        """Whether a cue with content of its own also tells the quotation in front of it."""
        opens = left[0] == self.sentence(report.head.i)[0] or self.doc[left[0] - 1].text in (",", ":", "—", "–")
        subject = any(t.pos_ in ("NOUN", "PROPN", "PRON") for t in self.doc[left[1] : report.head.i])
        return (opens or _has_verb(self.doc, left)) and (subject or report.head.tag_ != "VBG")

    def _whole(self, range_: Range, home: Quote | None, report: Report) -> Range | None:
        """A range that ends no quotation in the middle and does not leave the one its cue stands in."""
        first, last = range_
        if home is not None:
            inner = self.inner(home)
            return (max(first, inner[0]), min(last, inner[1])) if min(last, inner[1]) > max(first, inner[0]) else None
        opening = self.quote_at(first)
        if opening is not None and opening.first < first and opening.first > report.head.i:
            first = opening.first
        if (
            first > 0
            and first - 1 > report.head.i
            and (before := self.quote_at(first - 1))
            and before.first == first - 1
        ):
            first -= 1
        closing = self.quote_at(last - 1)
        if closing is not None and closing.first >= first:
            last = max(last, closing.last)
        elif last < len(self.doc) and (closing := self.quote_at(last)) is not None and closing.last == last + 1:
            last += 1
        block = self.parsed.blocks[self.parsed.block_of(report.head.i)]
        return max(first, block.first), min(last, block.last)

    def _stretch(self, report: Report) -> Range:
        """The tag itself: cue, its subject beside it, and what follows up to the next mark."""
        first, last = report.cue
        empty = [
            c
            for c in report.head.children
            if c.dep_ in ("nsubj", "nsubjpass") and c.lower_ == "it" and c.i == first - 1
        ]
        first -= len(empty)
        for head in report.sources[:1]:
            low, high = noun_range(head)
            if low < first and high <= first + 1 and first - high <= 4:
                first = low
            elif low >= last and low - last <= 2:
                last = max(last, min(head.right_edge.i + 1, high + 12))
        sent = self.sentence(report.head.i)
        while first > sent[0] and self.doc[first - 1].lower_ in (
            "as",
            "so",
            "but",
            "and",
            "then",
            "also",
            "has",
            "had",
            "later",
            "once",
        ):
            first -= 1
        while last < sent[1] and self.doc[last].text not in _BREAKS and self.quote_at(last) is None:
            last += 1
        return first, last

    def _quote_before(self, stretch: Range, home: Quote | None) -> Range | None:
        """A quotation that ends right before a tag."""
        if home is not None:
            return None
        at = stretch[0] - 1
        if at >= 0 and self.doc[at].text in (",", "—", "–", "-", "--"):
            at -= 1
        quote = self.quote_at(at) if at >= 0 else None
        if quote is None or quote.last != at + 1 or self.sentence(stretch[0])[0] > quote.first:
            return None
        ends = self.doc[self.inner(quote)[1] - 1].text[-1:] in ",.?!…—–-" or at < stretch[0] - 1
        return (quote.first, quote.last) if ends else None

    def _quote_behind(self, report: Report, home: Quote | None) -> Range | None:
        """A quotation behind a cue, with nothing but addressee, time and place between."""
        if home is not None:
            return None
        sent = self.sentence(report.head.i)
        i = bisect_right(self._quote_firsts, report.cue[1] - 1)
        if i >= len(self.quotes) or self.quotes[i].first >= sent[1]:
            return None
        quote = self.quotes[i]
        gap = self.doc[report.cue[1] : quote.first]
        if any(t.tag_ in ("VBD", "VBZ", "VBP") and t.dep_ not in ("relcl", "advcl") for t in gap) or len(gap) > 30:
            return None
        marked = bool(len(gap)) and gap[-1].text in (",", ":", "—", "–", "--", "-")
        near = marked or not len(gap) or gap[-1].lower_ == "that"
        if (not near and len(gap) > 3) or not (marked or report.sources):
            return None
        return quote.first, quote.last

    def _beside(
        self, report: Report, stretch: Range, home: Quote | None, left: Range | None, right: Range | None
    ) -> list[Range]:
        """What a tag stands behind or within: "X, Tokyo argues, Y"."""
        first, last = self.sentence(report.head.i)
        if home is not None:
            first, last = max(first, self.inner(home)[0]), min(last, self.inner(home)[1])
        before = self.doc[stretch[0] - 1].text if stretch[0] > first else ""
        inverted = any(h.i > report.head.i for h in report.sources)
        if not left and not self._may_stand_behind(report):
            return []
        if not left and not report.lexeme.has("clause"):
            return []
        if stretch[0] <= first or not (before in (",", "—", "–", "--", "-") or before in _MARKS or left):
            return self._behind_as(report, stretch, last)
        if not left and not inverted and stretch[1] < last and self.doc[stretch[1]].text not in _BREAKS:
            return []
        return self._around_tag(report, stretch, home, left, right)

    def _around_tag(
        self, report: Report, stretch: Range, home: Quote | None, left: Range | None, right: Range | None
    ) -> list[Range]:
        """What stands before a tag and goes on behind it."""
        first, last = self.sentence(report.head.i)
        if home is not None:
            first, last = max(first, self.inner(home)[0]), min(last, self.inner(home)[1])
        front = trim(self.doc, first, stretch[0])
        pieces = [front] if left is None else [self._front_of_quote(front, left)]
        pieces += self._behind_tag(report, stretch, last, right, front)
        return pieces

    def _may_stand_behind(self, report: Report) -> bool:
        """Whether a clause can be a tag of unquoted words: one with a subject of its own, or "it was reported"."""
        if any(t.lower_ in _RELATIVE for t in report.sources):
            return False
        own = [c.lower_ for c in report.head.children if c.dep_ in ("nsubj", "nsubjpass")]
        passive = any(c.dep_ in ("nsubjpass", "auxpass") for c in report.head.children)
        return bool(report.sources) if not passive else bool(report.sources) or own == ["it"]

    def _front_of_quote(self, front: Range, left: Range) -> Range:
        """The quotation before a tag, with the clause it ends where it is only part of one."""
        lead = self.doc[front[0] : left[0]]
        if (
            not len(lead)
            or lead[-1].text in (",", ":", "—", "–")
            or any(t.pos_ == "VERB" and self.lexicon.of("verb", t.lemma_.lower()) for t in lead)
        ):
            return left
        return front[0], left[1]

    def _behind_as(self, report: Report, stretch: Range, last: int) -> list[Range]:
        """ "As the envoy said, X"."""
        first = stretch[0]
        if self.doc[first].lower_ != "as" or stretch[1] >= last or self.doc[stretch[1]].text != ",":
            return []
        return [trim(self.doc, stretch[1], last)]

    def _behind_tag(self, report: Report, stretch: Range, last: int, right: Range | None, front: Range) -> list[Range]:
        """What goes on behind a tag: a second quotation, or the rest of the clause that the tag interrupts."""
        at = stretch[1]
        if at >= last or self.doc[at].text not in (",", "—", "–", "--"):
            spoken = (
                right is not None
                and right[0] == at
                and (self.quote_at(front[1] - 1) is None or self.doc[at - 1].text == ":")
            )
            return [right] if right is not None and spoken else []
        if right is not None and right[0] <= at + 2:
            return [right]
        governed = [c for c in report.head.children if c.dep_ == "ccomp" and c.i > at]
        main = report.head.head if report.head.dep_ in ("parataxis", "ccomp", "advcl", "dep") else None
        if (
            governed
            or (main is not None and main.i >= at)
            or (not _has_verb(self.doc, front) and self.quote_at(front[1] - 1) is None)
        ):
            return [trim(self.doc, at + 1, last)]
        return []

    def _around_phrase(self, report: Report) -> list[Range]:
        """The clause that "according to" vouches for, without the phrase."""
        token = report.head
        sent = self.sentence(token.i)
        home = self.quote_at(token.i)
        if home is not None:
            sent = max(sent[0], self.inner(home)[0]), min(sent[1], self.inner(home)[1])
        first = report.cue[0]
        last = max(
            [report.cue[1], *(h.right_edge.i + 1 for h in report.sources), *(noun_range(h)[1] for h in report.sources)]
        )
        last = min(last, sent[1])
        for i in range(report.cue[1], last):
            if self.doc[i].text == "," and first <= sent[0] + 1:
                last = i
                break
        begin, end = self._clause_limits(token, first, last, sent)
        pieces = [trim(self.doc, begin, first)] if first > begin else []
        behind = self.doc[last + 1] if last + 1 < end else None
        if end > last and not (
            pieces and behind is not None and behind.lower_ in ("but", "and", "while", "though", "although")
        ):
            pieces.append(trim(self.doc, last, end))
        return [p for p in pieces if p[1] - p[0] > 1]

    def _clause_limits(self, token: Any, first: int, last: int, sent: Range) -> Range:
        """The part of the sentence a phrase speaks of: up to a colon or semicolon, or its relative clause."""
        begin, end = sent
        for i in range(first - 1, begin, -1):
            if self.doc[i].text in (";", ":") and self.quote_at(i) is None:
                begin = i + 1
                break
        for i in range(last, end):
            if self.doc[i].text == ";" and self.quote_at(i) is None:
                end = i
                break
        return begin, end

    # Lines of speakers

    def _speaker_lines(self) -> list[_Draft]:
        """ "Blix: the plan is dead" in headings and transcripts, "Plan is dead: ministry" in headings."""
        found = []
        for number, block in enumerate(self.parsed.blocks):
            colons = [i for i in range(block.first + 1, block.last - 1) if self.doc[i].text == ":"]
            heading = not number or block.kind == "heading"
            if colons and colons[0] - block.first <= 6 and self._is_speaker(block.first, colons[0], heading):
                found.append(self._line(colons[0], (colons[0] + 1, block.last), (block.first, colons[0])))
            elif (
                heading and colons and block.last - colons[-1] <= 5 and self._is_bare_source(colons[-1] + 1, block.last)
            ):
                found.append(self._line(colons[-1], (block.first, colons[-1]), (colons[-1] + 1, block.last)))
        return found

    def _line(self, colon: int, content: Range, name: Range) -> _Draft:
        why = Reason("voice", _FILE, None, "speaker beside a colon")
        head = self.doc[_last_word(self.doc, *name)]
        said = [trim(self.doc, *content)]
        return _Draft(None, said, [head], (colon, colon + 1), "statement", [why], line=trim(self.doc, *name))

    def _is_speaker(self, first: int, colon: int, heading: bool) -> bool:
        words = [t for t in self.doc[first:colon] if t.text not in _MARKS]
        if not words or not words[-1].text[:1].isalpha() or not all(_is_name(t, heading) for t in words):
            return False
        known = any(t.ent_type_ in ("PERSON", "ORG", "NORP", "GPE") for t in words) or all(
            t.text.isupper() for t in words
        )
        verbs = _has_verb(self.doc, (colon + 1, self.sentence(colon)[1]))
        return verbs and (known or (heading and words[0].lower_ not in _LABELS))

    def _is_bare_source(self, first: int, last: int) -> bool:
        """Whether a heading ends with who says it."""
        words = [t for t in self.doc[first:last] if t.text not in _BREAKS]
        return bool(words) and all(t.pos_ in ("NOUN", "PROPN", "ADJ", "DET") for t in words) and words[-1].pos_ != "ADJ"

    # Quotations that nobody tells

    def _own(self, found: list[_Draft]) -> None:
        """Notes who tells each quotation."""
        for draft in found:
            for first, last in draft.content:
                for i in range(bisect_right(self._quote_firsts, first - 1), len(self.quotes)):
                    quote = self.quotes[i]
                    if quote.first >= last:
                        break
                    if quote.last <= last + 1 and draft.kind == "statement":
                        self._owners.setdefault(quote.first, draft)
                        draft.direct = draft.direct or quote.first <= first + 1

    def _left_over(self, found: list[_Draft]) -> list[_Draft]:
        """Whole sentences quoted without a tag: the speaker before goes on."""
        extra: list[_Draft] = []
        for quote in self.quotes:
            if quote.first in self._owners or not self._is_speech(quote):
                continue
            owner, same = self._speaker_before(quote, found)
            piece = (quote.first, quote.last)
            if owner is None and (tag := self._idle_before(quote)) is not None:
                owner, same = tag, True
                extra.append(tag)
            if owner is not None and same:
                owner.content.append(piece)
                self._owners[quote.first] = owner
                continue
            why = Reason(
                "voice", _FILE, None, "quotation of the speaker before" if owner else "quotation without a speaker"
            )
            reasons = [*(owner.reasons if owner else []), why]
            draft = _Draft(
                owner.report if owner else None, [piece], owner.heads if owner else [], None, "statement", reasons, True
            )
            self._owners[quote.first] = draft
            extra.append(draft)
        return extra

    def _idle_before(self, quote: Quote) -> _Draft | None:
        """ "He added. “...”": a tag that was left without content in the sentence before."""
        if not quote.first:
            return None
        first, last = self.sentence(quote.first - 1)
        if self.parsed.block_of(quote.first - 1) != quote.block and self.doc[last - 1].text not in (":", "."):
            return None
        tags = [r for r in self._idle if first <= r.head.i < last and last - first <= 12]
        if not tags:
            return None
        row = tags[-1].lexeme.row
        reason = Reason("voice", row.file, row.line, row["cue"])
        return _Draft(tags[-1], [], tags[-1].sources, tags[-1].cue, "statement", [reason], True)

    def _is_speech(self, quote: Quote) -> bool:
        """Whether a quotation is a sentence of its own rather than some words of the outlet's."""
        first, last = self.inner(quote)
        starts = self.sentence(quote.first)[0] == quote.first or self.doc[quote.first - 1].text == ":"
        if not starts or last - first < 3:
            return False
        if quote.last < self.sentence(quote.first)[1] and self.doc[quote.last].text[:1].islower():
            return False
        return _has_verb(self.doc, (first, last)) and (
            not quote.closed
            or self.doc[last - 1].text[-1:] in ".?!…,"
            or quote.last >= self.sentence(quote.first)[1] - 1
        )

    def _speaker_before(self, quote: Quote, found: list[_Draft]) -> tuple[_Draft | None, bool]:
        """(who spoke last, whether this is one utterance with that) for a quotation without a tag."""
        block = self.parsed.blocks[quote.block]
        if quote.first > block.first:
            before = self.sentence(quote.first - 1)
            owner = self._last_in(before, found)
            return owner, owner is not None and owner.direct
        if not quote.block:
            return None, False
        last = self.parsed.blocks[quote.block - 1].last - 1
        previous = self.quote_at(last)
        if previous is not None and previous.first in self._owners:
            return self._owners[previous.first], not previous.closed or self._owners[previous.first].direct
        owner = self._last_in(self.sentence(last), found)
        return owner, owner is not None and owner.direct

    def _last_in(self, sent: Range, found: list[_Draft]) -> _Draft | None:
        """Who tells the last quotation of a sentence, else its last statement outside quotations."""
        inside = [q for q in self.quotes if sent[0] <= q.first < sent[1] and q.first in self._owners]
        if inside:
            return self._owners[inside[-1].first]
        told = [
            d
            for d in found
            if d.cue
            and sent[0] <= d.cue[0] < sent[1]
            and d.kind == "statement"
            and d.heads
            and self.quote_at(d.cue[0]) is None
        ]
        outer = [
            d
            for d in told
            if not any(e is not d and any(a <= d.cue[0] < b for a, b in e.content) for e in told if d.cue)
        ]
        return outer[-1] if outer else None


def _is_name(token: Any, heading: bool) -> bool:
    """Whether a word can be part of the name before a colon; the tagger knows few bare names at the head of a line."""
    return (
        token.pos_ == "PROPN"
        or token.text.isupper()
        or token.lower_ in ("of", "the")
        or (heading and token.text[:1].isupper())
    )


def _last_word(doc: Any, first: int, last: int) -> int:
    """The last token of a range that is no mark."""
    return next((i for i in range(last - 1, first, -1) if doc[i].text not in _BREAKS | _MARKS), first)


def _has_verb(doc: Any, range_: Range) -> bool:
    return any(t.tag_ in ("VBD", "VBZ", "VBP", "MD", "VB") for t in doc[range_[0] : range_[1]])


def _without_carriers(reports: list[Report]) -> list[Report]:
    """Reports without verbs that only carry a reporting noun, and of one report an actor."""
    carried = {i for r in reports if r.lexeme.row["pos"] in ("noun", "adj") for i in range(*r.cue) if i != r.head.i}
    return [r for r in reports if r.head.i not in carried]


def _tidy(doc: Any, content: list[Range], report: Report) -> list[Range]:
    """Content without cue and source, without marks at its border, in text order."""
    pieces = sorted(trim(doc, *r) for r in content if r[0] < r[1])
    merged: list[Range] = []
    for first, last in pieces:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    head = report.head.i
    cut: list[Range] = []
    for first, last in merged:
        if first <= head < last:
            low = min([report.cue[0], *(noun_range(h)[0] for h in report.sources if noun_range(h)[0] < head)])
            high = max([report.cue[1], *(noun_range(h)[1] for h in report.sources if noun_range(h)[0] > head)])
            cut += [trim(doc, a, b) for a, b in ((first, low), (high, last)) if a < b]
        else:
            cut.append((first, last))
    return [r for r in cut if any(t.text not in _BREAKS and t.text not in _MARKS for t in doc[r[0] : r[1]])]


class _Casting:
    """Drafts to attributions: who the sources are, how the words are rendered, who passes them on."""

    def __init__(self, parsed: Parsed, mentions: Mentions, lexicon: Lexicon, status: StatusStation) -> None:
        self.parsed = parsed
        self.doc = parsed.doc
        self.mentions = mentions
        self.lexicon = lexicon
        self.status = status
        self.in_quotes = [False] * len(self.doc)
        for quote in find_quotes(parsed):
            for i in range(quote.first, quote.last):
                self.in_quotes[i] = True

    def cast(self, drafts: list[_Draft]) -> list[Attribution]:
        """The attributions, with chains. Those told outside quotations come first: "I" needs the one quoted."""
        drafts = sorted(drafts, key=lambda d: self.in_quotes[d.cue[0]] if d.cue else False)
        found: list[Attribution] = []
        for draft in drafts:
            found.append(self._attribution(draft, found))
        for attribution, draft in zip(found, drafts, strict=True):
            attribution.via = [*self._passed_on(attribution, found), *self._medium(draft)]
        return found

    def _attribution(self, draft: _Draft, before: list[Attribution]) -> Attribution:
        return Attribution(
            sources=self._sources(draft, before),
            via=[],
            cue=draft.cue,
            content=draft.content,
            form=self._form(draft.content),
            kind=draft.kind,
            status=self._status(draft),
            reasons=draft.reasons,
            source_ranges=self._source_ranges(draft),
        )

    def _source_ranges(self, draft: _Draft) -> list[Range]:
        if draft.line is not None:
            return [draft.line]
        return [speaker_range(h) for h in draft.heads[:1]] if draft.cue is not None else []

    def _status(self, draft: _Draft) -> Status:
        """Whether it was said: "will claim" is planned, "did not say" negated; what is said decides nothing."""
        head = self._told_by(draft)
        if head is None or (draft.tag and not any(c.dep_ in ("aux", "neg") for c in head.children)):
            # What the parse hangs a tag on is what is told.
            return Status.OCCURRED
        found = self.status.read(head).status
        if found is Status.NEGATED and not self._is_negated(head, draft):
            return Status.OCCURRED
        return Status.OCCURRED if found is Status.ONGOING else found

    def _told_by(self, draft: _Draft) -> Any:
        """The verb of a cue: the cue itself, the carrier of a noun, the copula of an adjective."""
        if draft.report is None or draft.cue is None:
            return None
        head = draft.report.head
        while head.pos_ not in ("VERB", "AUX"):
            if head.head == head or not draft.cue[0] <= head.head.i < draft.cue[1]:
                return None
            head = head.head
        return governor(head, self.lexicon.speech) or head

    def _is_negated(self, head: Any, draft: _Draft) -> bool:
        """Whether the telling is negated, not what is told, nor a clause that the parse hangs above it."""
        if (
            head.dep_ in ("ccomp", "parataxis")
            and head.head.i > head.i
            and not any(c.dep_ == "neg" for c in head.children)
        ):
            return False
        doubts = [c for c in head.children if c.dep_ == "neg" or c.lower_ in _NEGATORS]
        return not doubts or any(not any(a <= c.i < b for a, b in draft.content) for c in doubts)

    def _form(self, content: list[Range]) -> Form:
        words = [i for first, last in content for i in range(first, last) if self.doc[i].text not in _BREAKS | _MARKS]
        quoted = sum(self.in_quotes[i] for i in words)
        if not quoted:
            return Form.INDIRECT
        return Form.DIRECT if quoted == len(words) else Form.MIXED

    # Sources

    def _sources(self, draft: _Draft, before: list[Attribution]) -> list[Actor]:
        found: list[Actor] = []
        for head in draft.heads:
            found += self._actors(head, before)
        named: dict[object, Actor] = {}
        for actor in found:
            known = named.get(
                key := (actor.name or (actor.start, actor.end), actor.start if actor.country is None else None)
            )
            named[key] = actor if known is None else known
        bare = {a.name for a in named.values() if a.name and a.country is not None}
        return [a for a in named.values() if a.country is not None or a.name not in bare]

    def _actors(self, head: Any, before: list[Attribution]) -> list[Actor]:
        """Whom a source's noun phrase stands for."""
        token = _antecedent(head)
        known = [a for m in self.mentions.every(token.i) if any(((a := m.actor).name, a.country, a.sector, a.entity))]
        if known:
            return known
        if token.pos_ == "PRON" or token.lower_ in _PERSON | _SELF | {"they", "it"}:
            earlier = self._earlier(token, before)
            if earlier is not None:
                span = self.parsed.span(token.i, token.i + 1)
                return [replace(a, start=span.start, end=span.end, text=span.text) for a in earlier]
        return [self._named(token)]

    def _named(self, token: Any) -> Actor:
        """An actor nobody codes, under the words that name it here."""
        first, last = token.left_edge.i, token.i + 1
        for child in token.children:
            if (
                child.dep_ in ("prep", "compound", "case")
                and child.i == last
                and child.lower_ in ("of", "for", "at", "in", "from")
            ):
                last = noun_range(child)[1]
        conj = [c.i for c in token.children if c.dep_ in ("cc", "conj") and c.i < last]
        first, last = trim(self.doc, first, min([last, *conj]) if conj else last)
        while last - first > 1 and self.doc[first].text in _MARKS:
            first += 1
        span = self.parsed.span(first, last)
        begin = first + 1 if self.doc[first].lower_ in ("a", "an", "the") and last - first > 1 else first
        return Actor(span.start, span.end, span.text, self.parsed.span(begin, last).text)

    def _earlier(self, pronoun: Any, before: list[Attribution]) -> list[Actor] | None:
        """The last speaker a pronoun can mean: in this paragraph or the one before; inside a quotation, "I" is the
        one quoted."""
        word = pronoun.lower_
        if word in _SELF:
            around = [a for a in before if a.covers(pronoun.i) and a.sources]
            return list(around[-1].sources) if around and self.in_quotes[pronoun.i] else None
        here = self.parsed.block_of(pronoun.i)
        for attribution in reversed(before):
            at = (attribution.cue or attribution.content[0])[0]
            if here - self.parsed.block_of(max(at, attribution.content[-1][0])) > 1:
                return None
            if at < pronoun.i and attribution.sources and self._agrees(word, attribution):
                return list(attribution.sources)
        return None

    def _agrees(self, word: str, attribution: Attribution) -> bool:
        if not attribution.source_ranges:
            return False
        first, last = attribution.source_ranges[0]
        head = next(
            (t for t in self.doc[first:last] if not first <= t.head.i < last or t.head == t), self.doc[last - 1]
        )
        mention = self.mentions.at(head.i)
        person = (
            head.ent_type_ == "PERSON"
            or head.lower_ in _PERSON
            or (mention is not None and mention.kind in ("person", "role"))
        )
        if word in _PERSON:
            other = head.lower_
            return person and head.tag_ not in ("NNS", "NNPS") and (other not in _PERSON or other == word)
        if word == "they":
            return head.tag_ in ("NNS", "NNPS") or len(attribution.sources) > 1 or head.lower_ == "they"
        return not person and head.tag_ not in ("NNS", "NNPS")

    # Chains

    def _passed_on(self, attribution: Attribution, found: list[Attribution]) -> list[Actor]:
        """The speakers of the statements this one is told in, outermost first."""
        at = attribution.cue[0] if attribution.cue else attribution.content[0][0]
        around = [
            b
            for b in found
            if b is not attribution and b.kind == "statement" and b.covers(at) and b.size > attribution.size
        ]
        around.sort(key=lambda b: -b.size)
        others = dict.fromkeys(s for b in around for s in b.sources)
        return [s for s in others if not any(_is_same(s, own) for own in attribution.sources)]

    def _medium(self, draft: _Draft) -> list[Actor]:
        """The medium somebody told it to."""
        if draft.report is None or draft.report.lexeme.row["pos"] != "verb":
            return []
        head = draft.report.head
        near = [c for c in head.children if c.dep_ in ("dobj", "dative") and c.pos_ == "PROPN" and head.lemma_ in _TELL]
        for prep in head.children:
            if prep.dep_ in ("prep", "advcl", "dative") and prep.lower_ in ("to", "in", "with", "on", "speaking"):
                near += [t for t in prep.subtree if t.pos_ == "PROPN" and t.dep_ in ("pobj", "dobj")]
        return [a for t in near for a in self._media(t)]

    def _media(self, token: Any) -> list[Actor]:
        mention = self.mentions.at(token.i)
        if mention is not None and mention.actor.sector in _MEDIA:
            return [mention.actor]
        words = [t.text for t in token.subtree if t.pos_ in ("PROPN", "NOUN")]
        if self.lexicon.is_medium(words) and (mention is None or mention.actor.country is None):
            return [self._named(token)]
        return []


def _is_same(one: Actor, other: Actor) -> bool:
    """Whether two mentions are one speaker: a pronoun that was resolved has the codes of him it stands for."""
    if (one.country, one.sector, one.entity) != (other.country, other.sector, other.entity):
        return False
    pronoun = bool({one.text.lower(), other.text.lower()} & (_PERSON | _SELF | {"it", "they"}))
    return pronoun or (one.name or one.text) == (other.name or other.text)


def _antecedent(token: Any) -> Any:
    """What a relative pronoun stands for."""
    if token.lower_ not in _RELATIVE or token.tag_ not in ("WDT", "WP", "IN"):
        return token
    node = token
    while node.head != node and node.dep_ != "relcl":
        node = node.head
    return node.head if node.dep_ == "relcl" else token
