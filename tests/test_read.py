"""Reading: every format, its faults, and what is left out. Each broken input has sound neighbours that must be read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique import read
from communique.errors import CallError
from communique.model import Article, Problem
from communique.read import files, measure
from communique.read.language import identify
from communique.read.source import decode

REPORT = (
    "Norway said on Monday that it would send two frigates to the exercise. Its defence minister told reporters "
    "that the ships were to leave this week, and that they had been asked for by the allies."
)
GERMAN = (
    "Die Bundesregierung hat am Montag beschlossen, zwei Fregatten in die Ostsee zu schicken. Der Minister sagte der "
    "Presse in Berlin, die Schiffe sollten noch in dieser Woche auslaufen, weil die Partner darum gebeten hätten."
)
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Frigates leave | The Fjord</title>
<meta property="og:site_name" content="The Fjord"><meta property="og:title" content="Frigates leave">
<meta property="og:url" content="https://example.org/frigates">
<meta property="article:published_time" content="2024-03-05T23:30:00-08:00"><meta name="author" content="Ola Vik">
</head><body><nav><a href="/">Home</a></nav><article><h1>Frigates leave</h1><p>{REPORT}</p><p>{REPORT} Later the
crews waved from the deck, and a band played on the quay.</p></article><footer>Imprint</footer></body></html>"""


def articles(*inputs: Path | str, **given: str) -> list[Article]:
    return [item for item in read(inputs, **given) if isinstance(item, Article)]


def problems(*inputs: Path | str) -> list[Problem]:
    return [item for item in read(inputs) if isinstance(item, Problem)]


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Plain text


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = f"Frigates leave Oslo\r\n\r\n{REPORT}\r\n"
    [article] = articles(put(tmp_path / "a.txt", text))
    assert article.text == text
    assert article.title == "Frigates leave Oslo"
    assert (article.published, article.outlet, article.url) == (None, None, None)


@pytest.mark.parametrize("text", [REPORT, f"{REPORT}\n\n{REPORT}", f"Oslo, Monday:\n\n{REPORT}"])
def test_running_text_is_no_title(tmp_path: Path, text: str) -> None:
    [article] = articles(put(tmp_path / "a.txt", text))
    assert article.title is None


def test_markdown_title_has_no_hash(tmp_path: Path) -> None:
    assert articles(put(tmp_path / "a.md", f"# Frigates leave\n\n{REPORT}"))[0].title == "Frigates leave"


def test_the_call_says_what_the_report_does_not(tmp_path: Path) -> None:
    row = json.dumps({"text": REPORT, "outlet": "The Fjord", "published": "2024-03-05"})
    [plain, stated] = articles(
        put(tmp_path / "a.txt", REPORT), put(tmp_path / "b.jsonl", row), published="2020-01-31", outlet="Someone"
    )
    assert (plain.published, plain.outlet) == ("2020-01-31", "Someone")
    assert (stated.published, stated.outlet) == ("2024-03-05", "The Fjord")


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "05/03/2024", "2024"])
def test_a_call_with_a_wrong_date_is_refused(day: str) -> None:
    with pytest.raises(CallError, match="YYYY-MM-DD"):
        list(read([], published=day))


# Bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Émigré “envoys” meet\n\n" + REPORT
    [article] = articles(put(tmp_path / "a.txt", text.encode(encoding)))
    assert article.text == text


def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path) -> None:
    page = PAGE.replace("<head>", '<head><meta charset="windows-1251">').replace("Ola Vik", "Ола Вик")
    [article] = articles(put(tmp_path / "a.html", page.encode("windows-1251")))
    assert article.author == "Ола Вик"


@given(st.text())
def test_decoding_gives_back_what_was_encoded(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode("utf-8")) == text


