"""Tables, feeds, web archives, compressed files and archives of all of them; and what is wrong with each."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import EntryPoint
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique import read
from communique.errors import CallError
from communique.model import Article, Problem
from communique.read import Format, Given, Source, archives, known_formats
from communique.read import rows as tables
from communique.read.days import iso_day
from communique.read.feeds import plain

REPORT = (
    "Norway said on Monday that it would send two frigates to the exercise. Its defence minister told reporters "
    "that the ships were to leave this week, and that they had been asked for by the allies."
)
GERMAN = (
    "Die Bundesregierung hat am Montag beschlossen, zwei Fregatten in die Ostsee zu schicken. Der Minister sagte der "
    "Presse in Berlin, die Schiffe sollten noch in dieser Woche auslaufen, weil die Partner darum gebeten hätten."
)


def articles(*inputs: Path | str, columns: dict[str, str] | None = None) -> list[Article]:
    return [item for item in read(inputs, columns=columns) if isinstance(item, Article)]


def problems(*inputs: Path | str, columns: dict[str, str] | None = None) -> list[Problem]:
    return [item for item in read(inputs, columns=columns) if isinstance(item, Problem)]


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def page(number: int, words: str = REPORT) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>Frigates {number}</title><meta property="og:site_name" '
        f'content="The Fjord"><meta property="article:published_time" content="2024-03-0{number}"></head><body><article>'
        f"<h1>Frigates {number}</h1><p>{words}</p><p>Ship {number} left first. {words}</p></article></body></html>"
    )


# Days


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05T23:30:00-08:00", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("2024/3/5 10:00", "2024-03-05"),
        ("Tue, 05 Mar 2024 23:30:00 -0800", "2024-03-05"),
        ("March 5, 2024 Tuesday", "2024-03-05"),
        ("5 March 2024", "2024-03-05"),
        ("Tuesday 5th Mar. 2024 6:10 PM GMT", "2024-03-05"),
        ("25/03/2024", "2024-03-25"),
        ("03/25/2024", "2024-03-25"),
        ("05.03.2024", "2024-03-05"),
        ("03/05/2024", None),
        ("2023-02-29", None),
        ("31 June 2024", None),
        ("12 Smarch 2024", None),
        ("last week", None),
        ("2024", None),
        ("", None),
    ],
)
def test_days(written: str, day: str | None) -> None:
    assert iso_day(written) == day


# CSV


def table(*rows: dict[str, str], separator: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


FULL = {"text": f'He said "no".\n{REPORT}', "id": "7", "outlet": "The Fjord", "published": "2024-03-05"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table(tmp_path: Path, separator: str, encoding: str) -> None:
    path = put(tmp_path / "a.csv", table(FULL, {**FULL, "id": "8"}, separator=separator).encode(encoding))
    one, two = articles(path)
    assert one.text == FULL["text"]
    assert (one.given_id, two.given_id, one.outlet, one.published) == ("7", "8", "The Fjord", "2024-03-05")
    assert not problems(path)


def test_a_table_under_any_name_is_known_by_its_header(tmp_path: Path) -> None:
    assert len(articles(put(tmp_path / "table", table(FULL)))) == 1


def test_columns_by_the_names_that_others_use(tmp_path: Path) -> None:
    row = {"Headline": "Frigates leave", "Publication": "The Fjord", "Date": "5 March 2024", "Full Text": REPORT}
    [article] = articles(put(tmp_path / "a.csv", table(row)))
    assert (article.title, article.outlet, article.published) == ("Frigates leave", "The Fjord", "2024-03-05")
    [other] = articles(put(tmp_path / "b.jsonl", json.dumps({"content": REPORT, "source": "The Fjord"})))
    assert (other.text, other.outlet) == (REPORT, "The Fjord")


def test_columns_as_the_call_says(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", table({"text": "a teaser", "Langtext": REPORT, "Blatt": "The Fjord"}))
    [article] = articles(path, columns={"text": "Langtext", "outlet": "Blatt"})
    assert (article.text, article.outlet) == (REPORT, "The Fjord")
    [problem] = problems(path, columns={"text": "Volltext"})
    assert "no column 'Volltext'; it has text, Langtext, Blatt" in problem.reason
    with pytest.raises(CallError, match="'body' is no field"):
        list(read(path, columns={"body": "Langtext"}))


def test_bad_rows_of_a_table_name_their_line(tmp_path: Path) -> None:
    good, bad = table(FULL).split("\r\n", 1)[1], "x,9,The Fjord\r\n"
    path = put(tmp_path / "a.csv", table(FULL) + bad + good + "x y z,10,The Fjord,someday\r\n" + ",11,,\r\n" + good)
    found = list(read(path))
    assert [type(item) for item in found] == [Article, Problem, Article, Problem, Problem, Article]
    told = [(p.source.removeprefix(f"{path}:"), p.reason) for p in found if isinstance(p, Problem)]
    assert [line for line, _ in told] == ["4", "7", "8"]
    assert [word in reason for (_, reason), word in zip(told, ["3 cells", "'someday'", "empty"], strict=True)] == [
        True
    ] * 3


def test_a_table_without_a_column_for_the_text(tmp_path: Path) -> None:
    [problem] = problems(put(tmp_path / "a.csv", "name,city\nx,y\n"))
    assert "--column text=NAME" in problem.reason


def test_cells_in_an_older_encoding(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", table({**FULL, "outlet": "Le Câble"}).encode("cp1252"))
    assert articles(path)[0].outlet == "Le Câble"


def test_a_line_of_twenty_megabytes(tmp_path: Path) -> None:
    good = json.dumps({"text": REPORT})
    long = json.dumps({"text": "x" * 20_000_000})
    path = put(tmp_path / "a.jsonl", f"{good}\n{long}\n{good}\n")
    found = list(read(path))
    assert [type(item) for item in found] == [Article, Problem, Article]
    assert problems(path)[0].source == f"{path}:2"
    wide = put(tmp_path / "a.csv", table(FULL, {**FULL, "text": "x" * 20_000_000}, FULL))
    assert [type(item) for item in read(wide)] == [Article, Problem, Article]


# Parquet


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    day = pd.Timestamp("2024-03-05 10:00")
    pd.DataFrame(
        {"body": [REPORT, None, REPORT], "date": [day] * 3, "docid": [1, 2, 3], "authors": [["A", "B"], [], []]}
    ).to_parquet(path)
    one, two = articles(path)
    assert (one.given_id, one.published, one.author) == ("1", "2024-03-05", "A; B")
    assert two.given_id == "3"
    assert [p.source for p in problems(path)] == [f"{path}:2"]


def test_a_broken_parquet_file(tmp_path: Path) -> None:
    pd.DataFrame({"text": [REPORT] * 50}).to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    for name, raw in (("a.parquet", b"PAR1" + b"x" * 50), ("b.parquet", whole[:-20])):
        [problem] = problems(put(tmp_path / name, raw))
        assert "no readable Parquet file" in problem.reason
    pd.DataFrame({"name": ["x"]}).to_parquet(tmp_path / "c.parquet")
    assert "--column text=NAME" in problems(tmp_path / "c.parquet")[0].reason


# Feeds


RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Fjord &amp; Sea</title><link>https://example.org/</link><language>en-gb</language>
<item><title>Frigates &lt;b&gt;leave&lt;/b&gt; Oslo</title><link>https://example.org/1</link><guid>g-1</guid>
<pubDate>Tue, 05 Mar 2024 23:30:00 -0800</pubDate><author>Ola Vik</author><description>Teaser.</description>
<content:encoded><![CDATA[<p>{REPORT}</p><script>alert(1)</script><p>They<br>left&nbsp;early &amp; fast.</p>]]></content:encoded></item>
<item><title>No address</title><link>javascript:alert(1)</link><description>{REPORT}</description></item>
<item><title>Nothing in it</title><link>https://example.org/3</link></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>The Fjord</title>
<entry><title type="html">A &amp;lt;b&gt; C</title><link href="https://example.org/4"/><id>urn:4</id>
<updated>2024-03-05T10:00:00Z</updated><content type="html">&lt;div&gt;{REPORT}&lt;/div&gt;</content></entry></feed>"""


