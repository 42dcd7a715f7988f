"""The date station: own expressions with their days in both modes, and what must hold for any text."""

from __future__ import annotations

import json
import re
import sys
from datetime import date, timedelta
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.codebook import shipped
from communique.coding import dates
from communique.coding.dates import DateStation
from communique.model import When

STATION = DateStation(shipped())
REPORTS = Path(__file__).parent / "reports"
WEDNESDAY = "2022-03-23"


def find(text: str, published: str | None = WEDNESDAY, mode: str = "news", past: bool | None = None) -> list[When]:
    return STATION.find(text, published, mode, (lambda _: past) if past is not None else None)


def one(text: str, published: str | None = WEDNESDAY, mode: str = "news") -> tuple[str, str | None, str | None]:
    """The only expression of a text."""
    found = find(text, published, mode)
    assert len(found) == 1, [w.text for w in found]
    return found[0].text, found[0].from_, found[0].until


NEWS = [
    # full dates, in the order of either side of the Atlantic
    ("They signed it on 3 May 2021.", "3 May 2021", "2021-05-03", "2021-05-04"),
    ("They signed it on May 3, 2021.", "May 3, 2021", "2021-05-03", "2021-05-04"),
    ("They signed it on the 3rd of May 2021.", "the 3rd of May 2021", "2021-05-03", "2021-05-04"),
    ("They signed it on May 3rd, 2021.", "May 3rd, 2021", "2021-05-03", "2021-05-04"),
    ("They signed it on Monday, 3 May 2021.", "Monday, 3 May 2021", "2021-05-03", "2021-05-04"),
    ("Seen in Tromso on Mon., Jan. 31, 2022.", "Mon., Jan. 31, 2022", "2022-01-31", "2022-02-01"),
    ("They signed it on 2021-05-03.", "2021-05-03", "2021-05-03", "2021-05-04"),
    ("They signed it on 5/3/2021.", "5/3/2021", "2021-05-03", "2021-05-04"),
    ("They signed it on 23/5/2021.", "23/5/2021", "2021-05-23", "2021-05-24"),
    ("It lapsed in Sept. 2019.", "Sept. 2019", "2019-09-01", "2019-10-01"),
    ("It lapsed in September, 2019.", "September, 2019", "2019-09-01", "2019-10-01"),
    ("It lapsed in September of 2019.", "September of 2019", "2019-09-01", "2019-10-01"),
    ("It lapsed in 2019.", "2019", "2019-01-01", "2020-01-01"),
    ("The 2019 accord lapsed.", "2019", "2019-01-01", "2020-01-01"),
    ("It lapsed in the year 1648.", "the year 1648", "1648-01-01", "1649-01-01"),
    ("He fled on February 29, 2020.", "February 29, 2020", "2020-02-29", "2020-03-01"),
    # dates without a year take the nearest that fits the tense
    ("The envoys met on January 6.", "January 6", "2022-01-06", "2022-01-07"),
    ("The envoys met on November 6.", "November 6", "2021-11-06", "2021-11-07"),
    ("The envoys will meet on November 6.", "November 6", "2022-11-06", "2022-11-07"),
    ("The envoys will meet on 2 January.", "2 January", "2023-01-02", "2023-01-03"),
    ("The vote, scheduled for May 9, was put off.", "May 9", "2022-05-09", "2022-05-10"),
    ("The treaty is to be signed on July 4.", "July 4", "2022-07-04", "2022-07-05"),
    ("The minister visited Lima in January.", "January", "2022-01-01", "2022-02-01"),
    ("The minister visited Lima in October.", "October", "2021-10-01", "2021-11-01"),
    ("The minister will visit Lima in October.", "October", "2022-10-01", "2022-11-01"),
    ("The minister visited Lima in March.", "March", "2022-03-01", "2022-04-01"),
    ("The minister will visit Lima in May.", "May", "2022-05-01", "2022-06-01"),
    ("The base will open by June.", "June", "2022-06-01", "2022-07-01"),
    # last, this, next with the name of a month, a season or a weekday
    ("He resigned last July.", "last July", "2021-07-01", "2021-08-01"),
    ("He resigned last March.", "last March", "2021-03-01", "2021-04-01"),
    ("He resigned in July last year.", "July last year", "2021-07-01", "2021-08-01"),
    ("He resigned in July of last year.", "July of last year", "2021-07-01", "2021-08-01"),
    ("He resigned on July 9 last year.", "July 9 last year", "2021-07-09", "2021-07-10"),
    ("He will resign next July.", "next July", "2022-07-01", "2022-08-01"),
    ("He resigned this January.", "this January", "2022-01-01", "2022-02-01"),
    ("He resigned last autumn.", "last autumn", "2021-09-01", "2021-12-01"),
    ("He resigned last fall.", "last fall", "2021-09-01", "2021-12-01"),
    ("He will resign next summer.", "next summer", "2022-06-01", "2022-09-01"),
    ("He may resign this spring.", "this spring", "2022-03-01", "2022-06-01"),
    ("It closed this winter.", "this winter", "2021-12-01", "2022-03-01"),
    ("It closed in the summer of 2015.", "the summer of 2015", "2015-06-01", "2015-09-01"),
    ("It closed in the winter of 2015.", "the winter of 2015", "2015-12-01", "2016-03-01"),
    ("It will fall in the autumn.", "the autumn", "2022-09-01", "2022-12-01"),
    ("It fell in the fall.", "the fall", "2021-09-01", "2021-12-01"),
    ("A summer offensive failed.", "summer", "2021-06-01", "2021-09-01"),
    ("It closed in spring 2015.", "spring 2015", "2015-03-01", "2015-06-01"),
    ("He left last Thursday.", "last Thursday", "2022-03-17", "2022-03-18"),
    ("He left last Wednesday.", "last Wednesday", "2022-03-16", "2022-03-17"),
    ("He leaves next Friday.", "next Friday", "2022-03-25", "2022-03-26"),
    ("He left on Tuesday last week.", "Tuesday last week", "2022-03-15", "2022-03-16"),
    ("He leaves on Tuesday of next week.", "Tuesday of next week", "2022-03-29", "2022-03-30"),
    # weekdays by tense
    ("They met on Monday.", "Monday", "2022-03-21", "2022-03-22"),
    ("They met on Wednesday.", "Wednesday", "2022-03-23", "2022-03-24"),
    ("They met on Thursday.", "Thursday", "2022-03-17", "2022-03-18"),
    ("They will meet on Thursday.", "Thursday", "2022-03-24", "2022-03-25"),
    ("They will meet on Monday.", "Monday", "2022-03-28", "2022-03-29"),
    ("The talks are due on Sunday.", "Sunday", "2022-03-27", "2022-03-28"),
    ("The talks, held on Sunday, will go on.", "Sunday", "2022-03-20", "2022-03-21"),
    ("Shots rang out on Tuesday night.", "Tuesday night", "2022-03-22", "2022-03-23"),
    # days
    ("They met yesterday.", "yesterday", "2022-03-22", "2022-03-23"),
    ("They met today.", "today", "2022-03-23", "2022-03-24"),
    ("They will meet tomorrow.", "tomorrow", "2022-03-24", "2022-03-25"),
    ("They met the day before yesterday.", "the day before yesterday", "2022-03-21", "2022-03-22"),
    ("They will meet the day after tomorrow.", "the day after tomorrow", "2022-03-25", "2022-03-26"),
    ("They met this morning.", "this morning", "2022-03-23", "2022-03-24"),
    ("They met last night.", "last night", "2022-03-22", "2022-03-23"),
    ("They will meet tonight.", "tonight", "2022-03-23", "2022-03-24"),
    # weeks, months, quarters, years, decades
    ("They met last week.", "last week", "2022-03-14", "2022-03-21"),
    ("They meet this week.", "this week", "2022-03-21", "2022-03-28"),
    ("They meet next week.", "next week", "2022-03-28", "2022-04-04"),
    ("They met earlier this week.", "earlier this week", "2022-03-21", "2022-03-24"),
    ("They will meet later this month.", "later this month", "2022-03-23", "2022-04-01"),
    ("They met last month.", "last month", "2022-02-01", "2022-03-01"),
    ("They will meet next month.", "next month", "2022-04-01", "2022-05-01"),
    ("They met last weekend.", "last weekend", "2022-03-19", "2022-03-21"),
    ("They met over the weekend.", "the weekend", "2022-03-19", "2022-03-21"),
    ("They will meet over the weekend.", "the weekend", "2022-03-26", "2022-03-28"),
    ("It shrank last quarter.", "last quarter", "2021-10-01", "2022-01-01"),
    ("It shrank in the third quarter of 2021.", "the third quarter of 2021", "2021-07-01", "2021-10-01"),
    ("It shrank in Q3 2021.", "Q3 2021", "2021-07-01", "2021-10-01"),
    ("It shrank in the second half of 2021.", "the second half of 2021", "2021-07-01", "2022-01-01"),
    ("It shrank in the first quarter of this year.", "the first quarter of this year", "2022-01-01", "2022-04-01"),
    ("It shrank in fiscal 2021.", "fiscal 2021", "2021-01-01", "2022-01-01"),
    ("It shrank in fiscal year 2021.", "fiscal year 2021", "2021-01-01", "2022-01-01"),
    ("It shrank in FY2021.", "FY2021", "2021-01-01", "2022-01-01"),
    ("They met last year.", "last year", "2021-01-01", "2022-01-01"),
    ("They met earlier this year.", "earlier this year", "2022-01-01", "2022-03-24"),
    ("They will meet next year.", "next year", "2023-01-01", "2024-01-01"),
    ("They will meet early next year.", "early next year", "2023-01-01", "2023-05-01"),
    ("They met late last year.", "late last year", "2021-09-01", "2022-01-01"),
    ("Trade grew in the 1990s.", "the 1990s", "1990-01-01", "2000-01-01"),
    ("Trade grew in the '90s.", "the '90s", "1990-01-01", "2000-01-01"),
    ("Trade grew in the nineties.", "the nineties", "1990-01-01", "2000-01-01"),
    ("Trade grew in the early 1990s.", "the early 1990s", "1990-01-01", "1993-05-01"),
    ("Trade grew in the 19th century.", "the 19th century", "1800-01-01", "1900-01-01"),
    ("Trade grew in the nineteenth century.", "the nineteenth century", "1800-01-01", "1900-01-01"),
    # parts
    ("It opened in early 2021.", "early 2021", "2021-01-01", "2021-05-01"),
    ("It opened in mid-2021.", "mid-2021", "2021-05-01", "2021-09-01"),
    ("It opened in late 2021.", "late 2021", "2021-09-01", "2022-01-01"),
    ("It opened in late May 2021.", "late May 2021", "2021-05-21", "2021-06-01"),
    ("It opened in mid-May 2021.", "mid-May 2021", "2021-05-11", "2021-05-21"),
    ("It opened at the end of 2021.", "the end of 2021", "2021-12-01", "2022-01-01"),
    ("It opened at the beginning of 2021.", "the beginning of 2021", "2021-01-01", "2021-05-01"),
    ("It will open by year's end.", "year's end", "2022-12-01", "2023-01-01"),
    ("It will open by the end of the year.", "the end of the year", "2022-12-01", "2023-01-01"),
    ("It will open by the end of this year.", "the end of this year", "2022-12-01", "2023-01-01"),
    ("It will open later in the year.", "later in the year", "2022-03-23", "2023-01-01"),
    # ago
    ("They met three days ago.", "three days ago", "2022-03-20", "2022-03-21"),
    ("They met two weeks ago.", "two weeks ago", "2022-03-07", "2022-03-14"),
    ("They met a month ago.", "a month ago", "2022-02-01", "2022-03-01"),
    ("They met 18 months ago.", "18 months ago", "2020-09-01", "2020-10-01"),
    ("They met about twenty-five years ago.", "about twenty-five years ago", "1997-01-01", "1998-01-01"),
    ("They met a decade ago.", "a decade ago", "2012-01-01", "2013-01-01"),
    ("They met half a century ago.", "half a century ago", "1970-01-01", "1980-01-01"),
    ("They met 24 hours ago.", "24 hours ago", "2022-03-22", "2022-03-23"),
    ("They met a few weeks ago.", "a few weeks ago", None, "2022-03-24"),
    ("It has doubled in the past three years.", "the past three years", "2019-03-23", "2022-03-24"),
    ("It will double over the next two weeks.", "the next two weeks", "2022-03-23", "2022-04-07"),
    # ranges and open ends
    ("They toured Peru from April 24-26, 2021.", "April 24-26, 2021", "2021-04-24", "2021-04-27"),
    ("They toured Peru from February 24-26.", "February 24-26", "2022-02-24", "2022-02-27"),
    ("The July 11 and 12 summit will decide.", "July 11 and 12", "2022-07-11", "2022-07-13"),
    ("They toured Peru from 3 to 5 May 2021.", "3 to 5 May 2021", "2021-05-03", "2021-05-06"),
    ("They toured Peru from 28 April to 5 May 2021.", "28 April to 5 May 2021", "2021-04-28", "2021-05-06"),
    ("It runs from May 30 to June 2.", "May 30 to June 2", "2022-05-30", "2022-06-03"),
    ("They ruled between 1990 and 1995.", "1990 and 1995", "1990-01-01", "1996-01-01"),
    ("They ruled from 1990 to 1995.", "1990 to 1995", "1990-01-01", "1996-01-01"),
    ("They ruled in 1990-1995.", "1990-1995", "1990-01-01", "1996-01-01"),
    ("The 2014-15 season failed.", "2014-15", "2014-01-01", "2016-01-01"),
    ("They ruled from December to February 1990.", "December to February 1990", "1989-12-01", "1990-03-01"),
    ("Sanctions have bitten since 2014.", "since 2014", "2014-01-01", None),
    ("Sanctions have bitten since last week.", "since last week", "2022-03-14", None),
    ("It was the first visit since June 2017.", "June 2017", "2017-06-01", "2017-07-01"),
    ("The lease runs until 2025.", "until 2025", None, "2026-01-01"),
    ("It must be done before May 9, 2023.", "before May 9, 2023", None, "2023-05-09"),
    ("It must be gone before the end of the year.", "before the end of the year", None, "2023-01-01"),
    ("It fell two years after 2014.", "two years after 2014", "2016-01-01", "2017-01-01"),
    ("It fell three days before Christmas 2021.", "three days before Christmas 2021", "2021-12-22", "2021-12-23"),
    ("It fell the day after Christmas 2021.", "the day after Christmas 2021", "2021-12-26", "2021-12-27"),
    ("The post-1945 order fell.", "post-1945", "1946-01-01", None),
    ("The pre-1914 order fell.", "pre-1914", None, "1914-01-01"),
    ("The 2020/21 budget failed.", "2020/21", "2020-01-01", "2022-01-01"),
    ("It grew in May-June 2021.", "May-June 2021", "2021-05-01", "2021-07-01"),
    # a stretch of a longer time
    ("It grew in the first week of May 2021.", "the first week of May 2021", "2021-05-01", "2021-05-08"),
    ("It fell on the last day of 2021.", "the last day of 2021", "2021-12-31", "2022-01-01"),
    ("It grew in the first three months of 2021.", "the first three months of 2021", "2021-01-01", "2021-04-01"),
    ("It fell in the last two weeks of May 2021.", "the last two weeks of May 2021", "2021-05-18", "2021-06-01"),
    ("It fell in the week of May 10, 2021.", "the week of May 10, 2021", "2021-05-10", "2021-05-17"),
    ("It shrank in the last quarter of 2021.", "the last quarter of 2021", "2021-10-01", "2022-01-01"),
    # more about tense
    ("They meet in Geneva this Friday.", "this Friday", "2022-03-25", "2022-03-26"),
    ("They met in Geneva this Monday.", "this Monday", "2022-03-21", "2022-03-22"),
    ("The vote was postponed to October.", "October", "2022-10-01", "2022-11-01"),
    ("They leave the week after next.", "the week after next", "2022-04-04", "2022-04-11"),
    ("They left the week before last.", "the week before last", "2022-03-07", "2022-03-14"),
    ("They met on 24.02.2021.", "24.02.2021", "2021-02-24", "2021-02-25"),
    # deadlines, programmes, causes
    ("Fiji's marines will leave Suva by Friday.", "Friday", "2022-03-25", "2022-03-26"),
    ("They leave from Saturday", "from Saturday", "2022-03-26", None),
    ("By Friday 300 people had fled Beira.", "Friday", "2022-03-18", "2022-03-19"),
    ("Rebels must quit the port until Sunday.", "until Sunday", None, "2022-03-28"),
    ("The guards held the bridge until Sunday.", "until Sunday", None, "2022-03-21"),
    ("The ferry strike, called for Monday, is off.", "Monday", "2022-03-28", "2022-03-29"),
    ("The border has been shut since Sunday.", "since Sunday", "2022-03-20", None),
    ("The office is closed on Monday.", "Monday", "2022-03-28", "2022-03-29"),
    ("Six are dead after a blast on Saturday.", "Saturday", "2022-03-19", "2022-03-20"),
    ("Oman agreed to reopen the road on Saturday.", "Saturday", "2022-03-26", "2022-03-27"),
    ("Oman began to reopen the road on Saturday.", "Saturday", "2022-03-19", "2022-03-20"),
    ("Palau wants to ban trawlers before August.", "before August", None, "2022-08-01"),
    ("Friday's raid on Gao is under review.", "Friday", "2022-03-18", "2022-03-19"),
    ("The fighting of November will be investigated.", "November", "2021-11-01", "2021-12-01"),
    ("Patrols begin from Saturday.", "from Saturday", "2022-03-26", None),
    ("They stay away from Saturday's talks.", "Saturday", "2022-03-26", "2022-03-27"),
    ("The court sits again on the 24th.", "the 24th", "2022-03-24", "2022-03-25"),
    ("It was signed at the weekend after long talks.", "the weekend", "2022-03-19", "2022-03-21"),
    ("In the spring of 1857 mutineers seized the mill.", "the spring of 1857", "1857-03-01", "1857-06-01"),
    ("The prolongation is to run from 20 March.", "20 March", "2022-03-20", "2022-03-21"),
    # feasts and named days
    ("They met on Christmas Eve.", "Christmas Eve", "2021-12-24", "2021-12-25"),
    ("They met on New Year's Day.", "New Year's Day", "2022-01-01", "2022-01-02"),
    ("They met on Easter Monday 2021.", "Easter Monday 2021", "2021-04-05", "2021-04-06"),
    ("They met on Thanksgiving 2021.", "Thanksgiving 2021", "2021-11-25", "2021-11-26"),
    ("They met on Memorial Day 2021.", "Memorial Day 2021", "2021-05-31", "2021-06-01"),
    ("The law was passed after 9/11.", "after 9/11", "2001-09-12", None),
]


