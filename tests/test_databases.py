"""The layouts of news databases: which lines are a download, and what they say of each article."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exports
from communique.read import databases
from communique.read.drafts import Download, Draft, find_day, is_date_line, is_length, language, paragraphs, tidy
from exports import SAMPLES, Sample

LONG = (
    "Norway and Sweden signed a treaty on the defence of their northern border in Oslo, after talks that had gone on for "
    "more than two years, and both parliaments are to vote on it in spring."
)


def split(text: str) -> Download:
    found = databases.split(text.splitlines())
    assert found, "not taken for a download"
    return found


def lines_of(write: exports.Write, articles: tuple[Sample, ...], folder: Path) -> list[str]:
    path = folder / "download.txt"
    write(articles, path)
    return path.read_text("utf-8").splitlines()


TEXT_WRITERS = {name: write for name, write in exports.WRITERS.items() if name.endswith(".txt")}


@pytest.mark.parametrize("name", TEXT_WRITERS)
def test_articles_come_out_as_they_went_in(name: str, tmp_path: Path) -> None:
    found = databases.split(lines_of(TEXT_WRITERS[name], SAMPLES, tmp_path))
    assert found
    assert len(found.drafts) == len(SAMPLES)
    for draft, sample in zip(found.drafts, SAMPLES, strict=True):
        assert draft.title == tidy(sample.title)
        assert draft.outlet == sample.outlet
        assert draft.published == sample.published
        assert draft.author == (sample.author and sample.author.removeprefix("By "))
        assert draft.language == {"English": "en", "German": "de"}[sample.language]
        assert draft.text == "\n\n".join(map(tidy, sample.paragraphs))
        assert draft.complete


@pytest.mark.parametrize("name", TEXT_WRITERS)
def test_one_article_is_a_download_too(name: str, tmp_path: Path) -> None:
    found = databases.split(lines_of(TEXT_WRITERS[name], SAMPLES[:1], tmp_path))
    assert found
    assert [draft.title for draft in found.drafts] == [SAMPLES[0].title]


@pytest.mark.parametrize("name", TEXT_WRITERS)
def test_an_article_without_a_date_keeps_it_unknown(name: str, tmp_path: Path) -> None:
    articles = (SAMPLES[0], replace(SAMPLES[1], published=None), SAMPLES[5])
    found = databases.split(lines_of(TEXT_WRITERS[name], articles, tmp_path))
    assert found
    # Every one of them also states when it was loaded, which is no day of publication.
    assert [draft.published for draft in found.drafts] == ["2024-03-07", None, "2024-01-28"]


@pytest.mark.parametrize("name", ["nexis.txt", "lexis.txt", "proquest.txt"])
def test_the_number_announced_is_known(name: str, tmp_path: Path) -> None:
    lines = lines_of(TEXT_WRITERS[name], SAMPLES, tmp_path)
    found = databases.split(lines)
    assert found
    assert found.announced == len(SAMPLES)


def test_lines_where_articles_start(tmp_path: Path) -> None:
    lines = lines_of(exports.nexis_txt, SAMPLES, tmp_path)
    found = databases.split(lines)
    assert found
    assert [tidy(lines[draft.line - 1]) for draft in found.drafts] == [draft.title for draft in found.drafts]


# No downloads

HARD_NEGATIVES = {
    "boat": f"A new boat\n\nLength: 3 m\n\nBody\n\n{LONG}\n\nCopyright 2024 The Fjord. All Rights Reserved.",
    "template": f"Report\n\nSection: Navy\n\nBody\n\n{LONG}\n\nClassification\n\nSecret\n\nEnd of Document",
    "count": f"The archive\n\n1 of 250 DOCUMENTS\n\nis what the label on the box says. {LONG}",
    "codes": f"HD  high definition\nCO  carbon monoxide\nIN  indium\nRE  rhenium\nAN  ammonium nitrate\n\n{LONG}",
    "accession": f"How to cite\n\nDocument HARCOU0020221125eib500001\n\n{LONG}",
    "words": f"The shortest treaty\n\n567 words\n\n25 November 2022\n\n{LONG}",
    "labels": f"Title: The treaty\nAuthor: Ola Vik\nSubject: Defence\nLocation: Oslo\nSource: wire\nFull text: {LONG}",
    "rules": f"{'_' * 60}\nThe treaty\n{'_' * 60}\n\n{LONG}\n\nDocument 1 of 2\n\n{LONG}",
    "load": f"Load-Date: March 3, 2022\n\n{LONG}\n\nBody\n\nLanguage: ENGLISH",
    "shouting": f"LANGUAGE: the minister shouted.\n\nLENGTH: the talks took three days.\n\n{LONG}",
    "empty": "",
}


@pytest.mark.parametrize("name", HARD_NEGATIVES)
def test_reports_with_a_line_like_those_of_a_database_are_no_downloads(name: str) -> None:
    assert databases.split(HARD_NEGATIVES[name].splitlines()) is None


# Nexis Uni

UNI = """Treaty signed in Oslo
The Harbour Courier
{date}
Copyright 2022 The Harbour Courier All Rights Reserved
Section: NEWS; Pg. 1
Length: 31 words
Byline: By Ola Vik
Dateline: OSLO
Highlight: A long night.
Body
{long}
Location: this line belongs to the text.
Link to Image
Graphic
The two ministers.
Classification
Language: ENGLISH; ENGLISH
URL: https://www.example.org/treaty
Load-Date: November 27, 2022
End of Document
"""


@pytest.mark.parametrize(
    "written",
    [
        "November 25, 2022 Friday",
        "25 November 2022",
        "Friday 25 November 2022 6:10 PM GMT",
        "November 25, 2022 Friday 10:12 PM EST",
        "November 25, 2022, Friday,, FINAL EDITION",
        "Freitag 25. November 2022",
        "25 novembre 2022 vendredi 3:00 AM GMT",
        "25 de noviembre de 2022 viernes",
        "Vrijdag 25 november 2022",
        "2022-11-25",
        "25.11.2022",
    ],
)
def test_nexis_dates(written: str) -> None:
    assert split(UNI.format(date=written, long=LONG)).drafts[0].published == "2022-11-25"


@pytest.mark.parametrize("written", ["03/04/2022", "November 2022", "Winter 2022"])
def test_nexis_dates_that_are_no_day(written: str) -> None:
    [draft] = split(UNI.format(date=written, long=LONG)).drafts
    assert draft.published is None
    assert (draft.title, draft.outlet) == ("Treaty signed in Oslo", "The Harbour Courier")


def test_nexis_fields() -> None:
    [draft] = split(UNI.format(date="November 25, 2022", long=LONG)).drafts
    assert draft == Draft(
        line=1,
        text=f"OSLO — {LONG}\n\nLocation: this line belongs to the text.",
        title="Treaty signed in Oslo",
        outlet="The Harbour Courier",
        author="Ola Vik",
        published="2022-11-25",
        language="en",
        url="https://www.example.org/treaty",
    )


def test_a_dateline_is_not_said_twice() -> None:
    [draft] = split(UNI.format(date="November 25, 2022", long=f"Oslo, Nov 25 (Meridian Wire) - {LONG}")).drafts
    assert draft.text.startswith("Oslo, Nov 25 (Meridian Wire) - Norway")


def test_nexis_title_with_a_date_is_no_date_line() -> None:
    page = UNI.replace("Treaty signed in Oslo", "25 November 2022 in pictures")
    [draft] = split(page.format(date="November 26, 2022 Saturday", long=LONG)).drafts
    assert (draft.title, draft.published) == ("25 November 2022 in pictures", "2022-11-26")


def test_nexis_title_like_a_field() -> None:
    page = UNI.replace("Treaty signed in Oslo", "Column: the treaty of Oslo")
    [draft] = split(page.format(date="November 26, 2022 Saturday", long=LONG)).drafts
    assert (draft.title, draft.outlet) == ("Column: the treaty of Oslo", "The Harbour Courier")


def test_nexis_title_like_a_line_of_the_cover() -> None:
    page = UNI.replace("Treaty signed in Oslo", "News agencies and their sources: a study")
    [draft] = split(page.format(date="November 26, 2022 Saturday", long=LONG)).drafts
    assert draft.title == "News agencies and their sources: a study"


def test_nexis_running_heads_are_no_text() -> None:
    page = UNI.format(date="November 25, 2022", long=f"{LONG}\nPage 2 of 3\nTreaty signed in Oslo\n{LONG}")
    [draft] = split(f"Page 1 of 3\n{page}").drafts
    assert draft.title == "Treaty signed in Oslo"
    assert draft.text.startswith(f"OSLO — {LONG}\n\n{LONG}\n\nLocation")


def test_nexis_error_pages_are_articles_without_text() -> None:
    page = UNI.format(date="November 25, 2022", long=LONG)
    found = split(f"{page}\nThis document cannot be displayed.\nEnd of Document\n{page}")
    assert [bool(draft.text) for draft in found.drafts] == [True, False, True]
    assert found.drafts[1].title == "This document cannot be displayed."


def test_nexis_article_that_breaks_off() -> None:
    page = UNI.format(date="November 25, 2022", long=LONG)
    found = split(page + page[: page.index("Graphic")])
    assert [draft.complete for draft in found.drafts] == [True, False]


def test_nexis_notes_behind_the_last_article_are_none() -> None:
    page = UNI.format(date="November 25, 2022", long=LONG)
    assert len(split(f"{page}\nChecked by Ola on Monday.").drafts) == 1


# LexisNexis

CLASSIC = f"""


                               1 of 2 DOCUMENTS



                             The Harbour Courier (Bergen)

                            January 11, 2010 Monday
                                   Edition 1;
                                    Scotland

