"""Office-holders: who held which office on a day, under which names, and what the table promises."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

import pytest

from communique.codebook import CLASS_CODES, Row, check_table, shipped
from communique.coding.names import Code, Names, fold, in_time

BOOK = shipped()
ROWS = BOOK.rows("offices.csv")
# Offices that one person holds at a time in a country.
SINGLE = re.compile(
    r"(?:president|prime minister|premier|chancellor|king|emir|sultan|emperor|pope|supreme leader|chief executive|"
    r"(?:foreign|defence|interior|finance) minister|secretary of (?:state|defense)|central bank governor|chief of the general staff|"
    r"ambassador to the (?:UN|US)|secretary-general of .+|director-general of .+|president of the (?:European|World) .+)"
)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(BOOK)


def coded(names: Names, form: str, date: str) -> Code:
    code = names.code(names.look(form), date)
    assert code is not None, form
    return code


def held(names: Names, form: str, date: str) -> set[str]:
    """The offices that persons of this name hold on the day."""
    people = {entry.person for entry in names.look(form) if entry.kind == "person" and entry.person}
    return {row["office"] for person in people for row in names.people[person] if in_time(row, date)}


# (name as printed, day, office, country, sector)
HELD = [
    ("Joe Biden", "2014-06-01", "vice president", "USA", "GOV"),
    ("Joe Biden", "2022-06-01", "president", "USA", "GOV"),
    ("Donald Trump", "2025-03-01", "president", "USA", "GOV"),
    ("Marco Rubio", "2016-06-01", "senator", "USA", "LEG"),
    ("Marco Rubio", "2025-03-01", "secretary of state", "USA", "GOV"),
    ("James Mattis", "2012-01-01", "commander of Central Command", "USA", "MIL"),
    ("James Mattis", "2018-01-01", "secretary of defense", "USA", "GOV"),
    ("Keir Starmer", "2022-01-01", "opposition leader", "GBR", "OPP"),
    ("Keir Starmer", "2024-07-05", "prime minister", "GBR", "GOV"),
    ("David Cameron", "2024-01-10", "foreign minister", "GBR", "GOV"),
    ("Angela Merkel", "2010-05-01", "chancellor", "DEU", "GOV"),
    ("Vladimir Putin", "2010-05-01", "prime minister", "RUS", "GOV"),
    ("Vladimir Putin", "2023-05-01", "president", "RUS", "GOV"),
    ("Sergei Lavrov", "2003-01-01", "ambassador to the UN", "RUS", "GOV"),
    ("Valery Gerasimov", "2022-02-24", "chief of the general staff", "RUS", "MIL"),
    ("Mikhail Gorbachev", "1989-11-09", "president", "SUN", "GOV"),
    ("Qin Gang", "2023-02-01", "foreign minister", "CHN", "GOV"),
    ("Wang Yi", "2024-02-01", "foreign minister", "CHN", "GOV"),
    ("Shinzo Abe", "2015-08-14", "prime minister", "JPN", "GOV"),
    ("Ban Ki-moon", "2005-09-19", "foreign minister", "KOR", "GOV"),
    ("Ban Ki-moon", "2012-09-19", "secretary-general of the UN", "UNO", "GOV"),
    ("Kim Jong-il", "2006-10-09", "supreme leader", "PRK", "GOV"),
    ("Narendra Modi", "2010-01-01", "chief minister", "IND", "GOV"),
    ("Imran Khan", "2020-01-01", "prime minister", "PAK", "GOV"),
    ("Asim Munir", "2024-01-01", "army chief", "PAK", "MIL"),
    ("Volodymyr Zelensky", "2022-02-24", "president", "UKR", "GOV"),
    ("Jens Stoltenberg", "2010-01-01", "prime minister", "NOR", "GOV"),
    ("Jens Stoltenberg", "2022-06-29", "secretary-general of NATO", "IGO", "GOV"),
    ("Ursula von der Leyen", "2016-01-01", "defence minister", "DEU", "GOV"),
    ("Ursula von der Leyen", "2021-01-01", "president of the European Commission", "EUR", "GOV"),
    ("Karim Khan", "2023-03-17", "prosecutor of the ICC", "IGO", "JUD"),
    ("Benjamin Netanyahu", "2022-05-01", "opposition leader", "ISR", "OPP"),
    ("Herzi Halevi", "2023-10-08", "chief of the general staff", "ISR", "MIL"),
    ("Yahya Sinwar", "2023-10-07", "leader of Hamas in Gaza", "PSE", "REB"),
    ("Hassan Nasrallah", "2006-07-12", "leader of Hezbollah", "LBN", "REB"),
    ("Ali Khamenei", "2020-01-03", "supreme leader", "IRN", "GOV"),
    ("Sirajuddin Haqqani", "2019-01-01", "deputy leader of the Taliban", "AFG", "REB"),
    ("Sirajuddin Haqqani", "2022-01-01", "interior minister", "AFG", "GOV"),
    ("Mohammed bin Salman", "2018-10-02", "crown prince", "SAU", "GOV"),
    ("Bashar al-Assad", "2013-08-21", "president", "SYR", "GOV"),
    ("Salva Kiir", "2008-01-01", "vice president", "SDN", "GOV"),
    ("Salva Kiir", "2014-01-01", "president", "SSD", "GOV"),
    ("Joseph Kony", "2006-07-14", "leader of the Lord's Resistance Army", "UGA", "REB"),
    ("Penny Wong", "2023-01-01", "foreign minister", "AUS", "GOV"),
    ("Lai Ching-te", "2024-06-01", "president", "TWN", "GOV"),
    ("Albin Kurti", "2024-01-01", "prime minister", "XKX", "GOV"),
]


@pytest.mark.parametrize(("form", "date", "office", "country", "sector"), HELD)
def test_the_office_of_the_day(names: Names, form: str, date: str, office: str, country: str, sector: str) -> None:
    code = coded(names, form, date)
    assert office in held(names, form, date)
    assert (code.country, code.sector) == (country, sector)


# (name, a day after the last office, country)
FORMER = [
    ("Angela Merkel", "2024-01-01", "DEU"),
    ("Barack Obama", "2020-01-01", "USA"),
    ("Bill Clinton", "2009-08-04", "USA"),
    ("Jimmy Carter", "1994-06-15", "USA"),
    ("Mikhail Gorbachev", "1999-01-01", "SUN"),
    ("Ban Ki-moon", "2019-01-01", "KOR"),
    ("Kofi Annan", "2009-01-01", None),
    ("Bashar al-Assad", "2025-01-15", "SYR"),
    ("Ashraf Ghani", "2022-01-01", "AFG"),
    ("Robert Mugabe", "2018-06-01", "ZWE"),
    ("Jacinda Ardern", "2024-01-01", "NZL"),
]


@pytest.mark.parametrize(("form", "date", "country"), FORMER)
def test_out_of_office_they_are_elites_of_their_state(names: Names, form: str, date: str, country: str | None) -> None:
    code = coded(names, form, date)
    assert (code.country, code.sector) == (country, "ELI")


# One person under several spellings, with the day on which each must be that person.
SPELLINGS = [
    ("Muammar Gaddafi", "2005-01-01", ("Moammar Gadhafi", "Muammar Qaddafi", "Moammar Gaddafi")),
    ("Volodymyr Zelensky", "2023-01-01", ("Volodymyr Zelenskyy", "Volodymyr Zelenskiy", "Vladimir Zelensky")),
    ("Kim Jong-un", "2018-06-12", ("Kim Jong Un", "Kim Jong-Un")),
    ("Yoon Suk-yeol", "2023-01-01", ("Yoon Suk Yeol", "Yoon Seok-youl")),
    ("Bashar al-Assad", "2013-01-01", ("Bashar Assad", "Bashar Al-Assad", "Bashar al Assad")),
    ("Mohammed bin Salman", "2019-01-01", ("Mohammad bin Salman", "Mohamed bin Salman")),
    ("Abdel Fattah el-Sisi", "2018-01-01", ("Abdel Fattah al-Sisi", "Abdel-Fattah el-Sissi")),
    ("Alexander Lukashenko", "2021-01-01", ("Aliaksandr Lukashenka", "Alexandr Lukashenko")),
    ("Recep Tayyip Erdoğan", "2020-01-01", ("Recep Tayyip Erdogan", "Tayyip Erdogan")),
    ("Sergei Lavrov", "2020-01-01", ("Sergey Lavrov",)),
    ("Shinzo Abe", "2015-01-01", ("Abe Shinzo",)),
    ("Viktor Orbán", "2015-01-01", ("Viktor Orban",)),
    ("Abdrabbuh Mansur Hadi", "2015-01-01", ("Abd Rabbu Mansour Hadi", "Abed Rabbo Mansour Hadi")),
    ("Pushpa Kamal Dahal", "2009-01-01", ("Pushpa Dahal",)),
    ("Charles III", "2023-05-06", ("King Charles III", "King Charles")),
]


@pytest.mark.parametrize(("person", "date", "forms"), SPELLINGS)
def test_spellings_reach_the_same_person(names: Names, person: str, date: str, forms: tuple[str, ...]) -> None:
    expected = coded(names, person, date)
    for form in forms:
        assert coded(names, form, date) == expected, form


def test_a_name_of_two_presidents_goes_by_the_day(names: Names) -> None:
    people: dict[int | None, str] = {row.line: row["person"] for row in ROWS}
    assert people[coded(names, "George Bush", "1990-08-02").reasons[0].line] == "George H. W. Bush"
    assert people[coded(names, "George Bush", "2003-03-20").reasons[0].line] == "George W. Bush"


def test_the_table_has_no_faults() -> None:
    ((label, text),) = BOOK.sources("offices.csv")
    assert check_table(label, text, BOOK.schema["offices.csv"], BOOK) == []
    assert text.splitlines()[0] == "person,aliases,country,sector,office,entity,from,until"


def test_every_row_says_where_and_what() -> None:
    assert [r["person"] for r in ROWS if not (r["country"] and r["sector"] and r["office"])] == []


def test_entities_are_organisations_with_a_code() -> None:
    codes = {row["code"] for row in BOOK.rows("organizations.csv")}
    assert sorted({r["entity"] for r in ROWS if r["entity"]} - codes) == []


def test_heads_of_bodies_between_states_have_their_body() -> None:
    bodies = {"UNO", "EUR"}
    assert [(r["person"], r["office"]) for r in ROWS if r["country"] in bodies and not r["entity"]] == []


def test_one_person_at_a_time_in_an_office_of_one() -> None:
    terms: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in ROWS:
        if SINGLE.fullmatch(row["office"]):
            terms[row["country"], row["office"], row["entity"]].append(row)
    wrong = []
    for of_one in terms.values():
        for one, other in pairwise(sorted(of_one, key=lambda r: r["from"])):
            length = min(len(one["until"]), len(other["from"]))
            if not one["until"] or other["from"][:length] < one["until"][:length]:
                wrong.append((one["office"], one["person"], other["person"]))
    assert len(terms) > 400
    assert wrong == []


def test_no_person_is_written_in_two_ways() -> None:
    plain = defaultdict(set)
    for row in ROWS:
        plain[fold(row["person"]).lower().replace("-", " ")].add(row["person"])
    assert [forms for forms in plain.values() if len(forms) > 1] == []


def test_an_alias_is_no_other_persons_name() -> None:
    people = {row["person"] for row in ROWS}
    assert [(r["person"], a) for r in ROWS for a in r.list("aliases") if a in people] == []


def test_aliases_of_a_person_are_the_same_in_each_row() -> None:
    aliases = defaultdict(set)
    for row in ROWS:
        aliases[row["person"]].add(row["aliases"])
    assert [person for person, cells in aliases.items() if len(cells) > 1] == []


def test_the_states_of_the_world_have_a_head_of_government_today() -> None:
    current = {r["country"] for r in ROWS if not r["until"]} - CLASS_CODES
    assert len(current) > 185