@pytest.mark.parametrize(("text", "quote", "start", "until"), NEWS, ids=[row[0] for row in NEWS])
def test_news(text: str, quote: str, start: str | None, until: str | None) -> None:
    assert one(text) == (quote, start, until)


NARRATIVE = [
    ("The war began in May 1940. In June the city fell.", ["1940-05-01", "1940-06-01"]),
    ("On 3 May 1940 they landed. The next day they fled.", ["1940-05-03", "1940-05-04"]),
    ("On 3 May 1940 they landed. Two days later they fled.", ["1940-05-03", "1940-05-05"]),
    ("On 3 May 1940 they landed. Three weeks earlier he had died.", ["1940-05-03", "1940-04-08"]),
    ("It fell in 1940. The following year it was retaken.", ["1940-01-01", "1941-01-01"]),
    ("It fell in 1940. The previous year it had held.", ["1940-01-01", "1939-01-01"]),
    ("It fell in 1940. Later that year it was retaken.", ["1940-01-01", "1940-01-01"]),
    ("It fell in 1940. Five years later it was retaken.", ["1940-01-01", "1945-01-01"]),
    ("On 7 December 1941 they struck. In January they landed.", ["1941-12-07", "1942-01-01"]),
    ("On Monday, 6 May 1940 they landed. On Thursday they fled.", ["1940-05-06", "1940-05-09"]),
    ("In January and February 1937 the front held.", ["1937-01-01", "1937-02-01"]),
    ("In 1940 the port fell. On 20 July the mayor fled.", ["1940-01-01", "1940-07-20"]),
    ("In April 1940 they landed. That June they fled.", ["1940-04-01", "1940-06-01"]),
    ("In April 1940 they landed. By the end of the year they had fled.", ["1940-04-01", "1940-12-01"]),
    ("In April 1940 they landed. In the same month he died.", ["1940-04-01", "1940-04-01"]),
    ("On 4 April 1940 they landed. That night it rained.", ["1940-04-04", "1940-04-04"]),
    ("1918\n\nIn March the front broke.", ["1918-01-01", "1918-03-01"]),
]