A treaty that the two countries had talked about for so long that nobody now
remembers how it began is signed

BYLINE: Ola Vik

SECTION: FEATURES; Pg. 6

LENGTH: 677 words

DATELINE: OSLO


Norway and Sweden signed a treaty on the defence of their northern border in
Oslo, after talks that had gone on for more than two years.

SECTION: of the treaty, the third is secret.

GRAPHIC: The ministers

LANGUAGE: ENGLISH

LOAD-DATE: January 12, 2010

JOURNAL-CODE: HAR


                    Copyright 2010 The Harbour Courier Ltd
                              All Rights Reserved

                               2 of 2 DOCUMENTS


                     Copyright 2010 The Fjord Publishing House of
                         Northern Norway and its Islands
                              All Rights Reserved

                                   The Fjord

                                January 2010

{LONG[:60]}
"""


def test_lexisnexis_fields() -> None:
    first, second = split(CLASSIC).drafts
    assert (first.outlet, first.published) == ("The Harbour Courier (Bergen)", "2010-01-11")
    assert first.title == (
        "A treaty that the two countries had talked about for so long that nobody now remembers how it began is signed"
    )
    assert first.text == (
        "OSLO — Norway and Sweden signed a treaty on the defence of their northern border in Oslo, after talks that had "
        "gone on for more than two years.\n\nSECTION: of the treaty, the third is secret."
    )
    assert (second.outlet, second.published, second.text) == ("The Fjord", None, "")


def test_lexisnexis_with_labels_for_headline_and_body() -> None:
    page = f"""1 of 1 DOCUMENTS