@given(st.binary(max_size=2000))
def test_any_bytes_are_one_article_or_one_problem(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = put(tmp_path_factory.mktemp("any") / "a.txt", raw)
    found = list(read(path))
    assert found
    for item in found:
        assert isinstance(item, Problem) or item.text.encode("utf-8")


# Pages


def test_a_page_gives_text_and_metadata(tmp_path: Path) -> None:
    [article] = articles(put(tmp_path / "a.html", PAGE))
    assert article.title == "Frigates leave"
    assert article.outlet == "The Fjord"
    # The day as the page states it, whatever the time zone.
    assert article.published == "2024-03-05"
    assert article.url == "https://example.org/frigates"
    assert article.author == "Ola Vik"
    assert article.language == "en"
    assert "two frigates" in article.text
    assert "Imprint" not in article.text


def test_a_page_is_the_same_however_often_it_is_read(tmp_path: Path) -> None:
    path = put(tmp_path / "a.html", PAGE)
    assert len({articles(path)[0].text for _ in range(5)}) == 1


def test_a_page_is_known_by_content(tmp_path: Path) -> None:
    assert articles(put(tmp_path / "page.txt", "\n " + PAGE))[0].url == "https://example.org/frigates"
    declared = '<?xml version="1.0" encoding="utf-8"?>' + PAGE
    assert articles(put(tmp_path / "page", declared))[0].url == "https://example.org/frigates"


def test_a_page_without_text_is_a_problem(tmp_path: Path) -> None:
    [problem] = problems(put(tmp_path / "a.html", "<html><body><script>x()</script></body></html>"))
    assert "no article text" in problem.reason


def test_deep_nesting_does_not_stop_the_next_page(tmp_path: Path) -> None:
    put(tmp_path / "a.html", "<html><body>" + "<div>" * 20_000 + "x")
    put(tmp_path / "b.html", PAGE)
    assert [a.title for a in articles(tmp_path)] == ["Frigates leave"]


# JSON lines


def test_rows_keep_what_they_state(tmp_path: Path) -> None:
    row = {
        "text": REPORT,
        "id": 17,
        "outlet": "The Fjord",
        "published": "2024-03-05T06:00:00Z",
        "title": "Frigates",
        "url": "https://example.org/17",
        "language": "en-GB",
        "author": ["Ola Vik", "Kari Nes"],
        "more": {"is": "ignored"},
    }
    [article] = articles(put(tmp_path / "a.jsonl", json.dumps(row) + "\n\n"))
    assert article == Article.make(
        REPORT,
        given_id="17",
        outlet="The Fjord",
        published="2024-03-05",
        title="Frigates",
        url="https://example.org/17",
        language="en",
        author="Ola Vik; Kari Nes",
    )


BAD_ROWS = [
    ("{not json", "no valid JSON"),
    ('["a list"]', "a list instead of an object"),
    ("17", "a number instead of an object"),
    ('{"words": "x"}', "no column 'text'"),
    ('{"text": ""}', "'text' is empty"),
    ('{"text": null}', "'text' is empty"),
    ('{"text": ["x"]}', "'text' is a list"),
    ('{"text": "x", "published": "last week"}', "'published' is 'last week'"),
    ('{"text": "x", "published": "2023-02-29"}', "YYYY-MM-DD"),
    ('{"text": "x", "outlet": {"name": "y"}}', "'outlet' is an object"),
    ('{"text": "' + "[" * 10, "no valid JSON"),
    ("[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD_ROWS)
def test_a_bad_row_names_its_line_and_its_neighbours_are_read(tmp_path: Path, bad: str, reason: str) -> None:
    good = json.dumps({"text": REPORT})
    path = put(tmp_path / "a.jsonl", f"{good}\n\n{bad}\n{good}\n")
    found = list(read(path))
    assert [type(item) for item in found] == [Article, Problem, Article]
    [problem] = [item for item in found if isinstance(item, Problem)]
    assert problem.source == f"{path}:3"
    assert reason in problem.reason
    assert problem.station == "read"


def test_a_bad_first_row_does_not_hide_the_rest(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"text": \n' + json.dumps({"text": REPORT}) + "\n")
    assert len(articles(path)) == 1
    assert problems(path)[0].source == f"{path}:1"


def test_unpaired_surrogates_and_nulls_become_replacement_characters(tmp_path: Path) -> None:
    [article] = articles(put(tmp_path / "a.jsonl", json.dumps({"text": REPORT + " \ud83d\x00."})))
    assert article.text == REPORT + " \ufffd\ufffd."


def test_offsets_into_a_rows_text_are_the_users_own(tmp_path: Path) -> None:
    text = f"\n  {REPORT}\r\n\u2028e\u0301 \U0001f30d\n"
    [article] = articles(put(tmp_path / "a.jsonl", json.dumps({"text": text})))
    assert article.text == text


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_document_is_read_too(tmp_path: Path, indent: int | None) -> None:
    rows = [{"text": REPORT, "id": "a"}, {"text": ""}, {"text": REPORT, "id": "b"}]
    path = put(tmp_path / "a.json", json.dumps(rows, indent=indent))
    assert [a.given_id for a in articles(path)] == ["a", "b"]
    assert problems(path)[0].source == f"{path}:2"


def test_lines_longer_than_the_first_look(tmp_path: Path) -> None:
    long = " ".join([REPORT] * 700)
    rows = [{"text": long, "id": "a"}, {"text": REPORT, "id": "b"}, {"text": long, "id": "c"}]
    path = put(tmp_path / "a.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert [(a.given_id, len(a.text)) for a in articles(path)] == [
        ("a", len(long)),
        ("b", len(REPORT)),
        ("c", len(long)),
    ]


# Which files


def test_folders_and_globs_are_read_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a.txt", "b/1.html", ".hidden/x.txt", "b/.x.txt", "README.md"):
        put(tmp_path / name, PAGE if name.endswith("html") else f"{name} here\n\n{REPORT}")
    assert [a.title for a in articles(tmp_path)] == ["a.txt here", "Frigates leave", "b/2.txt here"]
    assert [a.title for a in articles(f"{tmp_path}/b/*.txt")] == ["b/2.txt here"]
    [aside] = problems(tmp_path)
    assert aside.aside
    assert aside.source.endswith("README.md")


def test_a_file_left_out_of_a_folder_is_read_by_name(tmp_path: Path) -> None:
    assert len(articles(put(tmp_path / "README.md", REPORT))) == 1
    assert len(articles(put(tmp_path / "style.css", REPORT))) == 1


NO_REPORTS = [
    ("a.duckdb", b"\x00" * 8 + b"DUCK" + b"\x00" * 500, "a DuckDB database"),
    ("a.7z", b"7z\xbc\xaf\x27\x1c\x00\x04", "unpack it first"),
    ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture"),
    ("a.bin", bytes(range(256)) * 4, "neither text"),
]


@pytest.mark.parametrize(("name", "content", "word"), NO_REPORTS)
def test_other_kinds_say_what_to_do(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    path = put(tmp_path / "in" / name, content)
    [named] = list(read(path))
    assert isinstance(named, Problem)
    assert (named.source, named.aside) == (str(path), False)
    assert word in named.reason
    # Met in a folder it is listed, but no failure of what was asked.
    [met] = list(read(path.parent))
    assert isinstance(met, Problem)
    assert met.aside


EMPTY = [
    ("a.txt", b"", "empty"),
    ("b.txt", b" \n\n ", "no text"),
    ("c.txt", b"\n" * 1_000_000, "no text"),
    ("d.html", b"<html><body></body></html>", "no article text"),
    ("e.jsonl", b"", "empty"),
    ("f.csv", b"text,title\n", "without rows"),
    ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .docx"),
    ("a.xlsx", b"PK\x03\x04 xl/workbook.xml", "save it as CSV"),
    ("a.odt", b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument"),
    ("a.eml", b"From: a@b.example\n\nText.", "a mail"),
    ("g.txt", b"A report\x00 with zeros" * 9, "zero bytes"),
]


@pytest.mark.parametrize(("name", "content", "word"), EMPTY)
def test_a_report_without_text_is_a_problem_wherever_it_is(
    tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    path = put(tmp_path / "in" / name, content)
    for where in (path, path.parent):
        [found] = list(read(where))
        assert isinstance(found, Problem)
        assert not found.aside
        assert word in found.reason


@pytest.mark.parametrize("name", ["nowhere.txt", "*.nothing"])
def test_what_cannot_be_found(name: str) -> None:
    [problem] = list(read(name))
    assert type(problem) is Problem
    assert problem.source == name


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"text": REPORT}).encode())))
    [article] = articles("-")
    assert article.text == REPORT


# Languages


def test_other_languages_are_named_problems(tmp_path: Path) -> None:
    path = put(tmp_path / "in" / "a.txt", GERMAN)
    [named] = problems(path)
    assert "not in English (de): stored, not coded" in named.reason
    assert named.report is not None
    assert (named.report.language, named.report.text, named.aside) == ("de", GERMAN, False)
    [met] = problems(path.parent)
    assert (met.aside, met.report) == (True, named.report)


def test_the_words_decide_not_the_label(tmp_path: Path) -> None:
    rows = [{"text": GERMAN, "language": "en"}, {"text": REPORT, "language": "de"}, {"text": "Nein.", "language": "de"}]
    path = put(tmp_path / "a.jsonl", "\n".join(json.dumps(row) for row in rows))
    found = list(read(path))
    assert [type(item) for item in found] == [Problem, Article, Problem]
    languages = [getattr(item, "report", None) or item for item in found]
    assert [a.language for a in languages if isinstance(a, Article)] == ["de", "en", "de"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (REPORT, "en"),
        (GERMAN, "de"),
        ("Le ministre a déclaré lundi que deux frégates seraient envoyées. " * 5, "fr"),
        ("日本政府は月曜日に二隻のフリゲート艦を派遣すると発表した。" * 10, "ja"),
        ("أعلنت الحكومة يوم الاثنين أنها سترسل فرقاطتين إلى التدريبات المشتركة. " * 5, "ar"),
        ("Frigates leave.", None),
    ],
)
def test_languages(text: str, expected: str | None) -> None:
    assert identify(text) == expected


# Everything together


def test_every_report_is_counted(tmp_path: Path) -> None:
    good = json.dumps({"text": REPORT})
    put(tmp_path / "rows.jsonl", "\n".join([good, "{", good, '{"text": ""}', good]))
    put(tmp_path / "page.html", PAGE)
    put(tmp_path / "empty.txt", "")
    found = list(read(tmp_path))
    assert len(found) == 7
    assert sum(isinstance(item, Article) for item in found) == 4


def test_the_same_input_gives_the_same_articles() -> None:
    samples = Path(__file__).parents[1] / "samples"
    first = list(read(samples))
    assert first == list(read(samples))
    assert sum(isinstance(item, Article) for item in first) == 30
    assert len({item.id for item in first if isinstance(item, Article)}) == 30
    assert measure([samples]).reports >= 30
    assert files(str(samples)) == sorted(files(str(samples)) or [])
