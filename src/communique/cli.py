"""The commands. Standard output carries data only; progress and messages go to standard error.

Exit status: 0 all done; 1 some named inputs could not be read; 2 the call is wrong or nothing could be done.
Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import itertools
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from communique import cli_tables
from communique.errors import CallError, CommuniqueError
from communique.model import Article, CodedReport, Form, Problem, Status, TieStatus, to_json

if TYPE_CHECKING:
    from communique.changes import Change
    from communique.network import Node
    from communique.run import Progress, Settings
    from communique.store import Record, StoredEvent, StoredHappening, StoredTie

app = typer.Typer(
    name="communique",
    help="Reads news reports and keeps an evidence-linked record of international politics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(cli_tables.app)

_err = Console(stderr=True, highlight=False, soft_wrap=True)

# A run expected to take longer than this is announced with what it needs.
_LONG_RUN_SECONDS = 60
# Problems shown one by one; the record keeps all of them.
_SHOWN_PROBLEMS = 50
# New reports whose events are shown right away on a terminal.
_SHOWN_REPORTS = 3

JSON = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
RECORD = Annotated[Path, typer.Argument(metavar="RECORD", help="The record, a DuckDB file.")]
MODEL = Annotated[str | None, typer.Option(metavar="NAME", help="Another installed spaCy pipeline.")]
KIND = Annotated[
    Literal["fast", "accurate"],
    typer.Option("--coder", help="accurate: the lexicon and an encoder together; fast: the lexicon alone."),
]
FROM = Annotated[str | None, typer.Option("--from", metavar="DATE", help="On this day or later.")]
UNTIL = Annotated[str | None, typer.Option(metavar="DATE", help="Before this day.")]
TYPE = Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="PLOVER type, as CONSULT.")]
PARTY = Annotated[list[str] | None, typer.Option(metavar="CODE", help="ISO3 or entity code; all must match.")]
KIND_OF_TIE = Annotated[str | None, typer.Option(metavar="KIND", help="Kind of tie, as agreement or membership.")]
STATUS = Annotated[
    list[Status] | None, typer.Option(metavar="STATUS", case_sensitive=False, help=f"One of {', '.join(Status)}.")
]
PLACE = Annotated[list[str] | None, typer.Option(metavar="PLACE", help="Place name, GeoNames id or ISO3.")]
MIN_SCORE = Annotated[
    float | None,
    typer.Option(min=0, max=1, metavar="SCORE", help="Events that are right with this probability or more."),
]
LIMIT = Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many.")]
CODEBOOK = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Tables of your own, laid over ours.")]


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        from communique import __version__

        print(f"communique {__version__}")
        raise typer.Exit


@app.command()
def code(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Files, folders, globs, http(s) addresses, or - for standard input."),
    ],
    into: Annotated[
        Path | None, typer.Option(metavar="RECORD", help="The record to add to. (default: record.duckdb)")
    ] = None,
    json: JSON = False,
    attitudes: Annotated[
        bool, typer.Option("--attitudes", help="With --json, also beliefs and intentions told without a speech act.")
    ] = False,
    published: Annotated[str | None, typer.Option(metavar="DATE", help="Day of reports that state none.")] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Outlet of reports that state none.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=NAME", help="The column of a table that holds a field, as text=Body."),
    ] = None,
    allow_local: Annotated[
        bool, typer.Option("--allow-local", help="Fetch addresses inside this network too.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Processes to code in, as many as there are cores to spare.")
    ] = 1,
    coder: KIND = "accurate",
    model: MODEL = None,
    codebook: CODEBOOK = None,
    recode: Annotated[
        bool, typer.Option("--recode", help="Code again what another version of the program or of its tables coded.")
    ] = False,
) -> None:
    """Reads reports, codes them and adds them to a record.

    Text, Markdown, web pages, JSON lines, CSV, Parquet, RSS and Atom feeds, WARC archives, Word, RTF and PDF files,
    downloads of Nexis, Factiva and ProQuest, and ZIP, tar and compressed files of all these are read, recognised by
    their content. Reports in a language that is not read are stored without being coded. With --json nothing is stored:
    one object a report goes to standard output. What the record has already is skipped, so that the same command goes
    on where a run was stopped. On a terminal, the events of up to three new reports are shown at once.

    Example: communique code reports/ --into record.duckdb
    """
    from communique import run
    from communique.read import measure, read

    if json and into:
        raise CallError("--json stores nothing, so it cannot go with --into; leave one of them out")
    settings = run.Settings(model, _folder(codebook), coder)
    settings.book().verified()
    found = read(inputs, published=published, outlet=outlet, columns=_columns(column or ()), local=allow_local)
    items = _with_a_report(found)
    size = measure(inputs)
    record = into or Path("record.duckdb")
    if not json:
        _announce(size, workers, record)
    with (
        _sink(None if json else record, attitudes, settings) as sink,
        _progress(json) as show,
        _stop_on_ctrl_c() as stop,
    ):
        shown = _Shown(sink)
        done = run.run(
            items,
            settings,
            shown,
            workers=workers,
            recode=recode,
            batch=1 if json else run.BATCH,
            total=size.reports or None,
            progress=show,
            stop=stop,
        )
    _sum_up(done, shown, not json)
    if not json:
        _show_new(shown, record)
    _err.print(_account(done, not json))
    if done.failed or done.stopped or not done.stored + done.skipped:
        raise typer.Exit(1 if done.stored + done.skipped else 2)


@app.command()
def events(
    record: RECORD,
    from_: FROM = None,
    until: UNTIL = None,
    type_: TYPE = None,
    actor: Annotated[list[str] | None, typer.Option(metavar="CODE", help="ISO3 or entity code.")] = None,
    recipient: Annotated[list[str] | None, typer.Option(metavar="CODE", help="ISO3 or entity code.")] = None,
    status: STATUS = None,
    place: PLACE = None,
    voice: Annotated[
        list[str] | None, typer.Option(metavar="VOICE", help="outlet, source, or the code or name of a source.")
    ] = None,
    min_score: MIN_SCORE = None,
    limit: LIMIT = None,
    json: JSON = False,
) -> None:
    """The events of a record, newest first.

    A filter given several times widens, different filters narrow; case does not matter. An event whose text states no
    time goes by the day of its report, marked *.

    Example: communique events record.duckdb --actor JPN --type AGREE --status planned
    """
    with _open(record) as book:
        rows = book.events(
            from_=_day(from_),
            until=_day(until),
            type=type_,
            actor=actor,
            recipient=recipient,
            status=[str(s) for s in status or ()],
            place=place,
            voice=voice,
            min_score=min_score,
            limit=limit,
        )
        nothing = "no events match" if rows else _nothing("events", book, [*(actor or ()), *(recipient or ())])
    _show_events(rows, json, nothing)


@app.command()
def happenings(
    record: RECORD,
    from_: FROM = None,
    until: UNTIL = None,
    type_: TYPE = None,
    party: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="ISO3 or entity code; all must take part.")
    ] = None,
    status: STATUS = None,
    place: PLACE = None,
    differing: Annotated[
        bool, typer.Option("--differing", help="Only those of which reports differ on day, place, status or a number.")
    ] = False,
    outlets: Annotated[int, typer.Option(min=1, metavar="N", help="Only those that so many outlets tell of.")] = 1,
    limit: LIMIT = None,
    json: JSON = False,
) -> None:
    """The occurrences behind the events: what several reports tell of is one, newest first.

    `told` counts reports, then stories (copies of one text are one), then outlets. `differing` names what they do not
    agree on; `communique explain` with the id shows who says what.

    Example: communique happenings record.duckdb --from 2023-01-01 --party JPN
    """
    with _open(record) as book:
        rows = book.happenings(
            from_=_day(from_),
            until=_day(until),
            type=type_,
            party=party,
            status=[str(s) for s in status or ()],
            place=place,
            differing=differing,
            outlets=outlets,
            limit=limit,
        )
        nothing = "no happenings match" if rows else _nothing("happenings", book, party or ())
    _show(rows, json, _HAPPENING_COLUMNS, _happening_cells, nothing)


@app.command()
def ties(
    record: RECORD,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As they stood on this day. (default: today)")] = None,
    known_by: Annotated[str | None, typer.Option(metavar="DATE", help="From reports up to this day only.")] = None,
    party: PARTY = None,
    kind: KIND_OF_TIE = None,
    status: Annotated[
        list[TieStatus] | None,
        typer.Option(metavar="STATUS", case_sensitive=False, help=f"One of {', '.join(TieStatus)}."),
    ] = None,
    json: JSON = False,
) -> None:
    """The ties of a record as they stood on a day, ended and rejected ones included.

    --at is the day asked about: all reports count, later ones too where they tell of that day. --known-by leaves out
    what was published later.

    Example: communique ties record.duckdb --at 2023-07-01 --party JPN --party NATO
    """
    with _open(record) as book:
        rows = book.ties(
            at=_day(at), known_by=_day(known_by), party=party, kind=kind, status=[str(s) for s in status or ()]
        )
        nothing = "no ties match" if rows else _nothing("ties", book, party or ())
    _show(rows, json, _TIE_COLUMNS, _tie_cells, nothing)


@app.command()
def changes(
    record: RECORD,
    since: Annotated[str, typer.Option(metavar="DATE", help="Told by reports of this day or later.")],
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Told before this day.")] = None,
    party: PARTY = None,
    kind: KIND_OF_TIE = None,
    atom: Annotated[bool, typer.Option("--atom", help="As an Atom feed, for feed readers.")] = False,
    json: JSON = False,
) -> None:
    """What reports since a day have changed in the ties: opened, changed, ended, disputed; the newest first.

    A change counts from the day it was told. Ends that were announced before and have come by themselves count from
    their own day.

    Example: communique changes record.duckdb --since 2023-06-01
    """
    from communique import changes as news

    if atom and json:
        raise CallError("--atom and --json are two forms of the same; leave one of them out")
    with _open(record) as book:
        first = _day(since) or since
        rows = news.changes(book.ties(party=party, kind=kind), first, _day(until))
        nothing = "nothing changed" if rows else _nothing("changes", book, party or ())
        if atom:
            urls = dict(book.sql("SELECT id, url FROM articles WHERE url SIMILAR TO 'https?://.*'").fetchall())
            title = f"Changes in {record.name} since {first}"
            sys.stdout.write(news.atom(rows, id=book.id, title=title, since=first, urls=urls))
            return
    _show(rows, json, _CHANGE_COLUMNS, _change_cells, nothing)


@app.command()
def dossier(
    record: RECORD,
    parties: Annotated[list[str], typer.Argument(metavar="CODE", help="One or two ISO3 or entity codes.")],
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As of this day. (default: today)")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Events and changes from this day on.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="As a web page that loads nothing. (default: Markdown)")] = False,
) -> None:
    """All that a record holds on a state or organisation, or on two: ties, timeline, events, disputes, sources.

    Example: communique dossier record.duckdb JPN NATO --at 2023-07-01
    """
    from datetime import date

    from communique import dossier as pages

    if len(parties) > 2:
        raise CallError(f"{', '.join(parties)}: a dossier is on one or two; leave the others out")
    with _open(record) as book:
        for code in parties:
            if not _known(code, book):
                raise CallError(f"{code} is no code in this record")
        found = pages.dossier(book, parties, _day(at) or date.today().isoformat(), _day(from_))
    sys.stdout.write(pages.html(found) if html else pages.markdown(found))


@app.command()
def aggregate(
    record: RECORD,
    pair: Annotated[
        list[str] | None, typer.Argument(metavar="CODE", help="Two ISO3 codes. (default: every pair told of)")
    ] = None,
    by: Annotated[str, typer.Option(metavar="PERIOD", help="day, week, month, quarter or year.")] = "month",
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="From the period of this day on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Periods that begin before this day.")] = None,
    json: JSON = False,
) -> None:
    """Counts and intensity of what states do to one another, period by period, zeros included, as CSV.

    Each row is one state towards another in one period. Occurrences (`happenings`) are counted, not passages; `reports`,
    `coded_stories` and `outlets` are all that was coded of the period, what the counts are out of. For one pair, the
    periods in which its rate changes are told on standard error.

    Example: communique aggregate record.duckdb JPN PHL --by year
    """
    import csv

    from communique import aggregate as series

    if pair and len(pair) != 2:
        raise CallError(f"{', '.join(pair)}: give two codes, or none for every pair")
    with _open(record) as book:
        rows = series.counts(book, by, pair or (), _day(from_), _day(until))
        kept: list[series.Count] = []
        out = csv.writer(sys.stdout, lineterminator="\n")
        if not json:
            out.writerow(series.COLUMNS)
        for row in rows:
            if pair:
                kept.append(row)
            if json:
                _print_json(to_json(row))
            else:
                out.writerow([getattr(row, name) for name in series.COLUMNS])
    for one, other in (pair, pair[::-1]) if pair else ():
        both = [row for row in kept if (row.one, row.other) == (one.upper(), other.upper())]
        for at in series.change_points([row.happenings for row in both]):
            _err.print(f"{one.upper()} -> {other.upper()}: the rate changes in {both[at].period}", markup=False)


@app.command()
def network(
    record: RECORD,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As it stood on this day. (default: today)")] = None,
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Ties of this kind only.")] = None,
    json: JSON = False,
) -> None:
    """The active ties of a day as a network: degree, betweenness, community, balance and blocs of each node.

    Conflicts and sanctions are hostile, all other ties friendly. A triad is balanced where friends of friends are friends
    and enemies of enemies too. Who stands in two blocs, and how balanced all is, is told on standard error.

    Example: communique network record.duckdb --at 2024-04-01
    """
    from communique.network import network as measured

    with _open(record) as book:
        found = measured(book.ties(at=_day(at)), kind or ())
    _show(found.nodes, json, _NODE_COLUMNS, _node_cells, "no active ties")
    for bridge in found.bridges:
        _err.print(f"in {bridge.one} and {bridge.other}: {', '.join(bridge.both)}", markup=False)
    if found.balance is not None:
        _err.print(f"balanced triads: {found.balance:.0%}", markup=False)


@app.command()
def bundle(
    record: RECORD,
    to: Annotated[Path, typer.Option(metavar="PATH", help="The archive to write, a ZIP file.")],
    without_text: Annotated[
        bool, typer.Option("--without-text", help="Without the texts: first words, place and hash of each passage.")
    ] = False,
) -> None:
    """A replication archive: the record, its tables, hashes of all inputs, coder versions, citation, and how to make it again.

    With --without-text it may be published where the texts may not.

    Example: communique bundle record.duckdb --to replication.zip
    """
    from communique.bundle import bundle as archive

    with _open(record) as book:
        names = archive(book, to, without_text)
    _err.print(f"wrote {to}: {', '.join(names)}", markup=False)


@app.command()
def forget(
    record: RECORD,
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE", help="Ids of reports, as a-1a2b3c4d5e6f7081.")],
) -> None:
    """Removes reports and all that came from them, everywhere in a record: their text, what was coded of it, and all that
    rests on that.

    The file is written anew, so that nothing of them stays in it. Copies of the record, and files that were exported from
    it, are yours to remove.

    Example: communique forget record.duckdb a-1a2b3c4d5e6f7081
    """
    _exists(record)
    from communique.store import Record

    with Record.open(record, write=True) as book:
        book.forget(articles)
    with Record.open(record) as book:
        _err.print(f"{record}: forgot {len(set(articles))}; {_counted(book.counts())}", markup=False)


@app.command()
def rebuild(record: RECORD) -> None:
    """Makes everything that is derived anew from the stored reports: stories, happenings, ties.

    Nothing is coded again. Needed after an upgrade that says so; it also brings a record of an earlier release up to date.

    Example: communique rebuild record.duckdb
    """
    _exists(record)
    from communique.store import Record

    with Record.open(record, write=True) as book:
        book.rebuild()
    with Record.open(record) as book:
        _err.print(f"{record}: {_counted(book.counts())}", markup=False)


@app.command()
def problems(
    record: RECORD,
    json: JSON = False,
) -> None:
    """What could not be read or coded, what was left out, and why.

    Reports in languages that are not read are listed with the id they are stored under.

    Example: communique problems record.duckdb
    """
    with _open(record) as book:
        rows = book.problems()
    _show(rows, json, _PROBLEM_COLUMNS, _problem_cells, "no problems")


@app.command()
def explain(
    record: RECORD,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="Id of an event, happening, tie or statement, as the lists show it.")
    ],
    json: JSON = False,
) -> None:
    """Why an event or tie is in the record: the passage, and the rows and rules that decided each field.

    Example: communique explain record.duckdb e-1a2b3c4d5e6f7081
    """
    with _open(record) as book:
        found = book.get(id_.strip())
        if found is None:
            raise CallError(
                f"{id_}: no event, happening, tie or statement of this id in {record}; `communique events`, `happenings` "
                "and `ties` list them"
            )
        if found.id != id_.strip():
            _err.print(f"{id_} now goes by {found.id}", markup=False)
        if outdated := getattr(found, "outdated", None):
            _err.print(f"{id_} no longer counts: {outdated}", markup=False)
        row = found.to_json()
        article = getattr(found, "article", None)
        origin = book.article(article) if article else None
    if json:
        _print_json(row)
    else:
        _out_lines(_explanation(row, origin))


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="Folder with hand-coded texts.")],
    json: JSON = False,
    predictions: Annotated[Path | None, typer.Option(metavar="DIR", help="Write what was predicted there.")] = None,
    coder: KIND = "accurate",
    model: MODEL = None,
    codebook: CODEBOOK = None,
) -> None:
    """Scores the coder on hand-coded texts, one figure a row.

    GOLD_DIR has folders events, actors, places, dates, attribution, status with JSON lines in them; any of the folders
    may be missing.

    Example: communique evaluate my-gold/ --predictions out/
    """
    _folder(gold)
    from communique import evaluate as evaluation
    from communique import run

    figures = evaluation.evaluate(gold, run.Settings(model, _folder(codebook), coder).coder(), predictions)
    if not figures:
        raise CallError(f"{gold}: no hand-coded texts found; expected folders such as events/ with .jsonl files")
    _show(figures, json, _FIGURE_COLUMNS, _figure_cells, "no figures")


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Tables of your own. (default: the shipped ones)")
    ] = None,
) -> None:
    """Checks the codebook and the lexicons, and lists every fault with file and line.

    Names that a table of yours refers to may stand in it, in an installed release or in ours.

    Example: communique check my-tables/
    """
    from communique.codebook import Codebook, shipped

    book = Codebook(_folder(folder)) if folder else shipped()
    faults = book.check()
    _out_lines(faults)
    if faults:
        _err.print(f"{len(faults)} fault{'s' * (len(faults) != 1)} found")
        raise typer.Exit(1)
    tables = book.tables()
    listed = f": {', '.join(tables)}" if folder and tables else ""
    _err.print(f"no faults found in {len(tables)} table{'s' * (len(tables) != 1)}{listed}", markup=False)


@app.command()
def export(
    record: RECORD,
    to: Annotated[Path, typer.Option(metavar="PATH", help="A folder, or with a suffix one file.")],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv, jsonl, parquet, polecat, gdelt, graphml, gexf, geojson, ftm or dyad-year. "
            "(default: by the suffix of PATH, else csv)",
        ),
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Only this: events, ties, statements or articles.")
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="Ties as of this day. (default: today)")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Events on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Events before this day.")] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="Events of this type.")] = None,
    actor: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Events of this actor, an ISO3 or entity code.")
    ] = None,
    recipient: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Events with this recipient.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(metavar="STATUS", help="Events of this status; in graphml and gexf, ties of this status."),
    ] = None,
    min_score: MIN_SCORE = None,
    extra: Annotated[
        bool, typer.Option("--extra", help="polecat: our own columns behind the 40, as quote, voice and status.")
    ] = False,
    excel_safe: Annotated[
        bool, typer.Option("--excel-safe", help="csv: no cell that a spreadsheet would take for a formula.")
    ] = False,
) -> None:
    """Writes the record to files for other programs.

    PATH without a suffix is a folder that gets one file a table; with a suffix it is one file with one table, the
    events where --table names no other. What is not in the files, and why, is told on standard error.

    Example: communique export record.duckdb --format parquet --to tables/
    """
    from communique import write

    form = write.format_for(format_, to)
    filters = {
        "from_": _day(from_),
        "until": _day(until),
        "type": type_,
        "actor": actor,
        "recipient": recipient,
        "status": status,
        "min_score": min_score,
    }
    with _open(record) as book:
        for code in (*(actor or ()), *(recipient or ())):
            _known(code, book)
        done = write.export(
            book, form, to, table=table, at=_day(at), filters=filters, extra=extra, excel_safe=excel_safe
        )
    for path in done.made:
        _err.print(f"wrote {path}", markup=False)
    for note in done.notes:
        _err.print(note, markup=False)


def main() -> None:
    """Entry point of the `communique` command."""
    for stream in (sys.stdout, sys.stderr):
        # The same bytes whatever the locale; a quote in any script must not end the program.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except CommuniqueError as error:
        _err.print(f"communique: {error}", style="red" if _err.is_terminal else None, markup=False)
        raise SystemExit(2) from None


def command_line() -> dict[str, Any]:
    """The commands by name, with the parameters and help that `docs/commands.md` is made of."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


