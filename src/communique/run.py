"""Many articles through the coder, in this process or in several, into anything that can `add` a batch.

The same articles are coded in the same order whatever the number of workers. What is stored already is skipped, so a
run that was stopped goes on where it was.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from communique.codebook import Codebook, current, laid_over
from communique.errors import CommuniqueError, DataError, ModelError
from communique.model import Article, CodedReport, Problem

if TYPE_CHECKING:
    from communique.coding import Coder

# What one worker gets at a time: enough to make passing it over cheap, little enough to stop within seconds.
PARCEL = 8
# What the record gets at a time. Each batch is one transaction.
BATCH = 200
# What a run that is killed may lose, at most, is the work of so many seconds.
FLUSH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to build the coder; passes between processes. `codebook`: a user's folder laid over our tables; `kind`: with
    the encoder beside the lexicon (accurate) or without it (fast)."""

    model: str | None = None
    codebook: Path | None = None
    kind: Literal["fast", "accurate"] = "accurate"

    def book(self) -> Codebook:
        return laid_over(self.codebook) if self.codebook else current()

    def coder(self) -> Coder:
        from communique.coding import Coder

        book = self.book()
        if self.model:
            return Coder(model=self.model, codebook=book, kind=self.kind)
        return Coder(codebook=book, kind=self.kind)


