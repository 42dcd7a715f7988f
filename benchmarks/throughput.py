"""Reports a second: `communique` beside a bare spaCy parse of the same texts.

The baseline is the pipeline that the coder uses, with all its components, over the same paragraphs, at the best of
several batch sizes; nothing is done with what it finds. The coder makes every part of the record. Loading the pipeline
and the tables is in neither. Both take their turn at stretches of the reports, so that a busy moment of the machine falls
on both. Two workers are measured as `code --workers 2` uses them: their start, and the way of reports and records
between processes, are in their time. Goal: at most 1.5 times the baseline with one worker.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

from bench import Cell, Table, main, seconds

from communique.coding import Coder
from communique.coding.parse import _all_known, stretches
from communique.model import Article, CodedReport, Form
from communique.run import Progress, Settings, run
from reports import make

SIZES = (100, 500, 2_000)
BATCHES = (8, 16, 32, 64, 128)
# Reports that a side takes at its turn.
STRETCH = 25


class Nowhere:
    """A sink that keeps nothing."""

    def has(self, article: str, version: str | None = None) -> bool:
        return False

    def holds(self, article: str) -> bool:
        return False

    def add(self, reports: object, problems: object, run: str) -> None:
        pass


def paragraphs(article: Article) -> list[str]:
    """What the coder gives to the parser."""
    text = article.text
    return [" ".join(text[start:end] for start, end in part.pieces) for part in stretches(text)]


class Sides:
    """The two sides that take turns, and what the coder finds on the way."""

    def __init__(self, articles: list[Article]) -> None:
        self.articles = articles
        self.coder = Coder(kind="fast")
        first = [text for article in articles[: 2 * STRETCH] for text in paragraphs(article)]
        self.bare(first, BATCHES[0])
        self.batch = min(BATCHES, key=lambda size: seconds(partial(self.bare, first, size)))
        self.coder.code(articles[0])
        self.found: list[CodedReport] = []

    def bare(self, texts: list[str], size: int) -> None:
        for _ in self.coder.nlp.pipe(texts, batch_size=size):
            pass

    def code(self, articles: list[Article]) -> None:
        self.found += map(self.coder.code, articles)

    def one_worker(self, count: int) -> tuple[float, float]:
        """Seconds of the baseline and of the coder for the first so many reports."""
        bare = ours = 0.0
        self.found.clear()
        for start in range(0, count, STRETCH):
            part = self.articles[start : min(start + STRETCH, count)]
            texts = [text for article in part for text in paragraphs(article)]
            bare += seconds(partial(self.bare, texts, self.batch))
            ours += seconds(partial(self.code, part))
        return bare, ours

    def shares(self) -> str:
        """How much of the reports each part of the work sees."""
        count: Counter[str] = Counter()
        for report in self.found:
            parsed = self.coder.parse(report.article)
            count["sentences"] += len(parsed.sents)
            count["with events"] += len({event.sentence.start for event in report.events})
            said = [s.content[0].start for s in report.statements if s.content and s.form is not Form.ATTITUDE]
            tokens = [token for token in map(parsed.token_at, said) if token is not None]
            count["with statements"] += len({parsed.sent_of(token) for token in tokens})
            docs = list(self.coder.nlp.pipe(paragraphs(report.article), disable=["ner"]))
            count["paragraphs"] += len(docs)
            count["open"] += sum(not _all_known(doc, self.coder.actors.names.labelled(doc.text)) for doc in docs)
        events, statements = (count[name] / count["sentences"] for name in ("with events", "with statements"))
        return (
            f"All {count['sentences']:,} sentences of {len(self.found):,} reports are parsed; {events:.0%} of them hold an "
            f"event, {statements:.0%} a statement. Name recognition reads only paragraphs with a proper noun that the "
            f"dictionaries leave open: {count['open'] / count['paragraphs']:.0%} of {count['paragraphs']:,}."
        )


def two_workers(articles: list[Article]) -> Progress:
    return run(iter(articles), Settings(kind="fast"), Nowhere(), workers=2)


def measure(quick: bool) -> Table:
    sizes = (3,) if quick else SIZES
    articles = [Article.make(r.text, outlet=r.outlet, published=r.published) for r in make(max(sizes))]
    sides = Sides(articles)
    rows: list[tuple[Cell, ...]] = []
    shares = ""
    for size in sizes:
        characters = sum(len(article.text) for article in articles[:size])
        bare, ours = sides.one_worker(size)
        shares = shares or sides.shares()
        two = two_workers(articles[:size]).seconds
        for name, time in (("spaCy's parse (baseline)", bare), ("1 worker", ours), ("2 workers", two)):
            rows.append((size, name, size / time, round(characters / time), time / bare))
    return Table(
        ("reports", "by", "reports/s", "characters/s", "time, of the baseline's"),
        rows,
        (shares, f"The baseline's best batch was {sides.batch} paragraphs."),
    )


if __name__ == "__main__":
    main(measure, __doc__)