Copyright 2015 The Harbour Courier

All Rights Reserved

The Harbour Courier

July 1, 2015 Wednesday
Late Edition

SECTION: A-SECTION; Pg. A01

LENGTH: 3362 words

HEADLINE: Treaty signed in Oslo

BYLINE: Ola Vik; Anna Lund

 BODY:
{LONG}
{LONG}

LOAD-DATE: July 2, 2015"""
    [draft] = split(page).drafts
    assert (draft.title, draft.outlet, draft.published) == (
        "Treaty signed in Oslo",
        "The Harbour Courier",
        "2015-07-01",
    )
    assert draft.author == "Ola Vik; Anna Lund"
    assert draft.text == f"{LONG}\n\n{LONG}"
    assert split(page.replace("BODY:\n", "BODY: ")).drafts[0].text == draft.text


def test_lexisnexis_in_german() -> None:
    page = CLASSIC.replace("1 of 2 DOCUMENTS", "Dokument 1 von 2").replace("2 of 2 DOCUMENTS", "Dokument 2 von 2")
    page = page.replace("LENGTH: 677 words", "LÄNGE: 677 Wörter").replace("January 11, 2010 Monday", "11. Januar 2010")
    page = page.replace("BYLINE", "AUTOR").replace("LANGUAGE: ENGLISH", "SPRACHE: DEUTSCH")
    found = split(page)
    assert found.announced == 2
    first = found.drafts[0]
    assert (first.author, first.published, first.language) == ("Ola Vik", "2010-01-11", "de")


# Factiva

DISPLAY = """Foreign Desk; 1
TREATY SIGNED IN OSLO AFTER TWO YEARS
By OLA VIK
Special to The Harbour Courier
877 {words}
{date}
The Harbour Courier
HARC
Late Edition - Final
1
{language}
Copyright 1993 The Harbour Courier. All Rights Reserved.