def test_rss(tmp_path: Path) -> None:
    path = put(tmp_path / "feed.xml", RSS)
    one, two = articles(path)
    assert one.text == f"{REPORT}\n\nThey\nleft early & fast."
    assert (one.title, one.outlet, one.published) == ("Frigates leave Oslo", "The Fjord & Sea", "2024-03-05")
    assert (one.url, one.given_id, one.author, one.language) == ("https://example.org/1", "g-1", "Ola Vik", "en")
    assert (two.title, two.url) == ("No address", None)
    [problem] = problems(path)
    assert (problem.source, problem.aside) == (f"{path}:3", True)


def test_atom_under_any_name(tmp_path: Path) -> None:
    [article] = articles(put(tmp_path / "x", ATOM))
    assert (article.text, article.published, article.url) == (REPORT, "2024-03-05", "https://example.org/4")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<rss><channel><title>&b;</title></channel></rss>"
)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (BOMB.encode(), "entity bomb"),
        (BOMB.encode("utf-16"), "entity bomb"),
        (b"<rss version='2.0'><channel></channel></rss>", "without entries"),
        (RSS[: RSS.index("No address")].encode(), "the feed is broken"),
    ],
)
def test_broken_feeds(tmp_path: Path, raw: bytes, word: str) -> None:
    assert word in problems(put(tmp_path / "feed.rss", raw))[-1].reason


