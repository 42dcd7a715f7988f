"""What changed since a day, and what a record holds on somebody: as text, JSON, Atom, Markdown and HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser
import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from communique import Coder
from communique.changes import atom, changes
from communique.cli import app
from communique.dossier import dossier, html, markdown
from communique.model import Article
from communique.store import Record

# (outlet, day, path of the address, text)
REPORTS = [
    ("Meridian Wire", "2022-01-06", "access", "Japan and Australia signed a Reciprocal Access Agreement on Thursday, officials said."),
    ("The Common Quay", "2023-08-14", "force", "The Reciprocal Access Agreement between Japan and Australia entered into force on Sunday."),
    ("Meridian Wire", "2021-06-01", "member", "Mali is a member of ECOWAS."),
    ("Meridian Wire", "2024-01-28", "left", "Mali left ECOWAS on Sunday, its government said."),
    ("Rampart Review", "2024-02-03", "denied", "Mali has not left ECOWAS, an analyst in Dakar said on Saturday."),
    ("Meridian Wire", "2022-03-23", "spies", "Poland on Wednesday expelled 45 Russian diplomats, the interior minister said."),
    ("The Common Quay", "2022-03-24", "spies2", "Poland expelled 40 Russian diplomats on 23 March & called them <spies> | “agents”."),
]  # fmt: skip


@pytest.fixture(scope="module")
def path(coder: Coder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("changes") / "record.duckdb"
    with Record.open(path, write=True) as record:
        made = [
            coder.code(Article.make(text, outlet=outlet, published=day, url=f"https://example.org/{name}?a=1&b=2"))
            for outlet, day, name, text in REPORTS
        ]
        record.add(made, [], "v1")
    return path


@pytest.fixture
def record(path: Path) -> Iterator[Record]:
    with Record.open(path) as book:
        yield book


def told(record: Record, since: str, until: str | None = None) -> list[tuple[str, str, str | None, str, str]]:
    rows = changes(record.ties(), since, until)
    return [(c.told, c.change, None if c.before is None else str(c.before), str(c.status), c.kind) for c in rows]


def test_what_was_told_since_a_day_is_news_and_what_was_told_before_is_not(record: Record) -> None:
    assert ("2022-01-06", "opened", None, "signed", "agreement") in told(record, "2022-01-01")
    found = told(record, "2023-01-01")
    assert ("2023-08-14", "changed", "signed", "active", "agreement") in found
    assert not any(day < "2023-01-01" for day, *_ in found)
    assert told(record, "2023-01-01", "2023-12-31") == [row for row in found if row[0] < "2023-12-31"]


def test_an_end_and_what_speaks_against_it_are_told_apart(record: Record) -> None:
    [membership] = [
        c for c in changes(record.ties(kind="membership"), "2024-01-01", "2024-02-01") if c.change == "ended"
    ]
    assert (str(membership.before), str(membership.status), membership.from_) == ("active", "ended", "2024-01-28")
    assert [e.outlet for e in membership.evidence] == ["Meridian Wire"]
    assert any(c.change == "disputed" for c in changes(record.ties(kind="membership"), "2024-01-01"))


def test_the_newest_comes_first(record: Record) -> None:
    days = [day for day, *_ in told(record, "2020-01-01")]
    assert days == sorted(days, reverse=True)
    assert len(days) > 4


def test_an_end_that_comes_by_itself_counts_from_its_own_day(coder: Coder, tmp_path: Path) -> None:
    text = "The pact between Norway and Latvia on fishing will expire on 31 May 2024."
    later = "Norway and Peru began talks."
    with Record.open(tmp_path / "r.duckdb", write=True) as record:
        record.add(
            [coder.code(text, outlet="A", published="2024-01-05"), coder.code(later, published="2024-07-01")], [], "v1"
        )
    with Record.open(tmp_path / "r.duckdb") as record:
        [found] = [c for c in changes(record.ties("2024-07-02"), "2024-03-01") if c.step == "presumed"]
        assert not changes(record.ties("2024-05-01"), "2024-03-01")
    assert (found.told, found.from_, found.change) == ("2024-05-31", "2024-05-31", "ended")


def test_the_feed_is_read_by_feed_readers(record: Record) -> None:
    rows = changes(record.ties(), "2020-01-01")
    urls = dict(record.sql("SELECT id, url FROM articles").fetchall())
    text = atom(rows, id=record.id, title="Changes & more", since="2020-01-01", urls=urls)
    feed = feedparser.parse(text)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert (feed.feed.title, len(feed.entries)) == ("Changes & more", len(rows))
    assert len({entry.id for entry in feed.entries}) == len(rows)
    assert all(entry.updated and entry.title for entry in feed.entries)
    assert any("https://example.org/left?a=1&b=2" in [link.href for link in entry.links] for entry in feed.entries)
    assert atom(rows, id=record.id, title="Changes & more", since="2020-01-01", urls=urls) == text


def test_the_command_prints_lines_objects_and_the_feed(path: Path) -> None:
    def run(*more: str) -> Any:
        return CliRunner().invoke(app, ["changes", str(path), *more])

    lines = run("--since", "2023-01-01")
    assert lines.exit_code == 0
    assert "Reciprocal Access Agreement" in lines.stdout
    rows = [json.loads(line) for line in run("--since", "2023-01-01", "--json").stdout.splitlines()]
    assert {"tie", "kind", "parties", "change", "before", "status", "step", "from", "told", "evidence"} <= rows[
        0
    ].keys()
    for row in rows:
        assert all({"start", "end", "text", "article"} <= item.keys() for item in row["evidence"])
    assert feedparser.parse(run("--since", "2023-01-01", "--atom").stdout).entries
    assert run("--since", "2023-01-01", "--atom", "--json").exit_code != 0
    assert [json.loads(r)["kind"] for r in run("--since", "2020-01-01", "--party", "MLI", "--json").stdout.splitlines()]
    assert run("--since", "2030-01-01").stdout == ""


# Dossiers


class Text(HTMLParser):
    """The words of a page, what it loads, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str | None] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_dossier_on_a_pair_says_how_it_stands_and_who_says_what(record: Record) -> None:
    page = markdown(dossier(record, ["JPN", "aus"], "2024-01-01"))
    assert page.startswith("# Japan (JPN) and Australia (AUS)\n")
    for heading in ("Ties", "Timeline", "Events by type", "Disputes", "Sources"):
        assert f"\n## {heading}\n" in page
    assert "| active (in force) | 2023-08-13 |" in page
    assert "Poland" not in page
    shown = Text(MarkdownIt("commonmark").enable("table").render(page))
    assert "table" in shown.tags
    assert "https://example.org/force?a=1&b=2" in shown.links