# What a call gives


def _day(value: str | None) -> str | None:
    from communique.read import day

    return day(value) if value else None


def _columns(given: Iterable[str]) -> dict[str, str]:
    """FIELD=NAME as a mapping."""
    found: dict[str, str] = {}
    for pair in given:
        field, equals, name = pair.partition("=")
        if not equals or not name:
            raise CallError(f"--column {pair}: write it as FIELD=NAME, as text=Body")
        found[field.strip()] = name.strip()
    return found


def _folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise CallError(f"{path}: no such folder")
    return path


def _exists(path: Path) -> None:
    if not path.exists():
        raise CallError(f"{path}: no such record; `communique code INPUT --into {path}` makes one")


@contextmanager
def _open(path: Path) -> Iterator[Record]:
    _exists(path)
    from communique.store import Record

    with Record.open(path) as record:
        yield record


# Coding


def _with_a_report(items: Iterator[Article | Problem]) -> Iterator[Article | Problem]:
    """The same items; where no report is among them, the call ends before a record is made."""
    early: list[Article | Problem] = []
    for item in items:
        early.append(item)
        if isinstance(item, Article) or item.report is not None:
            return itertools.chain(early, items)
    for problem in early:
        if isinstance(problem, Problem):
            _tell(problem)
    raise CallError("nothing to code: no report could be read")