@given(st.text(alphabet="<>/ab&;!-=\"' \n"))
def test_any_markup_becomes_words(markup: str) -> None:
    assert isinstance(plain(markup), str)


def test_markup_nested_without_end() -> None:
    assert plain("<div>" * 50_000 + "deep" + "</div>" * 50_000) in ("deep", "")


# Markdown


def test_markdown(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'Frigates leave'\ndate: 2024-03-05\nsource: The Fjord\nurl: https://example.org/5\n---\n"
        f"# A heading\n\n**Norway** [said](https://x.example) *on Monday*\nthat.\n\n- {REPORT}\n\n| a | b |\n|---|---|\n| c | d |\n"
    )
    [article] = articles(put(tmp_path / "a.md", text))
    assert article.text.startswith("A heading\n\nNorway said on Monday\nthat.\n\n" + REPORT)
    assert (article.title, article.published, article.outlet) == ("Frigates leave", "2024-03-05", "The Fjord")
    assert article.url == "https://example.org/5"


# Compressed files and archives


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_compressed(tmp_path: Path, suffix: str, pack: object) -> None:
    raw = "\n".join(json.dumps({"text": REPORT, "id": str(n)}) for n in range(3)).encode()
    path = put(tmp_path / f"a.jsonl.{suffix}", pack(raw))  # type: ignore[operator]
    assert [a.given_id for a in articles(path)] == ["0", "1", "2"]
    assert len(articles(put(tmp_path / f"b.html.{suffix}", pack(page(1).encode())))) == 1  # type: ignore[operator]