@pytest.mark.parametrize(("text", "starts"), NARRATIVE, ids=[row[0] for row in NARRATIVE])
@pytest.mark.parametrize("published", [None, WEDNESDAY])
def test_narrative(text: str, starts: list[str], published: str | None) -> None:
    assert [w.from_ for w in find(text, published, "narrative")] == starts


CHAINS = [
    ("The law passed in 2014. The following year it was repealed.", ["2014-01-01", "2015-01-01"]),
    ("They met on February 26, three days after he had called.", ["2022-02-26", "2022-02-23"]),
    ("They applied in May 2020, three months after the attack.", ["2020-05-01", "2020-02-01"]),
    ("The deal was struck on Monday. It came six days after they had met.", ["2022-03-21", "2022-03-15"]),
    ("It joined in May 2018. At a summit that June it spoke.", ["2018-05-01", "2018-06-01"]),
    ("They quit Mali in August 2020 and Chad in December of that year.", ["2020-08-01", "2020-12-01"]),
    ("The pact was suspended in February 2020. It was revived four months later.", ["2020-02-01", "2020-06-01"]),
    ("In October 2016 they signed, and in November they ratified.", ["2016-10-01", "2016-11-01"]),
    ("It was agreed in January, February and March 2021.", ["2021-01-01", "2021-02-01", "2021-03-01"]),
    ("It will be marked in May 2024 and again in October.", ["2024-05-01", "2024-10-01"]),
    ("On 6 and 9 August 1945 bombs fell.", ["1945-08-06", "1945-08-09"]),
    ("He vowed last July to sign it, then sat on it until January.", ["2021-07-01", None]),
    ("Stops: Lima in October, Quito in January, Bogota in April.", ["2021-10-01", "2022-01-01", "2022-04-01"]),
    ("Two weeks after the poll they met.", [None]),
    ("Three days later they met.", [None]),
    ("On Monday, March 14, a flag rose. Four days earlier he had signed.", ["2022-03-14", "2022-03-10"]),
]