def _tell(problem: Problem) -> None:
    _err.print(f"{problem.source}: {problem.reason}", markup=False)


class _Lines:
    """Standard output in place of a record: one line a report; attitudes only where they were asked for."""

    def __init__(self, attitudes: bool) -> None:
        self.attitudes = attitudes

    def has(self, article: str, version: str | None = None) -> bool:
        return False

    def holds(self, article: str) -> bool:
        return False

    def add(self, reports: Sequence[CodedReport], problems: Sequence[Problem], run: str) -> None:
        for report in reports:
            shown = report
            if not self.attitudes:
                said = tuple(s for s in report.statements if s.form is not Form.ATTITUDE)
                shown = replace(report, statements=said)
            _print_json(to_json(shown))
        sys.stdout.flush()


class _Shown:
    """A sink that also tells of each problem on standard error as it is passed on, and remembers what was added."""

    def __init__(self, sink: Any) -> None:
        self.sink = sink
        self.problems = 0
        self.superseded = 0
        self.events = 0
        self.undated = 0
        self.articles: list[str] = []

    def has(self, article: str, version: str | None = None) -> bool:
        return bool(self.sink.has(article, version))

    def holds(self, article: str) -> bool:
        return bool(self.sink.holds(article))

    def add(self, reports: Sequence[CodedReport], problems: Sequence[Problem], run: str) -> None:
        for problem in problems:
            self.problems += 1
            if self.problems <= _SHOWN_PROBLEMS:
                _tell(problem)
        added = self.sink.add(reports, problems, run)
        self.events += sum(len(report.events) for report in reports)
        self.undated += sum(r.article.published is None and r.article.anchor is None for r in reports)
        self.articles += [report.article.id for report in reports[: _SHOWN_REPORTS + 1 - len(self.articles)]]
        self.superseded += getattr(added, "superseded", 0)