class Sink(Protocol):
    """Where coded reports go: a record, or standard output. `has` without a version: coded by any; `holds`: stored,
    coded or not."""

    def has(self, article: str, version: str | None = None) -> bool: ...

    def holds(self, article: str) -> bool: ...

    def add(self, reports: Sequence[CodedReport], problems: Sequence[Problem], run: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. read = coded + uncoded + skipped + problems + asides.

    `uncoded`: stored and not coded, as they are in a language that is not read;
    `skipped`: stored before, or twice in the input; `older`: those of them that another coder version coded;
    `problems`: could not be read or coded; `asides`: met inside folders, but no reports for us;
    `failed`: those of all that count against the call, as they were asked for by name;
    `seconds` since the first report was read; `total`: reports expected, if known; `stopped`: ended early on request.
    """

    coded: int = 0
    uncoded: int = 0
    skipped: int = 0
    older: int = 0
    problems: int = 0
    asides: int = 0
    failed: int = 0
    seconds: float = 0.0
    total: int | None = None
    stopped: bool = False

    @property
    def read(self) -> int:
        return self.stored + self.skipped + self.problems + self.asides

    @property
    def stored(self) -> int:
        return self.coded + self.uncoded

    @property
    def rate(self) -> float | None:
        """Reports coded a second."""
        return self.coded / self.seconds if self.coded and self.seconds > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds still to go at this rate, as far as one can tell."""
        if self.total is None or self.rate is None:
            return None
        return max(0, self.total - self.read) / self.rate


@dataclass(frozen=True, slots=True)
class Forecast:
    """A rough idea of a run before it starts: seconds, and bytes on disk."""

    seconds: float
    bytes: float


# Measured on the sample reports with one worker on a two-core machine (`benchmarks/`); good to a factor of two.
_BYTES_PER_SECOND = 5_000.0
# A record takes about four bytes for one of text, and while it is written the disk holds it three times.
_RECORD_BYTES_PER_BYTE = 12.0
_START_SECONDS = 5.0


def forecast(size: int, workers: int = 1) -> Forecast:
    """What coding `size` bytes of reports takes."""
    return Forecast(_START_SECONDS + size / (_BYTES_PER_SECOND * workers), size * _RECORD_BYTES_PER_BYTE)


@dataclass(slots=True)
class _Parcel:
    """A stretch of the input: what is to be coded, and what already is a problem or skipped."""

    articles: list[Article] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0
    older: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Batch:
    reports: list[CodedReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def full(self, size: int) -> bool:
        count = len(self.reports) + len(self.problems)
        return count >= size or (count > 0 and time.monotonic() - self.began > FLUSH_SECONDS)


def run(
    articles: Iterable[Article | Problem],
    settings: Settings,
    sink: Sink,
    *,
    workers: int = 1,
    recode: bool = False,
    batch: int = BATCH,
    total: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Progress:
    """Codes the articles and adds them to `sink` in their order, `batch` at a time.

    What is stored is skipped; with `recode`, only what this coder version has coded. `stop` is asked between parcels:
    once it says yes, what is coded is added and the run ends. `progress` is called after every parcel. What waits
    longer than `FLUSH_SECONDS` is added though the batch is not full.
    """
    coder = settings.coder()
    version = coder.version
    began = time.monotonic()
    source = _parcels(articles, sink, version, recode)
    parcels = _until(stop, source)
    if workers > 1:
        del coder
        done = _code_in_workers(parcels, settings, workers)
    else:
        done = ((parcel, _code(parcel.articles, coder)) for parcel in parcels)
    now, waiting = Progress(total=total), _Batch()
    for parcel, results in done:
        now = _take(now, parcel, results, waiting, time.monotonic() - began)
        if waiting.full(batch):
            sink.add(waiting.reports, waiting.problems, version)
            waiting = _Batch()
        if progress:
            progress(now)
    if waiting.reports or waiting.problems:
        sink.add(waiting.reports, waiting.problems, version)
    return replace(now, stopped=stop() and next(source, None) is not None)


def _take(
    now: Progress, parcel: _Parcel, results: list[CodedReport | Problem], waiting: _Batch, seconds: float
) -> Progress:
    """Puts a parcel's results to what waits for the record, and counts them."""
    reports = [r for r in results if isinstance(r, CodedReport)]
    failed = [r for r in results if isinstance(r, Problem)]
    problems = [*parcel.problems, *failed]
    uncoded = sum(p.report is not None for p in problems)
    asides = sum(p.aside and p.report is None for p in problems)
    waiting.reports += reports
    waiting.problems += problems
    return replace(
        now,
        coded=now.coded + len(reports),
        uncoded=now.uncoded + uncoded,
        skipped=now.skipped + parcel.skipped,
        older=now.older + parcel.older,
        problems=now.problems + len(problems) - uncoded - asides,
        asides=now.asides + asides,
        failed=now.failed + parcel.failed + len(failed),
        seconds=seconds,
    )


def _until(stop: Callable[[], bool], parcels: Iterator[_Parcel]) -> Iterator[_Parcel]:
    while not stop():
        parcel = next(parcels, None)
        if parcel is None:
            return
        yield parcel


def _parcels(articles: Iterable[Article | Problem], sink: Sink, version: str, recode: bool) -> Iterator[_Parcel]:
    seen: set[str] = set()
    parcel, size = _Parcel(), 0
    for item in articles:
        if isinstance(item, Problem):
            parcel.failed += not item.aside
            if item.report is not None and (item.report.id in seen or sink.holds(item.report.id)):
                parcel.skipped += 1
            else:
                parcel.problems.append(item)
            if item.report is not None:
                seen.add(item.report.id)
        elif item.id in seen or sink.has(item.id, version if recode else None):
            parcel.skipped += 1
            parcel.older += item.id not in seen and not sink.has(item.id, version)
        else:
            seen.add(item.id)
            parcel.articles.append(item)
        size += 1
        # Skipped reports cost nothing, so a stretch of them makes one parcel.
        if len(parcel.articles) == PARCEL or size == 32 * PARCEL:
            yield parcel
            parcel, size = _Parcel(), 0
    if size:
        yield parcel


def _code(articles: Sequence[Article], coder: Coder) -> list[CodedReport | Problem]:
    return [_code_one(article, coder) for article in articles]


def _code_one(article: Article, coder: Coder) -> CodedReport | Problem:
    """One report that cannot be coded must not stop the others; a faulty table or model must."""
    try:
        return coder.code(article)
    except (DataError, ModelError):
        raise
    except Exception as error:  # whatever it is, it is kept with the report's name and the run goes on
        name = article.given_id or article.url or article.title or article.id
        reason = f"could not be coded ({type(error).__name__}: {error}); please report it with the text"
        return Problem(source=name, station="code", reason=reason, article=article.id)


# In several processes


@cache
def _own_coder(settings: Settings) -> Coder:
    """The coder of this worker process, built once."""
    return settings.coder()


def _begin_worker() -> None:
    """Ctrl-C goes to every process of the terminal; only the first one decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _code_apart(articles: Sequence[Article], settings: Settings) -> list[CodedReport | Problem]:
    return _code(articles, _own_coder(settings))


def _code_in_workers(
    parcels: Iterable[_Parcel], settings: Settings, workers: int
) -> Iterator[tuple[_Parcel, list[CodedReport | Problem]]]:
    """Parcels in their order; a few are under way at any time, so that memory does not grow with the input."""
    # Not "fork": the record's threads do not survive it.
    context = multiprocessing.get_context("spawn")
    waiting: deque[tuple[_Parcel, Future[list[CodedReport | Problem]]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker) as pool:
        try:
            for parcel in parcels:
                waiting.append((parcel, pool.submit(_code_apart, parcel.articles, settings)))
                if len(waiting) > 2 * workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        except BrokenProcessPool as error:
            raise CommuniqueError(
                "a worker process died, most likely for want of memory; what was stored is kept: "
                "run the same command again with fewer --workers"
            ) from error