@pytest.mark.parametrize(("text", "starts"), CHAINS, ids=[row[0] for row in CHAINS])
def test_dates_counted_from_the_date_before(text: str, starts: list[str | None]) -> None:
    assert [w.from_ for w in find(text)] == starts


NO_DATES = [
    "You may march to the second gate, he said.",
    "Some 2,000 troops and 1,500 guards left.",
    "In all, 2023 people fled and 1914 soldiers died.",
    "The march of the may flies took a second.",
    "It cost $2022 and weighed 1990 kg.",
    "May God help them.",
    "Theresa May spoke to Joan March.",
    "Resolution 1973 and Article 2014 apply.",
    "More than 1900 were hurt.",
    "A survey of 1650 pupils failed.",
    "Flight 1999 lost 12 hours and 30 minutes.",
    "The fall of the town and the spring in his step.",
    "He read the Sunday Times and watched Saturday Night Fever.",
    "The F-16s of 101 Squadron flew 1914km.",
    "They had wanted it for three years, daily.",
    "It is now 22:30, he said.",
    "A spokesman, Ada Christmas, agreed.",
    "The daily Al-Sahil and a Dakar weekly reported it.",
    "A quarter of the debt was forgiven.",
    "In 480 BC the fleet sailed.",
    "The Winter Olympics and the Arab Spring were discussed.",
    "An hour later and five minutes earlier it rang.",
    "In the first half the side scored.",
    "The sun sat in the sky.",
    "Every Tuesday and on a Monday they rest.",
]