@contextmanager
def _sink(record: Path | None, attitudes: bool, settings: Settings) -> Iterator[Any]:
    if record is None:
        yield _Lines(attitudes)
        return
    from communique.store import Record

    with Record.open(record, write=True, codebook=settings.book()) as opened:
        yield opened


def _announce(size: Any, workers: int, record: Path) -> None:
    """Says beforehand what a long run takes, and warns where the disk is too small for it."""
    import shutil

    from communique.run import forecast

    need = forecast(size.bytes, workers)
    if need.seconds < _LONG_RUN_SECONDS:
        return
    # What is there already is copied too while the record is written.
    disk = need.bytes + 2 * (record.stat().st_size if record.exists() else 0)
    amount = f"about {size.reports:,} reports" if size.reports else f"{size.bytes / 1e6:,.0f} MB"
    _err.print(
        f"{amount}: roughly {_time(need.seconds)} and {disk / 1e6:,.0f} MB of disk. "
        "Ctrl-C stops cleanly; the same command goes on from there."
    )
    folder = record.absolute().parent
    if folder.exists() and shutil.disk_usage(folder).free < disk:
        _err.print(f"warning: {folder} may be too full for that", style="yellow", markup=False)


@contextmanager
def _progress(json: bool) -> Iterator[Callable[[Progress], None] | None]:
    """One line that is renewed on a terminal; nothing where standard error goes to a file, or data to the terminal."""
    if not _err.is_terminal or (json and sys.stdout.isatty()):
        yield None
        return
    line = Spinner("dots", "starting ...")
    # Left to itself, rich would take over standard output too and send the data to standard error.
    with Live(line, console=_err, transient=True, redirect_stdout=False, redirect_stderr=False):
        yield lambda now: line.update(text=_progress_line(now))