{long}

Harbour Digital (Full Text)
{document} HARC00002005040{n}dp1900j9s

"""


@pytest.mark.parametrize(
    ("words", "date", "name", "document"),
    [
        ("words", "9 January 1993", "English", "Document"),
        ("Wörter", "9 Januar 1993", "Englisch", "Dokument"),
        ("mots", "9 janvier 1993", "Anglais", "Document"),
        ("palabras", "9 enero 1993", "Inglés", "Documento"),
    ],
)
def test_factiva_in_other_languages(words: str, date: str, name: str, document: str) -> None:
    article = DISPLAY.format(words=words, date=date, language=name, document=document, long=LONG, n="{n}")
    found = split(article.format(n=1) + article.format(n=2))
    assert len(found.drafts) == 2
    # The publisher closes both articles, and is no sentence of either.
    assert found.drafts[1] == Draft(
        line=19,
        text=LONG,
        title="TREATY SIGNED IN OSLO AFTER TWO YEARS",
        outlet="The Harbour Courier",
        author="OLA VIK",
        published="1993-01-09",
        language="en",
        given_id="HARC000020050402dp1900j9s",
    )


def test_factiva_article_that_breaks_off() -> None:
    article = DISPLAY.format(
        words="words", date="9 January 1993", language="English", document="Document", long=LONG, n=1
    )
    found = split(article + article[: article.index("Harbour Digital")])
    assert [draft.complete for draft in found.drafts] == [True, False]


def test_factiva_summary_of_the_search_is_no_article() -> None:
    article = DISPLAY.format(
        words="words", date="9 January 1993", language="English", document="Document", long=LONG, n=1
    )
    assert len(split(f"{article}\nSearch Summary\nText\tembassy or alliance\nDate\tAll Dates").drafts) == 1


def test_factiva_codes_after_one_space() -> None:
    page = f"""SE World
HD Treaty signed in Oslo
BY By Ola Vik
WC 567 words
PD 25 November 2022
SN The Harbour Courier
SC HARC
LA English
CY (c) 2022
LP OSLO, Nov 25 - {LONG}
IN Oslo nobody expected it, and
RE the treaty there is no more to say.
TD {LONG}
NS gdip : Diplomatic Relations
AN Document HARC000020221125eib500001
"""
    [draft] = split(page).drafts
    assert draft.text == (
        f"OSLO, Nov 25 - {LONG}\n\nIN Oslo nobody expected it, and\n\nRE the treaty there is no more to say.\n\n{LONG}"
    )
    assert (draft.title, draft.outlet, draft.given_id) == (
        "Treaty signed in Oslo",
        "The Harbour Courier",
        "HARC000020221125eib500001",
    )


# ProQuest


def test_proquest_text_with_lines_like_fields_and_rules() -> None:
    page = "\n\n".join(
        [
            "_" * 60,
            "Document 1 of 1",
            "Treaty signed in Oslo",
            "Author: Vik, Ola",
            "Publication info: The Harbour Courier ; Bergen [Bergen]25 Nov 2022: A.1.",
            f"Full text: {LONG}",
            "Location: Oslo was chosen late.",
            "_" * 40,
            LONG,
            "Credit: By Ola Vik in Oslo",
            "Title: Treaty signed in Oslo",
            "Publication title: The Harbour Courier; Bergen",
            "Language of publication: English",
            "ProQuest document ID: 27388",
            "Last updated: 2022-12-31",
            "_" * 60,
            "Database copyright © 2022 ProQuest LLC. All rights reserved.",
        ]
    )
    [draft] = split(page).drafts
    assert draft == Draft(
        line=5,
        text=f"{LONG}\n\nLocation: Oslo was chosen late.\n\n{'_' * 40}\n\n{LONG}",
        title="Treaty signed in Oslo",
        outlet="The Harbour Courier",
        author="Vik, Ola",
        published="2022-11-25",
        language="en",
        given_id="27388",
    )


def test_proquest_with_headings_instead_of_labels() -> None:
    page = f"""Treaty signed in Oslo
