"""Word documents, rich text, PDF and pages: the same articles out of every container, and what is wrong with each."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml import OxmlElement
from fpdf import FPDF

import exports
from communique import read
from communique.model import Article, Problem
from communique.read import documents, pages
from communique.read.drafts import tidy
from communique.read.source import DamageError, Given, Source
from exports import SAMPLES, WRITERS, Sample

REPORT = (
    "Norway said on Monday that it would send two frigates to the exercise. Its defence minister told reporters that the "
    "ships were to leave this week, and that they had been asked for by the allies."
)


def opened(raw: bytes, name: str) -> Source:
    return Source.opened(name, io.BytesIO(raw))


def items(path: Path) -> list[Article | Problem]:
    return list(read([path]))


def put(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def reasons(path: Path) -> list[str]:
    found = items(path)
    assert not [item for item in found if isinstance(item, Article)]
    return [item.reason for item in found if isinstance(item, Problem)]


# A PDF keeps glyphs in the order they are seen, so Arabic comes out backwards; and its font has no letters beyond
# the first 65,536.
PLAIN = tuple(
    replace(
        s, title=s.title.replace(" (محمد بن سلمان)", ""), text=re.sub(r" \(محمد بن سلمان\)|\U0001d4d0 ", "", s.text)
    )
    for s in SAMPLES
)


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_articles_out_of_every_container(name: str, tmp_path: Path) -> None:
    samples = PLAIN if name.endswith(".pdf") else SAMPLES
    path = tmp_path / name
    WRITERS[name](samples, path)
    found = items(path)
    assert len(found) == len(samples)
    for number, (item, sample) in enumerate(zip(found, samples, strict=True), 1):
        if isinstance(item, Problem):
            assert item.source == f"{path}#{number}"
            assert item.aside
            assert ("without text" if not sample.text else "not in English (de)") in item.reason
        article = item.report if isinstance(item, Problem) else item
        if not sample.text:
            assert article is None
            continue
        assert article
        assert article.title == tidy(sample.title)
        assert (article.outlet, article.published) == (sample.outlet, sample.published)
        assert article.author == (sample.author or "").removeprefix("By ")
        assert article.text == "\n\n".join(map(tidy, sample.paragraphs))


@pytest.mark.parametrize("name", WRITERS)
def test_the_name_of_the_file_does_not_matter(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](PLAIN[:2], path)
    assert items(path.rename(tmp_path / "download")) == items(
        put(tmp_path / name, (tmp_path / "download").read_bytes())
    )


@pytest.mark.parametrize("name", ["nexis.docx", "nexis.rtf", "nexis.html", "proquest.txt"])
def test_missing_articles_are_reported(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / name
    make = exports.nexis if name.startswith("nexis") else exports.proquest
    lines = make(SAMPLES[:2])
    first = next(number for number, line in enumerate(lines) if line.kind == "title")
    last = next(number for number in range(first + 1, len(lines)) if lines[number].kind == "page")
    monkeypatch.setattr(exports, make.__name__, lambda articles: [*lines[: first - 2], *lines[last:]])
    WRITERS[name](SAMPLES[:2], path)
    article, problem = items(path)
    assert isinstance(article, Article)
    assert isinstance(problem, Problem)
    assert problem.source == str(path)
    assert problem.reason == "it speaks of 2 articles and holds 1; download it again"
    assert not problem.aside


def test_what_the_call_says_stands_in_where_the_download_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nexis.docx"
    exports.nexis_docx([replace(SAMPLES[0], published=None), SAMPLES[1]], path)
    first, second = read([path], published="2020-01-01", outlet="The Fjord")
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.published, first.outlet) == ("2020-01-01", SAMPLES[0].outlet)
    assert second.published == SAMPLES[1].published


# Word


def word(*parts: str, path: Path, heading: str | None = None, author: str | None = None) -> docx.document.Document:
    document = docx.Document()
    if heading:
        document.add_heading(heading, 1)
    for part in parts:
        document.add_paragraph(part)
    if author:
        document.core_properties.author = author
    document.save(str(path))
    return document


def test_a_word_document_is_one_report(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    word("Navy desk", REPORT, REPORT, path=path, heading="Frigates leave", author="Ola Vik")
    [article] = items(path)
    assert isinstance(article, Article)
    assert article.title == "Frigates leave"
    assert article.author == "Ola Vik"
    # The day on which the file was made says nothing of the report.
    assert article.published is None
    assert article.text == f"Frigates leave\n\nNavy desk\n\n{REPORT}\n\n{REPORT}"


def test_a_word_document_without_heading_has_its_first_line_as_title(tmp_path: Path) -> None:
    word("Frigates leave", REPORT, path=tmp_path / "a.docx")
    word(REPORT, REPORT, path=tmp_path / "b.docx")
    first, second = (item for name in "ab" for item in items(tmp_path / f"{name}.docx"))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, second.title) == ("Frigates leave", None)
    assert first.author is None, "the program that made it is no author"


def test_word_text_in_order_with_tables_boxes_and_changes(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    document = word(REPORT, path=path)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "frigates", "two"
    paragraph = document.add_paragraph("The third ")
    for tag, words in (("ins", "ship "), ("del", "boat ")):
        change = OxmlElement(f"w:{tag}")
        change.append(paragraph.add_run(words)._r)
        paragraph._p.append(change)
    paragraph.add_run("stays.")
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    content.append(document.add_paragraph("In a control.")._p)
    control.append(content)
    document.element.body.insert(-1, control)
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    document.save(str(path))
    [article] = items(path)
    assert isinstance(article, Article)
    assert article.text == f"{REPORT}\n\nfrigates two\n\nThe third ship stays.\n\nIn a control."


def test_cut_word_document(tmp_path: Path) -> None:
    path = tmp_path / "cut.docx"
    whole = exports.written_bytes(exports.nexis_docx, SAMPLES, tmp_path)
    [reason] = reasons(put(path, whole[: len(whole) // 2]))
    assert reason.startswith("a broken or cut Word document")
    assert "get it again" in reason


def test_word_document_that_is_none(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<p>no package</p>")
    [reason] = reasons(put(tmp_path / "none.docx", packed.getvalue()))
    assert "broken or cut Word document" in reason


def test_word_bomb(tmp_path: Path) -> None:
    path = put(tmp_path / "bomb.docx", exports.docx_bomb())
    assert path.stat().st_size < 1_000_000
    [reason] = reasons(path)
    assert "decompression bomb" in reason


def test_word_document_with_entities(tmp_path: Path) -> None:
    whole = exports.written_bytes(exports.nexis_docx, SAMPLES[:1], tmp_path)
    [reason] = reasons(put(tmp_path / "entities.docx", exports.docx_with_entities(whole)))
    assert "word/document.xml" in reason
    assert "entity bomb" in reason


@pytest.mark.parametrize("reader", [documents.read_docx, documents.read_rtf, documents.read_pdf])
def test_documents_beyond_the_limit_are_refused(reader: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(reader)
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 1000)
    with pytest.raises(DamageError, match="more than 1,000 bytes"):
        list(reader(opened(b"{\\rtf1 " + b"x" * 1000, "large"), Given()))


# Rich text


def rtf(body: str | bytes, head: str = r"\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}") -> bytes:
    raw = body.encode("ascii") if isinstance(body, str) else body
    return b"{\\rtf1" + head.encode("ascii") + b"\\pard " + raw + b"\\par}"


def text_of(raw: bytes) -> str:
    [item] = documents.read_rtf(opened(raw, "report.rtf"), Given())
    article = item.report if isinstance(item, Problem) else item
    assert article, item
    return article.text


RTF = {
    "plain": (rtf("Oslo"), "Oslo"),
    "paragraphs": (rtf(r"Oslo\par Bergen\line Voss"), "Oslo\n\nBergen\n\nVoss"),
    "code page": (rtf(r"caf\'e9 \'93quoted\'94"), "café “quoted”"),
    "other code page": (rtf(r"\'e9\'f8", r"\ansi\ansicpg1251"), "йш"),
    "code page of a font": (
        rtf(r"\f1 \'b3\f0  \'b3", r"\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset238 B;}}"),
        "ł ³",
    ),
    "two bytes a letter": (rtf(r"\'93\'fa\'96\'7b", r"\ansi\ansicpg932"), "日本"),
    "unicode": (rtf(r"\u321?\u243?d\u378?"), "Łódź"),
    "unicode, its stand-in an escape": (rtf(r"\u8217\'92s"), "’s"),
    "unicode, two stand-ins": (rtf(r"\uc2\u1605 ab.\uc1"), "م."),
    "beyond 65,536": (rtf(r"\u-10187?\u-9008?"), "\U0001d4d0"),
    "half a letter": (rtf(r"a\u-10187?b"), "a�b"),
    "raw bytes": (rtf(b"caf\xe9"), "café"),
    "raw UTF-8": (rtf("Łódź".encode()), "Łódź"),
    "braces": (rtf(r"\{a\} C:\\b"), r"{a} C:\b"),
    "spaces": (rtf(r"17\~July co\-operation\emdash so"), "17 July cooperation—so"),
    "header": (rtf(r"{\header Page \chpgn}Oslo{\footer end}{\*\generator X;}{\info{\title T}}"), "Oslo"),
    "picture": (rtf("Oslo " + exports.PICTURE + "Bergen"), "Oslo Bergen"),
    "table": (rtf(r"\trowd\intbl a|b\cell c\cell\row d"), "a|b c\n\nd"),
    "link": (rtf(r'See {\field{\*\fldinst{HYPERLINK "https://example.org/"}}{\fldrslt{here}}}.'), "See here."),
    "link of Word": (rtf(r'See {\field{\*\fldinst HYPERLINK "https://example.org/"}{\fldrslt here}}.'), "See here."),
    "stray end": (rtf(r"Oslo") + b"} Bergen", "Oslo"),
}


@pytest.mark.parametrize("name", RTF)
def test_rich_text(name: str) -> None:
    raw, text = RTF[name]
    assert text_of(raw) == text


def test_binary_picture() -> None:
    text = text_of(exports.rtf_with_binary_picture())
    assert text == "Before the picture.\n\nBehind the picture, a path: C:\\bin5 and é."


@pytest.mark.parametrize("head", [r"\ansi\ansicpg99999", r"\ansi\ansicpg0", r"\mac", ""])
def test_rich_text_with_an_encoding_nobody_knows(head: str) -> None:
    assert text_of(rtf("Oslo", head)) == "Oslo"


@pytest.mark.parametrize(
    "raw", [rtf(r"\u99999999?"), rtf(r"\uc a"), rtf(r"\f1\'93", r"\ansi{\fonttbl{\f1\fcharset78 A;}}")]
)
def test_rich_text_the_library_cannot_read(raw: bytes, tmp_path: Path) -> None:
    [reason] = reasons(put(tmp_path / "bad.rtf", raw))
    assert reason.startswith("a broken or cut RTF file")


def test_cut_rich_text_keeps_what_is_whole(tmp_path: Path) -> None:
    whole = exports.written_bytes(exports.nexis_rtf, (SAMPLES[0], SAMPLES[1], SAMPLES[5]), tmp_path)
    path = put(tmp_path / "cut.rtf", whole[: whole.rindex(b"ECOWAS said")])
    first, second, problem = items(path)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(problem, Problem)
    assert (first.title, second.title) == (SAMPLES[0].title, SAMPLES[1].title)
    assert problem.reason == "the file is cut: 2 articles were read, the rest is not there; get it again"


def test_cut_rich_text_of_one_report(tmp_path: Path) -> None:
    [reason] = reasons(put(tmp_path / "cut.rtf", rtf(REPORT)[:-40]))
    assert reason == "the file is cut: 0 articles were read, the rest is not there; get it again"


def test_links_without_end_do_not_take_time_without_end() -> None:
    raw = rtf(r"{\field{\*\fldinst{ a }}{\fldrslt b}}" * 20_000)
    start = time.perf_counter()
    assert text_of(raw) == "b" * 20_000
    assert time.perf_counter() - start < 10


# PDF


def pdf_pages(text: str, paragraphs: int = 1, **options: str) -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    for _ in range(paragraphs):
        pdf.multi_cell(0, 5, text, **options)  # type: ignore[arg-type]
        pdf.ln(3)
    return bytes(pdf.output())


def test_a_pdf_is_one_report(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.set_author("Ola Vik")
    pdf.add_page()
    for size, text in ((18, "Frigates leave the harbour of Bergen for an exercise in the northern sea"), (11, REPORT)):
        pdf.set_font("helvetica", size=size)
        pdf.multi_cell(0, size / 2, text, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    [article] = items(put(tmp_path / "report.pdf", bytes(pdf.output())))
    assert isinstance(article, Article)
    assert article.title == "Frigates leave the harbour of Bergen for an exercise in the northern sea"
    assert article.author == "Ola Vik"
    assert article.text == f"{article.title}\n\n{REPORT}"


LONG = replace(
    SAMPLES[0],
    text="\n\n".join(
        f"Number {n}: the ministers met again in Oslo and signed no agreement on fish, " * 4 + "." for n in range(40)
    ),
)


def test_articles_over_several_pages(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    exports.nexis_pdf([LONG, replace(LONG, title="The talks go on", published="2024-04-01"), SAMPLES[1]], path)
    assert len(pypdf.PdfReader(path).pages) > 5
    found = items(path)
    assert [item.title for item in found if isinstance(item, Article)] == [
        LONG.title,
        "The talks go on",
        SAMPLES[1].title,
    ]
    for item in found[:2]:
        assert isinstance(item, Article)
        assert item.text == "\n\n".join(map(tidy, LONG.paragraphs))


def test_running_heads_that_all_pages_have(tmp_path: Path) -> None:
    class Paper(FPDF):
        def header(self) -> None:
            self.set_font("helvetica", size=8)
            self.cell(0, 5, "The Harbour Courier", new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            self.set_y(-15)
            self.cell(0, 5, f"- {self.page_no()} -", align="C")

    pdf = Paper()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    for paragraph in LONG.paragraphs:
        pdf.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    [article] = items(put(tmp_path / "paper.pdf", bytes(pdf.output())))
    assert isinstance(article, Article)
    assert article.text == "\n\n".join(map(tidy, LONG.paragraphs))


def row(text: str, y: float, x: float = 30.0, size: float = 10.0) -> pages.Row:
    return pages.Row(text, x, y, size)


def test_words_divided_at_the_end_of_a_line() -> None:
    lines = [
        "The organi-",
        "sation of long-",
        "term plans met. Long and term it was: the co\xad",
        "operation with Bosnia-",
        "Herzegovina, as the organisation says.",
    ]
    page = [row(line.ljust(60) if n < 4 else line, 700 - 12 * n) for n, line in enumerate(lines)]
    assert pages.paragraphs([page]) == [
        "The organisation of long-term plans met. Long and term it was: the cooperation with Bosnia-Herzegovina, as the "
        "organisation says."
    ]


def test_paragraphs_told_by_where_their_first_line_begins() -> None:
    text = "ministers met in the town hall of Oslo and talked about the sea, "
    page = [row(f"{n} {text}", 700 - 12 * n, 40.0 if n in (0, 3, 6) else 30.0) for n in range(8)]
    assert [block[0] for block in pages.paragraphs([page])] == ["0", "3", "6"]


def test_pdf_without_text(tmp_path: Path) -> None:
    [reason] = reasons(put(tmp_path / "scan.pdf", exports.pdf_without_text()))
    assert reason == "no text in it (scanned pages?): run text recognition (OCR) first"


def test_pdf_with_some_pages_that_are_pictures(tmp_path: Path) -> None:
    from PIL import Image

    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    pdf.multi_cell(0, 5, REPORT)
    pdf.add_page()
    pdf.image(Image.new("RGB", (40, 40), "red"), w=100)
    problem, article = items(put(tmp_path / "mixed.pdf", bytes(pdf.output())))
    assert isinstance(article, Article)
    assert isinstance(problem, Problem)
    assert problem.reason == "pages without text (2): run text recognition (OCR) first"


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_cut_pdf(share: float, tmp_path: Path) -> None:
    whole = exports.written_bytes(exports.nexis_pdf, PLAIN, tmp_path)
    [reason] = reasons(put(tmp_path / "cut.pdf", whole[: int(len(whole) * share)]))
    assert "cut or broken" in reason


def test_broken_pdf(tmp_path: Path) -> None:
    whole = exports.written_bytes(exports.nexis_pdf, PLAIN, tmp_path)
    [reason] = reasons(put(tmp_path / "broken.pdf", whole[:2000] + b"\n%%EOF\n"))
    assert "broken or cut PDF" in reason


def test_locked_pdf(tmp_path: Path) -> None:
    [reason] = reasons(put(tmp_path / "locked.pdf", exports.pdf_locked()))
    assert reason == "locked with a password; save it without one"


def test_pdf_that_may_be_read_but_not_copied(tmp_path: Path) -> None:
    [article] = items(put(tmp_path / "owned.pdf", exports.pdf_locked(password="")))
    assert isinstance(article, Article)
    assert "signed the agreement on fish" in article.text


def test_nothing_is_printed_on_small_faults_of_a_pdf(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = pdf_pages(REPORT)
    raw = re.sub(rb"startxref\n\d+", b"startxref\n7", whole)
    [article] = items(put(tmp_path / "faulty.pdf", raw))
    assert isinstance(article, Article)
    assert capfd.readouterr() == ("", "")


# Pages


CODED = """<html><body><h1>Factiva</h1><div class="article enArticle"><table>
<tr><td class="index"><b>HD</b>&nbsp;</td><td class="enHeadline">Treaty signed <!-- in the night --> in Oslo</td></tr>
<tr><td><b>WC</b>&nbsp;</td><td>567 words</td></tr><tr><td><b>PD</b>&nbsp;</td><td>25 November 2022</td></tr>
<tr><td><b>SN</b>&nbsp;</td><td>The Harbour Courier</td></tr>
<tr><td><b>LP</b>&nbsp;</td><td><p class="articleParagraph">{text}</p><p class="articleParagraph">A second one.</p></td></tr>
<tr><td><b>TD</b>&nbsp;</td><td><p>{text}</p></td></tr>
<tr><td><b>AN</b>&nbsp;</td><td>Document HARC000020221125eib500001</td></tr></table></div></body></html>"""


def test_coded_page_of_factiva(tmp_path: Path) -> None:
    [article] = items(put(tmp_path / "factiva.html", CODED.format(text=REPORT).encode()))
    assert isinstance(article, Article)
    assert article.title == "Treaty signed in Oslo"
    assert article.text == f"{REPORT}\n\nA second one.\n\n{REPORT}"
    assert article.given_id == "HARC000020221125eib500001"


@pytest.mark.parametrize(
    "page",
    [
        f"<html><body><article><h1>Factiva is sold</h1><p>{REPORT}</p></article></body></html>",
        f"<html><body><article><h1>Box</h1><p>1 of 250 DOCUMENTS</p><p>{REPORT}</p><p>End of Document</p></article></body>",
        "<html>",
        "",
    ],
)
def test_ordinary_pages_are_no_downloads(page: str) -> None:
    assert documents.split_html(page) is None


# All of it at once


def many(count: int) -> Iterator[Sample]:
    for number in range(count):
        sample = PLAIN[number % 2]
        yield replace(sample, title=f"{sample.title} ({number})", text=f"{sample.text}\n\nThis was report {number}.")


@pytest.mark.parametrize("name", ["nexis.docx", "nexis.rtf", "factiva.html", "proquest.txt", "lexis.txt"])
def test_many_articles_in_one_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](list(many(300)), path)
    found = items(path)
    assert [item.title for item in found if isinstance(item, Article)] == [sample.title for sample in many(300)]
    assert [item.text[-22:].rpartition(" ")[2] for item in found if isinstance(item, Article)] == [
        f"{n}." for n in range(300)
    ]


def test_a_page_of_a_pdf_that_cannot_be_read_does_not_take_the_others(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.set_compression(False)
    pdf.set_font("helvetica", size=11)
    for _ in range(2):
        pdf.add_page()
        pdf.multi_cell(0, 5, REPORT)
    raw = bytes(pdf.output())
    at = raw.rindex(b"/Length")
    damaged = raw[:at] + b"/Filter /NoSuchFilter\n" + raw[at:]
    problem, article = items(put(tmp_path / "page.pdf", damaged))
    assert isinstance(article, Article)
    assert article.text == REPORT
    assert isinstance(problem, Problem)
    assert problem.reason.startswith("page 2 cannot be read (")