def test_a_cut_gzip_file_keeps_the_rows_before_the_cut(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": f"{REPORT} {n * 7919 % 9973}", "id": str(n)}) + "\n" for n in range(3000))
    path = put(tmp_path / "a.jsonl.gz", gzip.compress(rows.encode())[:-5000])
    found = list(read(path))
    assert len(found) > 1000
    assert [isinstance(item, Article) for item in found] == [True] * (len(found) - 1) + [False]
    assert "the file is cut" in problems(path)[0].reason
    # Half a report is no report.
    text = gzip.compress((REPORT * 20).encode())
    [problem] = list(read(put(tmp_path / "b.txt.gz", text[: len(text) // 2])))
    assert isinstance(problem, Problem)
    assert "the file is cut" in problem.reason


def test_bombs_are_stopped_while_they_unpack(tmp_path: Path) -> None:
    zeros = b" " * 200_000_000
    [gz] = problems(put(tmp_path / "a.txt.gz", gzip.compress(zeros)))
    assert "larger than" in gz.reason or "bomb" in gz.reason
    rows = json.dumps({"text": REPORT}).encode() + b"\n" + b"\n" * 100_000_000
    path = put(tmp_path / "b.jsonl.gz", gzip.compress(rows))
    assert len(articles(path)) == 1
    assert "decompression bomb" in problems(path)[0].reason
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.jsonl", rows)
        archive.writestr("next.txt", REPORT)
    assert len(articles(tmp_path / "c.zip")) == 2
    [problem] = problems(tmp_path / "c.zip")
    assert problem.source == f"{tmp_path}/c.zip/bomb.jsonl"
    assert "decompression bomb" in problem.reason


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, str | bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            raw = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return path


MEMBERS: dict[str, str | bytes] = {
    "a/rows.jsonl": "\n".join(json.dumps({"text": REPORT, "id": str(n)}) for n in range(2)),
    "b/page.html": page(1),
    "c/german.txt": GERMAN,
    "d/picture.png": b"\x89PNG\r\n",
    "e/empty.txt": "",
    "README.md": "about",
    "../../escape.txt": REPORT,
    ".hidden/x.txt": REPORT,
}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tgz"])
def test_archives_are_read_like_folders(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"in.{kind}"
    if kind == "zip":
        zipped(path, MEMBERS)
    else:
        tarred(path, MEMBERS, "w" if kind == "tar" else "w:gz")
    before = sorted(tmp_path.parent.rglob("*.txt"))
    found = list(read(path))
    assert sum(isinstance(item, Article) for item in found) == 4
    told = {p.source.rsplit("/", 1)[1]: p.aside for p in found if isinstance(p, Problem)}
    assert told == {"german.txt": True, "picture.png": True, "empty.txt": False, "README.md": True}
    assert sorted(tmp_path.parent.rglob("*.txt")) == before


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    inner: str | bytes = REPORT
    name = "a.txt"
    for depth in range(5):
        inner = zipped(tmp_path / "x.zip", {name: inner}).read_bytes()
        name = f"{depth}.zip"
        path = put(tmp_path / f"{depth}.zip", inner)
        expected = 1 if depth < archives.MAX_DEPTH else 0
        assert len(articles(path)) == expected
    assert "archives deep" in problems(path)[0].reason


def test_broken_archives(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", {f"{n}.txt": f"{REPORT} {n}" for n in range(9)}).read_bytes()
    [cut] = problems(put(tmp_path / "cut.zip", whole[:-100]))
    assert "cut ZIP archive" in cut.reason
    place = whole.index(b"3.txt") + 20
    flipped = whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :]
    path = put(tmp_path / "flipped.zip", flipped)
    assert len(articles(path)) == 8
    assert problems(path)[0].source.endswith("3.txt")
    tar = tarred(tmp_path / "a.tar", {f"{n}.txt": f"{REPORT} {n}" for n in range(9)}).read_bytes()
    path = put(tmp_path / "cut.tar", tar[:3000])
    assert 1 <= len(articles(path)) < 9
    assert "cut tar archive" in problems(path)[-1].reason


def test_names_that_lead_out_of_an_archive_are_read_and_an_empty_archive_is_told(tmp_path: Path) -> None:
    assert len(articles(zipped(tmp_path / "up.zip", {"../reports/a.txt": REPORT, "./b.txt": REPORT + " So."}))) == 2
    for empty in (
        zipped(tmp_path / "a.zip", {".hidden/a.txt": REPORT}),
        tarred(tmp_path / "a.tar", {".a.txt": REPORT}),
    ):
        assert [p.reason for p in problems(empty)] == ["an archive with nothing to read in it"]


def test_a_locked_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": REPORT, "b.txt": REPORT + " And more."})
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1
    path.write_bytes(bytes(raw))
    assert len(articles(path)) == 1
    assert "locked with a password" in problems(path)[0].reason


# Web archives


def record(url: str, body: bytes, *, kind: str = "text/html", status: str = "200 OK", more: str = "") -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{abs(hash(url))}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


RECORDS = [
    record("https://example.org/1", page(1).encode()),
    record("https://example.org/2", gzip.compress(page(2).encode()), more="Content-Encoding: gzip\r\n"),
    record("https://example.org/3", b"\x89PNG", kind="image/png"),
    record("https://example.org/4", b"", status="301 Moved"),
    record("https://example.org/5", page(3, GERMAN).encode()),
    record("https://example.org/6", REPORT.encode(), kind="text/plain"),
    record("https://example.org/7", gzip.compress(b"<p>" + b" " * 50_000_000), more="Content-Encoding: gzip\r\n"),
    record("https://example.org/8", page(4).encode("utf-16"), kind="text/html; charset=utf-16"),
]


@pytest.mark.parametrize("packed", [False, True])
def test_warc(tmp_path: Path, packed: bool) -> None:
    raw = b"".join(gzip.compress(r) if packed else r for r in RECORDS)
    path = put(tmp_path / ("a.warc.gz" if packed else "a.warc"), raw)
    found = articles(path)
    assert [a.url for a in found] == [f"https://example.org/{n}" for n in (1, 2, 6, 8)]
    assert [a.published for a in found] == ["2024-03-01", "2024-03-02", None, "2024-03-04"]
    told = problems(path)
    assert [p.source.removeprefix(str(path)) for p in told] == [":5", ":7", ""]
    assert "more than" in told[1].reason
    assert "1 answers with status 301, 1 image/png" in told[2].reason
    assert all(p.aside for p in told)


def test_a_cut_warc_is_noticed(tmp_path: Path) -> None:
    plain_ = b"".join(RECORDS[:2])
    packed = b"".join(map(gzip.compress, RECORDS[:2]))
    for name, raw in (("a.warc", plain_[:-200]), ("b.warc.gz", packed[:-30]), ("c.warc", plain_ + b"WARC/1.0\r\nWAR")):
        path = put(tmp_path / name, raw)
        assert [a.url for a in articles(path)][:1] == ["https://example.org/1"]
        assert "cut" in problems(path)[-1].reason, name


# Addresses


class Quiet(BaseHTTPRequestHandler):
    """Answers with a page in an encoding that only the server names, a feed, or nothing."""

    def do_GET(self) -> None:
        pages = {"/page": (page(1, f"{REPORT} Émigré."), "text/html; charset=iso-8859-1"), "/feed": (RSS, "text/xml")}
        text, kind = pages.get(self.path, ("", "text/plain"))
        body = text.encode("iso-8859-1" if "8859" in kind else "utf-8")
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_an_address_is_read_as_what_it_holds(server: str) -> None:
    [article] = [a for a in read(f"{server}/page", local=True) if isinstance(a, Article)]
    assert "Émigré" in article.text
    assert article.url == f"{server}/page"
    assert len([a for a in read(f"{server}/feed", local=True) if isinstance(a, Article)]) == 2


def test_an_address_that_cannot_be_read_is_one_problem(server: str) -> None:
    [inside] = list(read(f"{server}/page"))
    [gone] = list(read(f"{server}/nothing", local=True))
    [secret] = list(read("http://ann:pass@example.org/a"))
    for found, word in ((inside, "--allow-local"), (gone, "404"), (secret, "password")):
        assert isinstance(found, Problem)
        assert word in found.reason
    assert secret.source == "http://example.org/a"  # type: ignore[union-attr]


# Plug-ins


def read_memo(source: Source, given: Given) -> Iterator[Article | Problem]:
    yield Article.make(source.whole().decode().removeprefix("MEMO\n"), outlet=given.outlet)


MEMO = Format("memo", read_memo, lambda head, suffix: head.startswith(b"MEMO\n"), (".memo",), "a memo of the house")


def test_a_reader_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "in" / "a.memo", f"MEMO\n{REPORT}")
    assert problems(path.parent)[0].aside
    point = EntryPoint("memo", f"{__name__}:MEMO", "communique.readers")
    # `communique.read` is the function; its module goes by that name all the same.
    monkeypatch.setattr(sys.modules["communique.read.formats"], "entry_points", lambda group: [point])
    known_formats.cache_clear()
    try:
        assert articles(path.parent)[0].text == REPORT
        assert known_formats()[0].name == "memo"
    finally:
        known_formats.cache_clear()


def test_every_format_has_a_name_of_its_own() -> None:
    names = [form.name for form in known_formats()]
    assert len(set(names)) == len(names)
    assert all(form.about and form.suffixes for form in known_formats())
    assert set(tables.NAMES) == set(tables.FIELDS)