@pytest.mark.parametrize("text", NO_DATES)
@pytest.mark.parametrize("mode", ["news", "narrative"])
def test_no_dates(text: str, mode: str) -> None:
    assert find(text, mode=mode) == []


@pytest.mark.parametrize(
    ("past", "weekday", "month"), [(True, "2022-03-18", "2021-09-01"), (False, "2022-03-25", "2022-09-01")]
)
def test_the_parse_tells_the_tense(past: bool, weekday: str, month: str) -> None:
    assert [w.from_ for w in find("On Friday, and in September.", past=past)] == [weekday, month]


def test_the_verb_at_hand_outweighs_the_parse() -> None:
    text = "The truce that they signed near Tyre on Friday binds both armies."
    assert find(text, past=False)[0].from_ == "2022-03-18"


def test_two_weekdays_in_a_row_follow_one_another() -> None:
    found = find("Talks resume on Thursday and Friday.")
    assert [(w.from_, w.until) for w in found] == [("2022-03-24", "2022-03-26")]


@pytest.mark.parametrize(
    "text", ["They met last week.", "They met on Tuesday.", "They met yesterday.", "They met in May."]
)
def test_nothing_is_counted_from_today(text: str) -> None:
    found = find(text, None)
    assert [(w.from_, w.until, w.grain) for w in found] == [(None, None, None)]
    assert find("They met in 2014.", None)[0].from_ == "2014-01-01"