Vik, Ola. The Harbour Courier; Bergen [Bergen]. 25 Nov 2022: A1.
ProQuest document link
ABSTRACT
What is known so far.
FULL TEXT
{LONG}
DETAILS
Subject:\tDefence
Title:\tTreaty signed in Oslo
Publication title:\tThe Harbour Courier; Bergen
Publication date:\tNov 25, 2022
ProQuest document ID:\t27388
Database:\tGlobal Newsstream
LINKS
Database copyright © 2022 ProQuest LLC. All rights reserved.
Terms and Conditions Contact ProQuest
"""
    [draft] = split(page).drafts
    assert (draft.title, draft.text, draft.published) == ("Treaty signed in Oslo", LONG, "2022-11-25")


# What all share


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("10.Dezember 2019", "2019-12-10"),
        ("décembre 10 2019", "2019-12-10"),
        ("1er mai 2020", "2020-05-01"),
        ("2º de março de 2021", "2021-03-02"),
        ("2022年11月25日", "2022-11-25"),
        ("31 February 2022", None),
        ("25 Brumaire 2022", None),
        ("12345", None),
    ],
)
def test_days(written: str, day: str | None) -> None:
    assert find_day(written) == day


@pytest.mark.parametrize("line", ["Friday 25 November 2022", "November 2022", "mardi 10 décembre 2019", "03/04/2022"])
def test_lines_that_begin_with_a_date(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize("line", ["The treaty of 25 November 2022", "Since 2022", "The Fjord 2022", ""])
def test_lines_that_do_not(line: str) -> None:
    assert not is_date_line(line)


def test_lengths_and_languages() -> None:
    assert is_length("1,234 words")
    assert is_length("877 Wörter")
    assert not is_length("877 words of praise")
    assert [language(name) for name in ("ENGLISH; ENGLISH", "Chinese - Simplified", "Klingon", None)] == [
        "en",
        "zh",
        None,
        None,
    ]


def test_wrapped_lines_are_joined_only_where_they_were_full() -> None:
    lines = ["The ministers of the two countries met for a long-", "term plan of", "peace.", "", "So they said."]
    assert paragraphs(lines, wrapped=True) == [
        "The ministers of the two countries met for a long-term plan of",
        "peace.",
        "So they said.",
    ]
    assert paragraphs(lines[:2], wrapped=False) == lines[:2]


# No lines are too strange

MARKS = [
    *"Body|End of Document|Classification|Graphic|Load-Date: March 3, 2022|Length: 31 words|Documents (3)".split("|"),
    *"1 of 2 DOCUMENTS|LENGTH: 31 words|LOAD-DATE: March 3, 2022|LANGUAGE: ENGLISH|BODY:|HEADLINE: A".split("|"),
    *"HD  A title|WC  31 words|PD  3 March 2022|LP  Text|TD|AN  Document HARC000020221125eib500001".split("|"),
    *"31 words|3 March 2022|English|(c) 2022 X|Document HARC000020221125eib500001".split("|"),
    *"Document 1 of 2|Full text: It|Publication info: X ; Y|ProQuest document ID: 3|Title: T|DETAILS|Location: Oslo".split(
        "|"
    ),
    "_" * 60,
    "Copyright 2022 X",
    "Page 1 of 2",
    "",
    "   ",
    "March 3, 2022 Thursday",
    "The Fjord",
    LONG,
]


@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=20), max_size=40), st.booleans() | st.none())
def test_any_lines_come_apart(lines: list[str], wrapped: bool | None) -> None:
    found = databases.split(lines, wrapped)
    for draft in found.drafts if found else ():
        assert 1 <= draft.line <= len(lines)
        assert draft.text == draft.text.strip()
        assert draft.title != ""
        assert draft.outlet != ""