def _progress_line(now: Progress) -> str:
    parts = [f"read {now.read:,}", f"coded {now.coded:,}", f"skipped {now.skipped:,}", f"problems {now.problems:,}"]
    if now.rate:
        parts.append(f"{now.rate:.1f} a second")
    if now.left:
        parts.append(f"{_time(now.left)} left")
    return "  ".join(parts)


@contextmanager
def _stop_on_ctrl_c() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C asks the run to end after what it has in hand, the second ends it at once."""
    asked = False

    def ask(number: int, frame: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        _err.print("stopping after the reports in hand; Ctrl-C again stops at once")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def _sum_up(done: Progress, shown: _Shown, stored: bool) -> None:
    if shown.problems > _SHOWN_PROBLEMS:
        _err.print(f"... and {shown.problems - _SHOWN_PROBLEMS:,} more problems; the record lists them all")
    if shown.undated:
        _err.print(f"{shown.undated:,} without a date of publication: words such as Monday stay open; see --published")
    if shown.superseded:
        _err.print(f"{shown.superseded:,} older versions of reports superseded; the record keeps them")
    if done.older:
        _err.print(f"{done.older:,} of those stored before were coded by another version; --recode codes them again")
    if done.stopped and stored:
        _err.print("Stopped on request. Run the same command again to go on; what is stored is skipped.")
    elif done.stopped:
        _err.print("Stopped on request; --json stores nothing, so the same command begins anew.")


def _account(done: Progress, stored: bool) -> str:
    """The last line of a run: all that was read, as what was kept and what was not, and why."""
    kept, uncoded = (done.stored, 0) if stored else (done.coded, done.uncoded)
    within = (
        f" ({done.coded:,} coded, {done.uncoded:,} in other languages not coded)" if stored and done.uncoded else ""
    )
    reasons = {
        "stored before": done.skipped,
        "in other languages": uncoded,
        "with problems": done.problems,
        "no reports": done.asides,
    }
    why = ", ".join(f"{count:,} {name}" for name, count in reasons.items() if count)
    return (
        f"read {done.read:,} = {'stored' if stored else 'coded'} {kept:,}{within} + skipped {done.read - kept:,}"
        f"{f' ({why})' if why else ''}, in {_time(done.seconds)}"
    )


def _show_new(shown: _Shown, record: Path) -> None:
    """Where the record is and how to ask it; on a terminal a few new reports are shown right away."""
    if not shown.articles:
        return
    events = "1 event" if shown.events == 1 else f"{shown.events:,} events"
    _err.print(f"added {events} to {record}; ask it with `communique events {record}` and `ties`", markup=False)
    if sys.stdout.isatty() and shown.events and len(shown.articles) <= _SHOWN_REPORTS:
        with _open(record) as book:
            found = [row for article in shown.articles for row in book.events(article=article)]
        _show_events(found, False, "no events found")


def _time(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


# Showing rows


def _plain(row: Any) -> Any:
    """A row as JSON: one that comes from a record knows how, all else is as the model says."""
    return row.to_json() if hasattr(row, "to_json") else to_json(row)


def _nothing(what: str, book: Record, codes: Iterable[str]) -> str:
    """Says that nothing matches, and which of the codes asked for the record does not have at all."""
    missing = [code for code in codes if not _known(code, book)]
    return "\n".join([f"no {what} match", *(f"{code} is no code in this record" for code in missing)])


def _known(code: str, book: Record) -> bool:
    """Whether the record has this code; one that nobody knows is a wrong call."""
    known = book.codes()
    if code.upper() in {k.upper() for k in known}:
        return True
    if code.upper() not in _codes():
        near = dict.fromkeys(f"{k} ({n})" for k, names in known.items() for n in names if code.lower() in n.lower())
        perhaps = f"; perhaps {', '.join([*near][:5])}" if near else ""
        raise CallError(f"{code}: no code of a state or organisation{perhaps}")
    return False


def _codes() -> set[str]:
    """Every code of a state, class or organisation that the tables have, in capitals."""
    from communique.codebook import CLASS_CODES, current

    states = {row["iso3"] for row in current().rows("countries.csv")}
    return {*CLASS_CODES, *states, *(row["code"].upper() for row in current().rows("organizations.csv"))}


def _print_json(row: Any) -> None:
    from communique.write import json_line

    sys.stdout.write(json_line(row) + "\n")


def _out_lines(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


_STATUS_STYLES = {
    "occurred": "green",
    "ongoing": "green",
    "active": "green",
    "signed": "cyan",
    "planned": "cyan",
    "hypothetical": "yellow",
    "proposed": "yellow",
    "suspended": "yellow",
    "negated": "red",
    "ended": "red",
    "rejected": "red",
}


def _show(
    rows: Sequence[Any], json: bool, columns: Sequence[str], cells: Callable[[Any], Sequence[str]], nothing: str
) -> None:
    """Rows as JSON lines; as a coloured table on a terminal; else as plain columns, two spaces apart."""
    if json:
        for row in rows:
            _print_json(_plain(row))
        return
    if not rows:
        _err.print(nothing, markup=False)
        return
    table = [[_one_line(cell) for cell in cells(row)] for row in rows]
    if sys.stdout.isatty():
        _show_table(columns, table)
        return
    widths = [max(len(row[i]) for row in [list(columns), *table]) for i in range(len(columns))]
    for line in [list(columns), *table]:
        _out_lines(["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()])


def _one_line(cell: str) -> str:
    # Text from the net may carry control characters that would take over the terminal.
    return "".join(c if c.isprintable() else " " for c in " ".join(cell.split()))


# Columns that stand under the row on a terminal, where they have room.
_BELOW = frozenset({"id", "quote"})
_WIDEST_CELL, _NARROWEST_CELL = 28, 6


def _show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """One line a row, and under it, dimmed, its id and quote over the whole width."""
    console = Console(highlight=False)
    beside = [i for i, name in enumerate(columns) if name not in _BELOW]
    widths = _fitting([max(cell_len(row[i]) for row in [columns, *rows]) for i in beside], console.width)

    def line(cells: Sequence[str], style: str | None = None) -> Text:
        parts = [Text(cells[i], style=style or _STATUS_STYLES.get(cells[i], "")) for i in beside]
        for part, width in zip(parts, widths, strict=True):
            part.truncate(width, overflow="ellipsis", pad=True)
        joined = Text("  ").join(parts)
        joined.rstrip()
        return joined

    console.print(line(columns, "bold"), no_wrap=True, overflow="ellipsis")
    for row in rows:
        console.print(line(row), no_wrap=True, overflow="ellipsis")
        if below := "  ".join(row[i] for i, name in enumerate(columns) if name in _BELOW):
            console.print(Padding(Text(below, style="dim"), (0, 0, 0, 2), expand=False))


def _fitting(widths: Sequence[int], room: int) -> list[int]:
    """Column widths that fit into `room`, two spaces apart: the first stays whole, of the others the widest give way."""
    first, *others = [min(width, _WIDEST_CELL) for width in widths]
    room -= first + 2 * len(others)
    while sum(others) > room and max(others) > _NARROWEST_CELL:
        others[others.index(max(others))] -= 1
    return [first, *others]


_FIGURE_COLUMNS = ("task", "file", "figure", "items", "value")


def _figure_cells(row: Any) -> tuple[str, ...]:
    value = "unknown" if row.value is None else f"{row.value:.4f}"
    return (row.task, row.file, row.name, str(row.items), value)


_PROBLEM_COLUMNS = ("source", "station", "article", "reason")


def _problem_cells(row: Problem) -> tuple[str, ...]:
    return (row.source, row.station, row.article or "", row.reason)


_EVENT_COLUMNS = ("date", "type", "status", "actors", "recipients", "place", "voice", "id", "quote")


def _event_cells(row: StoredEvent) -> tuple[str, ...]:
    mark = "" if row.day_source in ("text", None) else "*"
    return (
        (row.day or "") + mark,
        _kind(row.type, row.act, row.mode),
        row.status,
        _actors(to_json(row.actors)),
        _actors(to_json(row.recipients)),
        (row.place.name or row.place.text) if row.place else "",
        _voice(to_json(row.voice)),
        row.id,
        row.sentence.text,
    )


_HAPPENING_COLUMNS = ("date", "type", "status", "actors", "recipients", "place", "told", "differing", "id")


def _happening_cells(row: StoredHappening) -> tuple[str, ...]:
    return (
        (row.day or "") + ("" if row.from_ or row.until else "*" if row.day else ""),
        _kind(row.type, row.act, row.mode),
        row.status,
        ", ".join(row.actors),
        ", ".join(row.recipients),
        (row.place.name or row.place.text) if row.place else "",
        f"{row.reports}/{row.stories}/{row.outlets}",
        ", ".join(row.differing),
        row.id,
    )


def _counted(counts: Mapping[str, int]) -> str:
    """ "30 reports, 29 stories, 5 outlets ..."."""
    return ", ".join(f"{n:,} {name if n != 1 else _SINGULAR[name]}" for name, n in counts.items())


_SINGULAR = {
    "reports": "report", "stories": "story", "outlets": "outlet", "events": "event", "happenings": "happening",
    "statements": "statement", "ties": "tie",
}  # fmt: skip

_CHANGE_COLUMNS = ("told", "change", "status", "since", "kind", "parties", "name", "step", "id", "quote")


def _change_cells(row: Change) -> tuple[str, ...]:
    return (
        row.told,
        row.change,
        row.status,
        row.from_ or "",
        row.kind,
        _actors(to_json(row.parties)),
        row.name or "",
        row.step,
        row.tie,
        row.evidence[0].text if row.evidence else "",
    )


_NODE_COLUMNS = (
    "code",
    "ties",
    "degree",
    "friends",
    "foes",
    "betweenness",
    "community",
    "balanced",
    "unbalanced",
    "blocs",
    "name",
)


def _node_cells(row: Node) -> tuple[str, ...]:
    numbers = (row.ties, row.degree, row.friends, row.foes)
    more = (f"{row.betweenness:.4f}", str(row.community or ""), str(row.balanced), str(row.unbalanced))
    return (row.code, *map(str, numbers), *more, ", ".join(row.blocs), row.name)


_TIE_COLUMNS = ("status", "since", "until", "kind", "parties", "name", "step", "id", "quote")


def _kind(type_: str, act: str | None, mode: str | None) -> str:
    """`AGREE (CONSULT)`, `ACCUSE/disapprove`: the type, the act that it hides, the mode."""
    return type_ + (f" ({act})" if act else "") + (f"/{mode}" if mode else "")


def _show_events(rows: Sequence[StoredEvent], json: bool, nothing: str) -> None:
    _show(rows, json, _EVENT_COLUMNS, _event_cells, nothing)
    if not json and any(row.day_source in ("published", "anchor") for row in rows):
        _err.print("* the text states no time; this is the day of the report")


def _tie_cells(row: StoredTie) -> tuple[str, ...]:
    # The words behind its present status; later passages may be about what came after the day asked for.
    passages = next((step.evidence for step in reversed(row.history) if step.evidence), row.evidence)
    return (
        row.status,
        row.since or "",
        row.until or "",
        row.kind,
        _actors(to_json(row.parties)),
        row.name or "",
        row.step,
        row.id,
        passages[-1].text if passages else "",
    )


def _actors(actors: Iterable[Any]) -> str:
    return ", ".join(a["entity"] or a["country"] or a["name"] or a["text"] for a in actors)


def _voice(voice: Any) -> str:
    if voice["kind"] == "outlet":
        return "outlet"
    names = ", ".join(a["name"] or a["text"] for a in voice["sources"]) or "source"
    via = ", ".join(a["name"] or a["text"] for a in voice["via"])
    return f"{names} via {via}" if via else names


# Explaining


def _explanation(row: Any, origin: Article | None) -> Iterator[str]:
    """Why an event or tie is there, as lines to read. `origin`: the one report it was read in."""
    if "values" in row:
        yield from _happening_lines(row)
    elif "evidence" in row:
        yield f"tie {row['id']}: {row['kind']} {row['name'] or ''}".rstrip()
        yield f"  {_actors(row['parties'])}: {_standing(row)} since {row['since'] or 'an unknown day'}"
        for step in row["history"]:
            yield f"  {step['from'] or 'unknown day'}: {_standing(step)}"
            yield from (f"    {_passage(item)}" for item in step["evidence"])
        yield from (f"  against: {_passage(item)}" for item in row["evidence"] if not item["for"])
    elif "type" in row:
        yield f"event {row['id']}: {_kind(row['type'], row['act'], row['mode'])}, {row['status']}"
        whom = f"{_actors(row['actors']) or 'nobody named'} -> {_actors(row['recipients']) or 'nobody named'}"
        yield f"  {whom}, told by {_voice(row['voice'])}"
        yield f"  {_passage(row['sentence'])}"
        yield f"  trigger: {row['trigger']['text']} [{row['trigger']['start']}-{row['trigger']['end']}]"
        if when := row["when"]:
            yield f"  when: {when['text']}: {when['from'] or '...'} to {when['until'] or '...'}, the last day not included"
        if place := row["place"]:
            country = f", {place['country']}" if place["country"] else ""
            yield f"  where: {place['text']}: {place['name'] or place['text']}{country}"
    else:
        yield f"statement {row['id']}: {_actors(row['sources']) or 'unnamed source'}, {row['form']}, {row['status']}"
        yield from (f"  {_passage(piece)}" for piece in row["content"])
    if origin is not None:
        about = (origin.title, origin.outlet, origin.published, origin.url)
        yield f"  report: {_one_line(', '.join(part for part in about if part) or 'without title, outlet or day')}"
    reasons = row.get("because") or []
    if reasons:
        yield "because"
    for reason in reasons:
        where = reason["file"] if reason["line"] is None else f"{reason['file']}:{reason['line']}"
        yield f"  {reason['field']}: {where}: {reason['row']}"


def _happening_lines(row: Any) -> Iterator[str]:
    """A happening with what each report says of it, field by field."""
    yield f"happening {row['id']}: {_kind(row['type'], row['act'], row['mode'])}, {row['status']}"
    yield f"  {', '.join(row['actors']) or 'nobody named'} -> {', '.join(row['recipients']) or 'nobody named'}"
    yield f"  told by {_counted({name: row[name] for name in ('reports', 'stories', 'outlets')})}"
    for field, values in itertools.groupby(row["values"], key=lambda value: value["field"]):
        yield f"  {field}{': reports differ' if field in row['differing'] else ''}"
        for value in values:
            number = _bounds(value) if value["least"] is not None or value["most"] is not None else value["value"]
            said = f" (said by {', '.join(value['sources'])})" if value["sources"] else ""
            origin = {"outlet": value["outlet"], "published": value["published"]}
            yield f"    {number} {value['unit'] or ''}".rstrip() + f"{said}: {_passage({**value['span'], **origin})}"
    yield f"  events: {', '.join(row['members'])}"


def _bounds(value: Any) -> str:
    """ "45", "at least 45", "up to 500", "300 to 400"."""
    least, most = value["least"], value["most"]
    if least == most:
        return f"{least:,.15g}"
    if least is None or most is None:
        return f"up to {most:,.15g}" if least is None else f"at least {least:,.15g}"
    return f"{least:,.15g} to {most:,.15g}"


def _standing(row: Any) -> str:
    return row["status"] if row["step"] == row["status"] else f"{row['status']} ({row['step']})"


def _passage(span: Any) -> str:
    """A quote and where it stands: outlet and day where the span knows them, article, characters."""
    origin = " ".join(str(span[key]) for key in ("outlet", "published") if span.get(key))
    where = f"{span.get('article') or ''} {span['start']}-{span['end']}".strip()
    return f'"{_one_line(span["text"])}" [{f"{origin}, " if origin else ""}{where}]'