def test_a_mode_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="'report', expected 'news' or 'narrative'"):
        find("today", mode="report")


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("on 3 May 2021", "day"),
        ("last week", "week"),
        ("in May 2021", "month"),
        ("in Q3 2021", "quarter"),
        ("in the summer of 2021", "season"),
        ("in 2021", "year"),
        ("in the 1990s", "decade"),
        ("in the 20th century", "century"),
        ("in early 2021", "period"),
        ("from April 24-26, 2021", "day"),
        ("since 2014", "year"),
    ],
)
def test_grain(text: str, grain: str) -> None:
    assert find(text)[0].grain == grain


# ---- any text

WORDS = [quote for _, quote, _, _ in NEWS] + [
    "and",
    "to",
    "on",
    "-",
    ",",
    ".",
    "\n\n",
    "the",
    "of",
    "will",
    "31",
    "2023",
    "may",
]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from([None, "0001-01-01", "9999-12-31", "2024-02-29"]), st.sampled_from(["news", "narrative"]))
def test_spans_quote_the_text_in_order(text: str, published: str | None, mode: str) -> None:
    end = 0
    for when in STATION.find(text, published, mode, None):
        assert end <= when.start < when.end
        assert text[when.start : when.end] == when.text
        assert (
            when.from_ is None or when.until is None or date.fromisoformat(when.from_) < date.fromisoformat(when.until)
        )
        end = when.end


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_is_inferred_and_predicted_is_well_formed(text: str) -> None:
    anchor = STATION.infer_anchor(text)
    assert anchor is None or (anchor.from_ < anchor.until and anchor.inferred and anchor.because)
    for time in STATION.predict(text, None):
        assert 0 <= time["start"] < time["end"] <= len(text)
        assert time["type"] in ("DATE", "TIME", "DURATION", "SET")


