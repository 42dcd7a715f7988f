"""Many articles: the same result whatever the number of workers, and nothing lost or done twice after a stop."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from communique import run as running
from communique.model import Article, CodedReport, Problem, to_json
from communique.run import PARCEL, Progress, Settings, forecast, run


@dataclass
class Kept:
    """A sink that keeps batches in memory."""

    batches: list[tuple[list[CodedReport], list[Problem]]] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)

    def has(self, article: str, version: str | None = None) -> bool:
        return any(a == article and version in (None, v) for a, v in self.known)

    def holds(self, article: str) -> bool:
        return self.has(article) or any(p.report is not None and p.report.id == article for p in self.problems)

    def add(self, reports: Sequence[CodedReport], problems: Sequence[Problem], run: str) -> None:
        self.batches.append((list(reports), list(problems)))
        self.known |= {(report.article.id, run) for report in reports}

    @property
    def lines(self) -> list[str]:
        return [json.dumps(to_json(report)) for reports, _ in self.batches for report in reports]

    @property
    def problems(self) -> list[Problem]:
        return [problem for _, problems in self.batches for problem in problems]


def articles(count: int) -> Iterator[Article | Problem]:
    for i in range(count):
        yield Article.make(f"Norway signed pact number {i} with Sweden on Monday.", published="2024-03-05")


def test_workers_make_no_difference() -> None:
    one, two = Kept(), Kept()
    run(articles(40), Settings(), one, batch=16)
    run(articles(40), Settings(), two, batch=16, workers=2)
    assert len(one.lines) == 40
    assert one.lines == two.lines
    assert [len(reports) for reports, _ in one.batches] == [len(reports) for reports, _ in two.batches] == [16, 16, 8]


def test_everything_is_counted_once() -> None:
    items = [
        *articles(3),
        Problem("x.jsonl:2", "read", "broken"),
        *articles(3),
        Problem("x.png", "read", "no report", aside=True),
        *articles(5),
    ]
    sink, seen = Kept(), list[Progress]()
    done = run(items, Settings(), sink, progress=seen.append, total=len(items))
    assert (done.coded, done.skipped, done.problems, done.asides, done.read) == (5, 6, 1, 1, len(items))
    assert (done.uncoded, done.failed) == (0, 1)
    assert [p.source for p in sink.problems] == ["x.jsonl:2", "x.png"]
    assert seen[-1].left == 0


def test_a_report_in_another_language_is_stored_once_and_not_coded() -> None:
    [german] = [replace(a, language="de") for a in articles(1) if isinstance(a, Article)]
    named = Problem("a.txt", "read", "not in English", german.id, report=german)
    met = replace(named, source="b.txt", aside=True)
    sink = Kept()
    done = run([named, met, *articles(2)], Settings(), sink)
    assert (done.coded, done.uncoded, done.stored, done.skipped, done.failed, done.read) == (1, 1, 2, 2, 1, 4)
    again = run([met], Settings(), sink)
    assert (again.uncoded, again.skipped, again.failed) == (0, 1, 0)


def test_what_is_stored_is_skipped_and_coded_again_by_a_newer_version_on_request() -> None:
    sink = Kept()
    run(articles(5), Settings(), sink)
    again = run(articles(7), Settings(), sink)
    assert (again.coded, again.skipped, again.older) == (2, 5, 0)
    sink.known = {(article, "older") for article, _ in sink.known}
    newer = run(articles(8), Settings(), sink)
    assert (newer.coded, newer.skipped, newer.older) == (1, 7, 7)
    recoded = run(articles(8), Settings(), sink, recode=True)
    assert (recoded.coded, recoded.skipped, recoded.older) == (7, 1, 0)
    assert run(articles(8), Settings(), sink, recode=True).coded == 0


def test_what_waits_long_is_added_before_the_batch_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FLUSH_SECONDS", 0.0)
    sink = Kept()
    run(articles(3 * PARCEL), Settings(), sink)
    assert [len(reports) for reports, _ in sink.batches] == [PARCEL] * 3


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_run_goes_on_where_it_was(workers: int) -> None:
    sink, whole = Kept(), Kept()
    asked = iter([False, False])
    first = run(articles(6 * PARCEL), Settings(), sink, workers=workers, stop=lambda: next(asked, True))
    assert first.stopped
    assert first.coded == 2 * PARCEL
    second = run(articles(6 * PARCEL), Settings(), sink, workers=workers)
    assert not second.stopped
    assert (second.coded, second.skipped) == (4 * PARCEL, 2 * PARCEL)
    run(articles(6 * PARCEL), Settings(), whole)
    assert sink.lines == whole.lines


def test_a_report_that_is_no_text_does_not_stop_its_neighbours() -> None:
    odd = [Article.make(text) for text in ("\u202e\u0301\ufffd", "…" * 5000, "a" * 30_000, "Norway " * 5000)]
    sink = Kept()
    done = run([*articles(1), *odd, *articles(2)], Settings(), sink)
    assert done.read == done.coded + done.skipped + done.problems == 7
    assert len(sink.lines) + len(sink.problems) == 6


def test_a_forecast_grows_with_the_input_and_shrinks_with_workers() -> None:
    assert forecast(10_000_000).seconds > forecast(10_000_000, workers=2).seconds > forecast(1000).seconds
    assert forecast(10_000_000).bytes > forecast(1000).bytes > 0