def test_what_reports_do_not_agree_on_is_a_dispute(record: Record) -> None:
    page = markdown(dossier(record, ["POL"], "2024-01-01"))
    disputes = page.partition("## Disputes\n")[2].partition("\n## ")[0]
    assert "45 diplomats" in disputes
    assert "40 diplomats" in disputes
    against = markdown(dossier(record, ["MLI"], "2024-06-01")).partition("## Disputes\n")[2]
    assert "has not left" in against.partition("\n## ")[0]


def test_both_forms_say_the_same_and_no_quote_becomes_markup(record: Record) -> None:
    found = dossier(record, ["POL"], "2024-01-01")
    page = html(found)
    shown, plain = Text(page), Text(MarkdownIt("commonmark").enable("table").render(markdown(found)))
    assert "".join("".join(shown.words).split()).endswith("".join("".join(plain.words).split()))
    assert "<spies>" not in page
    assert set(shown.tags).isdisjoint({"script", "img", "link", "iframe", "spies"})
    assert set(plain.tags).isdisjoint({"script", "img", "spies"})


def test_a_dossier_as_of_a_day_leaves_out_what_came_later(record: Record) -> None:
    page = markdown(dossier(record, ["AUS"], "2023-01-01"))
    assert "| signed | 2022-01-06 |" in page
    assert "entered into force" not in page.partition("## Timeline")[2]


def test_the_command_refuses_three_and_what_nobody_knows(path: Path) -> None:
    def run(*more: str) -> Any:
        return CliRunner().invoke(app, ["dossier", str(path), *more])

    assert run("JPN").stdout.startswith("# Japan (JPN)")
    assert run("JPN", "AUS", "--html").stdout.startswith("<!doctype html>")
    assert run("JPN", "AUS", "POL").exit_code != 0
    assert run("QQQ").exit_code != 0