def calls(text: str) -> int:
    """How many functions are called to find the dates of a text and its day of publication."""
    counted = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        STATION.find(text, WEDNESDAY, "news", None)
        STATION.infer_anchor(text)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize(
    "unit",
    [
        "on on May 3 ",
        "one two three ",
        "11, 12, ",
        "the end of the ",
        "In 2014 at Lima, last year in Lima ",
        "1 - 2 - ",
        "They met on May 3. ",
        "2014, since 2014 and before ",
    ],
)
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    assert calls(unit * 1_000) <= 2.05 * calls(unit * 500)


def test_no_pattern_over_letters_repeats_without_bound() -> None:
    assert re.search(r"(?<!\\)[*+]|\{\d+,\}", re.sub(r"\[[^\]]*\]|\\.", "", dates._GRAMMAR.pattern)) is None


# ---- the day of publication

ANCHORS = [
    # a date line
    ("OSLO, June 4, 2021 (Fjord Agency) -- The pact was signed on Tuesday.", "2021-06-04", "2021-06-05"),
    ("A pact is signed\nFriday, June 4, 2021\nThe pact was signed on Tuesday.", "2021-06-04", "2021-06-05"),
    # the weekday of a date without a year, a photo credit before it
    (
        "On Friday, June 4, the envoys met.\n[Photo: the hall in Oslo, March 2021]\nThey had met in May.",
        "2021-06-04",
        "2021-06-11",
    ),
    # said a few days later at the earliest
    ("Last Friday, June 4, 2021, the envoys met. They had met last month.", "2021-06-07", "2021-06-12"),
    # what was told of last week ended with a day named
    (
        "Last week a plan leaked.\nThe hall, Jan. 31, 2021. [Photo: Fjord]\nThe Herald told of it on June 2.",
        "2021-06-07",
        "2021-06-14",
    ),
    # a day told as past, a day still to come
    (
        "The envoys met on 31 January 2021. On June 2 they spoke again. They will meet on June 20.",
        "2021-06-02",
        "2021-06-20",
    ),
    # a year that follows from "last year" of the same place
    (
        "In 2020, at the Utrecht summit, it was raised. The talks last year in Utrecht failed. On June 2 they spoke.",
        "2021-06-02",
        "2021-07-03",
    ),
]


