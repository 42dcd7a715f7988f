"""Makes downloads as news databases give them, in their layouts and containers, from articles of our own; and broken
files of the same kinds. Every writer is `write(articles, path)`."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import docx
import matplotlib
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from fpdf import FPDF

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@dataclass(frozen=True)
class Sample:
    """An article to be written. `published`: an ISO day or `None`; `text`: paragraphs between blank lines, "" where the
    database has no body; `language`: its English name."""

    title: str
    outlet: str
    published: str | None
    author: str | None
    text: str
    language: str = "English"

    @property
    def paragraphs(self) -> list[str]:
        return [p for p in self.text.split("\n\n") if p]

    @property
    def length(self) -> str:
        return f"{len(self.text.split())} words"

    @property
    def accession(self) -> str:
        code = re.sub(r"[^A-Z]", "", self.outlet.upper())[:6].ljust(8, "0")
        return f"{code}{(self.published or '2022-01-01').replace('-', '')}eib{abs(hash_of(self.title)) % 10**6:06d}"


def hash_of(text: str) -> int:
    """The same number on every run, unlike `hash`."""
    return zlib.crc32(text.encode())


SAMPLES = (
    Sample(
        "Sweden hands in its papers to become NATO's 32nd member",
        "The Harbour Courier",
        "2024-03-07",
        "Ola Vik",
        "Sweden became the 32nd member of the North Atlantic alliance on Thursday, when its prime minister handed over the "
        "instrument of accession in Washington. Hungary had been the last of the members to ratify, on 26 February.\n\n"
        "The secretary of state said that there was no better example of what had changed in Europe since the invasion of "
        "Ukraine two years before. The flag was to be raised in Brussels on the following Monday.\n\n"
        "Finland had joined in April 2023.",
    ),
    Sample(
        "France recalls its ambassadors to Canberra and Washington",
        "Meridian Wire",
        "2021-09-17",
        "By Anna Lund; Per Strand",
        "France recalled its ambassadors to the United States and Australia for consultations on Friday, two days after "
        "Canberra had given up a contract for submarines. It was the first time that Paris had called its envoy back from "
        "Washington.\n\n"
        "“There has been duplicity,” the foreign minister said. The ambassador to Canberra left on Sunday.",
    ),
    Sample(
        "Picture of the day: the harbour of Djibouti",
        "The Harbour Courier",
        "2022-11-25",
        None,
        "",
    ),
    Sample(
        "Bundesregierung schickt zwei Fregatten in die Ostsee",
        "Küstenblatt",
        "2022-05-03",
        "Jürgen Groß",
        "Die Bundesregierung hat am Montag beschlossen, zwei Fregatten in die Ostsee zu schicken. Der Minister sagte der "
        "Presse in Berlin, die Schiffe sollten noch in dieser Woche auslaufen, weil die Partner darum gebeten hätten.\n\n"
        "Die Übung dauert bis zum Ende des Monats, und es nehmen Schiffe aus neun Ländern daran teil.",
        "German",
    ),
    Sample(
        "Łódź and Zürich: “co\xadoperation”, said Mohammed bin Salman (محمد بن سلمان), isn’t over",
        "Café de l’Été Review",
        "2023-12-01",
        "Zoë Müller-Łukasz",
        "The crown prince of Saudi Arabia, Mohammed bin Salman (محمد بن سلمان), met the president of Türkiye in Jeddah on "
        "17\xa0July 2023 and signed contracts for drones worth 3\xa0billion dollars – the largest of their kind in the "
        "history of Turkish defence and avia\xadtion exports.\n\n"
        "Section: the deal’s second part covers co-production; it isn’t signed yet, “naturally”, as officials in Łódź put "
        "it. The mark was a circle \U0001d4d0 with a dot.",
    ),
    Sample(
        "Mali, Burkina Faso and Niger leave the West African bloc",
        "Plateau Post",
        "2024-01-28",
        "Aïssa Traoré",
        "The military governments of Mali, Burkina Faso and Niger announced on Sunday that they were leaving ECOWAS at once. "
        "Under the treaty of the bloc a member has to give a year's notice.\n\n"
        "The three had formed the Alliance of Sahel States in September 2023. ECOWAS said that it had not been told.",
    ),
)


# What a page holds


@dataclass(frozen=True)
class Line:
    """A paragraph of a document. `kind`: title, heading, page (starts a new one), row (cells between tabs) or plain;
    `rest`: further paragraphs of its last cell."""

    text: str
    kind: str = "plain"
    rest: tuple[str, ...] = ()


Lines = list[Line]
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def written(day: str | None, style: int) -> str:
    """The day as the databases write it; every article another way."""
    if day is None:
        return "Winter edition"
    at = date.fromisoformat(day)
    month, weekday = MONTHS[at.month - 1], WEEKDAYS[at.weekday()]
    return (
        f"{month} {at.day}, {at.year} {weekday}",
        f"{at.day} {month} {at.year}",
        f"{weekday} {at.day} {month} {at.year} 6:10 PM GMT",
        f"{month} {at.day}, {at.year} {weekday} 10:12 PM EST",
        f"{month} {at.day}, {at.year}, {weekday},, FINAL EDITION",
    )[style % 5]


def nexis(articles: Sequence[Sample]) -> Lines:
    """Nexis Uni: a cover with the list of documents, then the articles."""
    made = [
        Line("User Name: Ola Vik"),
        Line("Date and Time: Saturday, November 26, 2022 10:12:00 AM CET"),
        Line("Job Number: 184207715"),
        Line(f"Documents ({len(articles)})"),
    ]
    for number, article in enumerate(articles, 1):
        made += [
            Line(f"{number}. {article.title}"),
            Line("Client/Matter: -None-"),
            Line("Search Terms: embassy or alliance"),
            Line("Search Type: Terms and Connectors"),
            Line("Narrowed by:"),
            Line("Content Type\tNarrowed by", "row"),
            Line("News\tSources: The Harbour Courier; Timeline: Jan 01, 2021 to Dec 31, 2024", "row"),
        ]
    for number, article in enumerate(articles):
        made += [
            Line("", "page"),
            Line(article.title, "title"),
            Line(article.outlet),
            Line(written(article.published, number)),
            Line(f"Copyright {(article.published or '2022')[:4]} {article.outlet} Ltd All Rights Reserved"),
            Line("Section:\xa0NEWS; Pg. 4"),
            Line(f"Length:\xa0{article.length}"),
        ]
        made += [Line(f"Byline:\xa0{article.author}")] if article.author else []
        made += [Line("Highlight:\xa0What is known so far.")] if number % 2 else []
        made += [Line("Body", "heading"), *(Line(p) for p in article.paragraphs)] if article.text else []
        made += [Line("Graphic", "heading"), Line("A ship at the quay.")] if number % 3 == 2 else []
        made += [
            Line("Classification", "heading"),
            Line(f"Language:\xa0{article.language.upper()}"),
            Line("Publication-Type:\xa0Newspaper"),
            Line("Subject:\xa0DIPLOMACY (90%); ALLIANCES (78%)"),
            Line("Geographic:\xa0EUROPE (70%)"),
            Line("Load-Date:\xa0December 31, 2024"),
            Line("End of Document", "heading"),
        ]
    return made


def factiva(articles: Sequence[Sample], *, coded: bool) -> Lines:
    made: Lines = []
    for number, article in enumerate(articles):
        day = article.published and date.fromisoformat(article.published)
        when = f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""
        rights = f"(c) {(article.published or '2022')[:4]} {article.outlet} Ltd"
        lead, rest = article.paragraphs[:1], article.paragraphs[1:]
        code = article.accession[:6]
        byline = f"By {article.author.removeprefix('By ')}" if article.author else ""
        if not coded:
            made += [Line("", "page"), Line("World News"), Line(article.title, "title")]
            made += [Line(byline)] if byline else []
            made += [Line(article.length), Line(when)]
            made += [Line("18:10 GMT")] if number % 2 else []
            made += [Line(t) for t in (article.outlet, code, "First", "4", article.language, rights)]
            made += [*(Line(p) for p in article.paragraphs), Line(f"Document {article.accession}")]
            continue
        cells = {
            "SE": "World News",
            "HD": article.title,
            "BY": byline,
            "WC": article.length,
            "PD": when,
            "SN": article.outlet,
            "SC": code,
            "LA": article.language,
            "CY": rights,
        }
        made += [Line("", "page"), *(Line(f"{name}\t{value}", "row") for name, value in cells.items() if value)]
        made += [Line(f"LP\t{lead[0]}", "row")] if lead else []
        made += [Line(f"TD\t{rest[0]}", "row", tuple(rest[1:]))] if rest else []
        made += [
            Line("NS\tgdip : Diplomatic Relations | gcat : Political News", "row"),
            Line("RE\teurz : Europe", "row"),
            Line(f"AN\tDocument {article.accession}", "row"),
        ]
    return made


def proquest(articles: Sequence[Sample]) -> Lines:
    made = [Line("Report Information from ProQuest"), Line("November 26 2022 10:12")]
    for number, article in enumerate(articles, 1):
        day = article.published and date.fromisoformat(article.published)
        city = "Bergen [Bergen]"
        short = f"{day.day:02d} {MONTHS[day.month - 1][:3]} {day.year}" if day else ""
        made += [
            Line("", "page"),
            Line("_" * 60),
            Line(f"Document {number} of {len(articles)}"),
            Line(article.title, "title"),
        ]
        made += [Line(f"Author: {article.author.removeprefix('By ')}")] if article.author else []
        made += [
            Line(f"Publication info: {article.outlet} ; {city}{short}: A.1."),
            Line("ProQuest document link"),
            Line("Abstract: What is known so far."),
            Line("Links: https://www.example.org/resolver?id=1"),
        ]
        first = article.paragraphs[:1] or ["Not available."]
        made += [Line(f"Full text: {first[0]}"), *(Line(p) for p in article.paragraphs[1:])]
        made += [
            Line("Subject: Diplomacy; Alliances"),
            Line("Location: Norway"),
            Line(f"Title: {article.title}"),
            Line(f"Publication title: {article.outlet}; Bergen"),
            Line("First page: A.1"),
            Line(f"Publication date: {f'{MONTHS[day.month - 1][:3]} {day.day}, {day.year}' if day else ''}"),
            Line("Source type: Newspapers"),
            Line(f"Language of publication: {article.language}"),
            Line("Document type: News"),
            Line(f"ProQuest document ID: {hash_of(article.title) % 10**9}"),
            Line(f"Document URL: https://www.example.org/docview/{hash_of(article.title) % 10**9}"),
            Line(f"Copyright: Copyright {article.outlet}"),
            Line("Last updated: 2024-12-31"),
            Line("Database: Global Newsstream"),
        ]
    return [*made, Line("_" * 60), Line("Contact us at: https://www.example.org/support")]


# Containers


def _write_txt(lines: Lines, path: Path) -> None:
    flat = (part for line in lines for part in (line.text, *line.rest))
    path.write_text("\n\n".join(flat), "utf-8")


def _write_docx(lines: Lines, path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Page 1 of 3"
    rows: Lines = []
    for line in [*lines, Line("")]:
        if line.kind == "row":
            rows.append(line)
            continue
        if rows:
            _docx_table(document, rows)
            rows = []
        paragraph = document.add_paragraph()
        if line.kind == "page":
            paragraph.add_run().add_break(docx.enum.text.WD_BREAK.PAGE)
        elif line.kind == "title":
            _docx_title(paragraph, line.text)
        else:
            # Word splits what it likes into runs.
            paragraph.add_run(line.text[:7])
            paragraph.add_run(line.text[7:]).bold = line.kind == "heading"
    document.save(str(path))


def _docx_title(paragraph: Paragraph, text: str) -> None:
    """A title is a link, of the first outline level without a style for headings."""
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(level)
    link = OxmlElement("w:hyperlink")
    run = paragraph.add_run(text)._r
    paragraph._p.remove(run)
    link.append(run)
    paragraph._p.append(link)


def _docx_table(document: docx.document.Document, rows: Lines) -> None:
    table = document.add_table(len(rows), 2)
    for line, row in zip(rows, table.rows, strict=True):
        row.cells[0].text, row.cells[1].text = line.text.split("\t")
        for more in line.rest:
            row.cells[1].add_paragraph(more)


def rtf_text(text: str) -> str:
    """Letters of Windows-1252 as bytes, all others as UTF-16 units, as Word does."""
    made = ""
    for char in text:
        if char in "\\{}":
            made += f"\\{char}"
        elif char in ("\xa0", "\xad"):
            made += {"\xa0": r"\~", "\xad": r"\-"}[char]
        elif char.isascii():
            made += char
        elif len(raw := char.encode("cp1252", "ignore")) == 1:
            made += f"\\'{raw[0]:02x}"
        else:
            units = char.encode("utf-16-le")
            for at in range(0, len(units), 2):
                made += f"\\u{int.from_bytes(units[at : at + 2], 'little', signed=True)}?"
    return made


PICTURE = "{\\*\\shppict{\\pict\\pngblip\\picw8\\pich8\n" + "89504e470d0a1a0a" * 60 + "}}"


def _write_rtf(lines: Lines, path: Path) -> None:
    parts = [
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset238 Arial CE;}}",
        r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\fs20 Normal;}}{\info{\title Download}{\author Somebody}}",
        r"{\header\pard\fs20 Page \chpgn\par}",
    ]
    for number, line in enumerate(lines):
        text = rtf_text(line.text)
        if line.kind == "row":
            first, second = text.split("\t")
            second = "\\par ".join([second, *map(rtf_text, line.rest)])
            parts.append(f"\\trowd\\cellx800\\cellx9000\\pard\\intbl\\b {first}\\b0\\cell {second}\\cell\\row")
        elif line.kind == "page":
            parts.append(f"\\page {PICTURE}" if number else "")
        elif line.kind == "title":
            link = 'HYPERLINK "https://advance.example.org/document?id=urn:contentItem:1"'
            parts.append(f"\\pard\\qc{{\\field{{\\*\\fldinst{{{link}}}}}{{\\fldrslt{{\\b\\ul {text}}}}}}}\\par")
        else:
            parts.append(f"\\pard\\f0\\fs20 {text}\\par")
    path.write_bytes(("\n".join(parts) + "\n}").encode("ascii"))


class _Pdf(FPDF):
    """Pages with a head of page number and, behind the first page of an article, its title."""

    running = ""

    def __init__(self) -> None:
        super().__init__()
        self.add_font("dejavu", "", str(FONTS / "DejaVuSans.ttf"))
        self.add_font("dejavu", "B", str(FONTS / "DejaVuSans-Bold.ttf"))

    def header(self) -> None:
        self.set_font("dejavu", size=8)
        self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="R", new_x="LMARGIN", new_y="NEXT")
        if self.running:
            self.cell(0, 5, self.running, align="C", new_x="LMARGIN", new_y="NEXT")
        self.ln(4)
        self.set_font("dejavu", size=10)


def _write_pdf(lines: Lines, path: Path) -> None:
    pdf = _Pdf()
    pdf.add_page()
    for line in lines:
        if line.kind == "page":
            pdf.running = ""
            pdf.add_page()
        elif line.kind == "row":
            first, second = line.text.split("\t")
            pdf.cell(20, 5, first)
            pdf.multi_cell(0, 5, "\n\n".join([second, *line.rest]), new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
        else:
            if line.kind != "plain":
                pdf.set_font("dejavu", "B", 15 if line.kind == "title" else 13)
            pdf.multi_cell(0, 7 if line.kind == "title" else 5, line.text, new_x="LMARGIN", new_y="NEXT", align="L")
            pdf.set_font("dejavu", size=10)
            pdf.ln(3)
            if line.kind == "title":
                pdf.running = line.text
    path.write_bytes(bytes(pdf.output()))


def _write_html(lines: Lines, path: Path) -> None:
    parts = ['<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Download</title></head><body>']
    tags = {"title": "h1", "heading": "h2"}
    for line in lines:
        text = html.escape(line.text)
        if line.kind == "row":
            cells = "</td><td>".join(text.split("\t"))
            rest = "".join(f"<p>{html.escape(more)}</p>" for more in line.rest)
            parts.append(f"<table><tr><td>{cells}{rest}</td></tr></table>")
        elif line.kind != "page":
            tag = tags.get(line.kind, "p")
            parts.append(f"<{tag}>{text}</{tag}>")
    path.write_text("\n".join([*parts, "</body></html>"]), "utf-8")


# Downloads

Write = Callable[[Sequence[Sample], Path], None]


def nexis_docx(articles: Sequence[Sample], path: Path) -> None:
    _write_docx(nexis(articles), path)


def nexis_rtf(articles: Sequence[Sample], path: Path) -> None:
    _write_rtf(nexis(articles), path)


def nexis_pdf(articles: Sequence[Sample], path: Path) -> None:
    _write_pdf(nexis(articles), path)


def nexis_txt(articles: Sequence[Sample], path: Path) -> None:
    _write_txt(nexis(articles), path)


def nexis_html(articles: Sequence[Sample], path: Path) -> None:
    _write_html(nexis(articles), path)


def lexis_txt(articles: Sequence[Sample], path: Path) -> None:
    """LexisNexis as it was until 2018: lines of 80 characters, the middle of the page found with spaces."""
    path.write_text("\n".join(_lexis(articles)), "utf-8")


def _lexis(articles: Sequence[Sample]) -> Iterator[str]:
    yield f"\n\nDownload Request: All Documents: 1-{len(articles)}\n\nTerms: embassy or alliance\n"
    for number, article in enumerate(articles):
        rights = [f"Copyright {(article.published or '2010')[:4]} {article.outlet} Ltd", "All Rights Reserved"]
        centred = [line.center(78).rstrip() for line in rights]
        yield f"{number + 1} of {len(articles)} DOCUMENTS".center(78).rstrip() + "\n\n"
        if number % 2:
            yield from [*centred, ""]
        yield article.outlet.center(78).rstrip() + "\n"
        yield written(article.published, number).center(78).rstrip()
        yield ("First Edition".center(78).rstrip() + "\n") if number % 3 == 1 else ""
        yield from [*wrap(article.title), ""]
        yield from [*(wrap(f"BYLINE: {article.author}") if article.author else []), "", "SECTION: NEWS; Pg. 4", ""]
        yield f"LENGTH: {article.length}\n"
        for paragraph in article.paragraphs:
            yield from [*wrap(paragraph), ""]
        yield from ["GRAPHIC: A ship at the quay.", ""] if number % 3 == 2 else []
        yield f"LOAD-DATE: December 31, 2024\n\nLANGUAGE: {article.language.upper()}\n\nPUBLICATION-TYPE: Newspaper\n\n"
        if not number % 2:
            yield from [*centred, ""]


def wrap(text: str, width: int = 79) -> list[str]:
    """Lines broken at spaces only, as the database did."""
    lines = [""]
    for word in re.split(r"[ ]+", text):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return lines


def factiva_rtf(articles: Sequence[Sample], path: Path) -> None:
    _write_rtf(factiva(articles, coded=True), path)


def factiva_docx(articles: Sequence[Sample], path: Path) -> None:
    _write_docx(factiva(articles, coded=True), path)


def factiva_display_docx(articles: Sequence[Sample], path: Path) -> None:
    _write_docx(factiva(articles, coded=False), path)


def factiva_display_rtf(articles: Sequence[Sample], path: Path) -> None:
    _write_rtf(factiva(articles, coded=False), path)


def factiva_display_txt(articles: Sequence[Sample], path: Path) -> None:
    _write_txt(factiva(articles, coded=False), path)


def factiva_txt(articles: Sequence[Sample], path: Path) -> None:
    lines = factiva(articles, coded=True)
    flat = (part for line in lines for part in (line.text.replace("\t", "   "), *line.rest))
    path.write_text("\n\n".join(flat), "utf-8")


def factiva_pdf(articles: Sequence[Sample], path: Path) -> None:
    _write_pdf(factiva(articles, coded=False), path)


def factiva_coded_pdf(articles: Sequence[Sample], path: Path) -> None:
    _write_pdf(factiva(articles, coded=True), path)


def factiva_html(articles: Sequence[Sample], path: Path) -> None:
    """The page Factiva saves: an element an article, its head in plain divisions."""
    parts = ['<html><head>\n<meta charset="UTF-8"><title>Factiva</title></head><body><h1>Dow Jones Factiva</h1>']
    for article in articles:
        lines = factiva([article], coded=False)[1:]
        parts.append(f'<div id="article-{article.accession}" class="article"><div class="article enArticle"><p>\n</p>')
        head = len(lines) - 1 - len(article.paragraphs)
        for number, line in enumerate(lines):
            text = html.escape(line.text)
            if line.kind == "title":
                parts.append(f'<div id="hd"><span class="enHeadline">{text}  </span>\n</div>')
            elif line.text.startswith("By "):
                parts.append(f'<div class="author">{text}  </div>')
            elif number < head:
                parts.append(f"<div>{text}</div>")
            else:
                parts.append(f'<p class="articleParagraph enarticleParagraph">{text}  </p>\n')
        parts.append("</div></div><br><span></span>")
    path.write_text("".join([*parts, "</body></html>"]), "utf-8")


def factiva_coded_html(articles: Sequence[Sample], path: Path) -> None:
    _write_html(factiva(articles, coded=True), path)


def proquest_txt(articles: Sequence[Sample], path: Path) -> None:
    _write_txt(proquest(articles), path)


def proquest_docx(articles: Sequence[Sample], path: Path) -> None:
    _write_docx(proquest(articles), path)


def proquest_rtf(articles: Sequence[Sample], path: Path) -> None:
    _write_rtf(proquest(articles), path)


def proquest_pdf(articles: Sequence[Sample], path: Path) -> None:
    _write_pdf(proquest(articles), path)


def proquest_html(articles: Sequence[Sample], path: Path) -> None:
    _write_html(proquest(articles), path)


WRITERS: dict[str, Write] = {
    "nexis.docx": nexis_docx,
    "nexis.rtf": nexis_rtf,
    "nexis.pdf": nexis_pdf,
    "nexis.txt": nexis_txt,
    "nexis.html": nexis_html,
    "lexis.txt": lexis_txt,
    "factiva-coded.docx": factiva_docx,
    "factiva-coded.rtf": factiva_rtf,
    "factiva-coded.txt": factiva_txt,
    "factiva-coded.html": factiva_coded_html,
    "factiva-coded.pdf": factiva_coded_pdf,
    "factiva.docx": factiva_display_docx,
    "factiva.rtf": factiva_display_rtf,
    "factiva.pdf": factiva_pdf,
    "factiva.txt": factiva_display_txt,
    "factiva.html": factiva_html,
    "proquest.docx": proquest_docx,
    "proquest.rtf": proquest_rtf,
    "proquest.pdf": proquest_pdf,
    "proquest.txt": proquest_txt,
    "proquest.html": proquest_html,
}


# Broken files


def written_bytes(write: Write, articles: Sequence[Sample], folder: Path) -> bytes:
    path = folder / "whole"
    write(articles, path)
    return path.read_bytes()


def pdf_without_text() -> bytes:
    """A page that holds lines and no letters, as a scan does."""
    pdf = FPDF()
    pdf.add_page()
    pdf.rect(10, 10, 100, 100)
    return bytes(pdf.output())


def pdf_locked(password: str = "secret") -> bytes:
    """A page that opens with a password; with an empty one, it opens for all but may not be copied."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.multi_cell(0, 6, "The ministers met in Oslo and signed the agreement on fish. " * 3)
    pdf.set_encryption(owner_password="owner", user_password=password)
    return bytes(pdf.output())


def docx_bomb(size: int = 300_000_000) -> bytes:
    """A document that unpacks to `size` bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(b" " * 1_000_000)
    return packed.getvalue()


def docx_with_entities(whole: bytes) -> bytes:
    """The document with a type that has entities."""
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, raw.replace(b"<w:document", dtd, 1) if name == "word/document.xml" else raw)
    return made.getvalue()


def rtf_with_binary_picture() -> bytes:
    """A picture as raw bytes, with braces and backslashes among them."""
    picture = bytes(range(256)) * 4 + b"}}}{\\bin99 \\par"
    return (
        b"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\pard Before the picture.\\par\n"
        b"{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn a}{\\sv 1}}}\\pngblip\\bin%d "
        % len(picture)
        + picture
        + b"}}\\pard Behind the picture, a path: C:\\\\bin5 and \\'e9.\\par}"
    )