@pytest.mark.parametrize(("text", "start", "until"), ANCHORS, ids=[row[0][:40] for row in ANCHORS])
def test_the_day_of_publication_is_inferred(text: str, start: str, until: str) -> None:
    anchor = STATION.infer_anchor(text)
    assert anchor is not None
    assert (anchor.from_, anchor.until) == (start, until)
    for quote in anchor.because.strip('"').split('", "'):
        assert quote in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No date stands here.",
        "The alliance was founded on 4 April 1949.",
        "It was founded on 4 April 1949. Last week it met.",
        "In May 2018 they met. In June they parted.",
        "They met last week and will meet on Monday.",
    ],
)
def test_too_little_to_infer_from(text: str) -> None:
    assert STATION.infer_anchor(text) is None


@pytest.mark.parametrize("name", sorted(p.stem for p in REPORTS.glob("sister_*.json")))
def test_the_dates_of_whole_reports(name: str) -> None:
    expected = json.loads((REPORTS / f"{name}.json").read_text("utf-8"))
    text = (REPORTS / f"{name}.txt").read_text("utf-8")
    published = expected["published"]
    if published is None:
        anchor = STATION.infer_anchor(text)
        assert anchor is not None
        assert expected["anchor"]["from"] <= anchor.from_ < anchor.until <= expected["anchor"]["until"]
        published = anchor.from_
    found = STATION.find(text, published, "news", None)
    for row in expected["dates"]:
        at = text.index(row["quote"])
        near = [(w.from_, w.until) for w in found if w.start < at + len(row["quote"]) and w.end > at]
        assert near == [(row["from"], row["until"])], row["quote"]


@pytest.mark.shared
def test_the_first_report_is_of_may_2023(shared: Path) -> None:
    anchor = STATION.infer_anchor((shared / "reports" / "seed.txt").read_text("utf-8"))
    assert anchor is not None
    assert "2023-05-04" <= anchor.from_ < anchor.until <= "2023-06-01"
    assert '"May 3"' in anchor.because


# ---- for the scorers


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("He stayed for three days.", "DURATION", "P3D"),
        ("He stayed for a few weeks.", "DURATION", "PXW"),
        ("A 20-year war ended.", "DURATION", "P20Y"),
        ("They meet every year.", "SET", "P1Y"),
        ("They meet daily.", "SET", "P1D"),
        ("They now agree.", "DATE", "PRESENT_REF"),
        ("They met on Tuesday night.", "TIME", "2022-03-22TNI"),
        ("They met last week.", "DATE", "2022-W11"),
        ("They met in the first week of March.", "DATE", "2022-03-01/2022-03-07"),
        ("They met under a daily curfew.", "SET", "P1D"),
        ("They met in late 2019.", "DATE", "2019"),
        ("They met in the 1960s.", "DATE", "196"),
        ("They met in the second quarter of 2019.", "DATE", "2019-Q2"),
    ],
)
def test_values_as_timex_writes_them(text: str, kind: str, value: str) -> None:
    assert [(t["type"], t["value"]) for t in STATION.predict(text, WEDNESDAY)] == [(kind, value)]


def test_the_ends_of_a_range_are_predicted_singly() -> None:
    values = [t["value"] for t in STATION.predict("They ruled from 1990 to 1995.", WEDNESDAY)]
    assert values == ["1990", "1995"]


def test_long_accounts_of_the_past_are_read_as_narrative() -> None:
    years = " ".join(f"In {year} a battle was fought." for year in range(1930, 1940))
    history = STATION.predict(f"{years} In May the war ended.", WEDNESDAY)
    news = STATION.predict(f"Wednesday, March 23, 2022\n{years} In May the war ended.", WEDNESDAY)
    assert history[-1]["value"] == "1939-05"
    assert news[-1]["value"] == "2021-05"


def test_a_feast_is_found_in_any_year() -> None:
    for year in (1999, 2024):
        day = date.fromisoformat(find(f"They met on Good Friday {year}.")[0].from_ or "")
        assert day.isoweekday() == 5
        assert date(year, 3, 20) <= day <= date(year, 4, 24)
        assert find(f"They met on Easter {year}.")[0].from_ == (day + timedelta(days=2)).isoformat()
