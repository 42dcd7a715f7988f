"""Who is named: states, organisations, offices, people and groups, by phrase and in running text."""

from __future__ import annotations

import csv
import itertools
import tomllib
from datetime import date
from pathlib import Path

import pytest

from communique import Article, Coder
from communique.codebook import Codebook, shipped
from communique.coding.actors import ActorStation, Mentions
from communique.coding.parse import load, parse

BOOK = shipped()
DATA = Path(__file__).parent.parent / "src" / "communique" / "data"


@pytest.fixture(scope="session")
def station() -> ActorStation:
    return ActorStation(BOOK)


def read(station: ActorStation, text: str, day: str | None = None) -> Mentions:
    return station.find(parse(Article.make(text, published=day), load()))


# Phrases: (phrase, day, country, sector)

PHRASES = [
    ("the Danish ambassador to Japan", None, "DNK", "GOV"),
    ("Kenyan soldiers", None, "KEN", "MIL"),
    ("soldiers from Kenya", None, "KEN", "MIL"),
    ("the president of Ghana", None, "GHA", "GOV"),
    ("Peru's foreign ministry", None, "PER", "GOV"),
    ("former Chilean president", None, "CHL", "ELI"),
    ("Somali pirates", None, "SOM", "CRM"),
    ("Tunisian police", None, "TUN", "COP"),
    ("Chad", None, "TCD", None),
    ("Georgia", None, "GEO", None),
    ("Turkey", None, "TUR", None),
    ("Niger", None, "NER", None),
    ("Nigeria", None, "NGA", None),
    ("Nigerien officials", None, "NER", "GOV"),
    ("Nigerian officials", None, "NGA", "GOV"),
    ("DR Congo", None, "COD", None),
    ("Congo-Brazzaville", None, "COG", None),
    ("DPRK", None, "PRK", None),
    ("Guinea-Bissau", None, "GNB", None),
    ("Papua New Guinea", None, "PNG", None),
    ("USSR", "1985-01-01", "SUN", None),
    ("East Germany", "1980-05-05", "DDR", None),
    ("NATO", None, "IGO", None),
    ("ECOWAS", None, "IGO", None),
    ("Hezbollah", None, "LBN", "REB"),
    ("Taliban", "2015-06-01", "AFG", "REB"),
    ("Taliban", "2023-06-01", "AFG", "GOV"),
    ("White House", None, "USA", "GOV"),
    ("Kremlin", None, "RUS", "GOV"),
    ("Lagos", None, "NGA", "CVL"),
    ("Osaka police", None, "JPN", "COP"),
    ("the Texas governor", None, "USA", "GOV"),
    ("Bosnian Serb forces", None, "BIH", "MIL"),
    ("anti-Russian protesters", None, None, "CVL"),
    ("US-backed rebels", None, None, "REB"),
    ("President Obama", "2011-05-03", "USA", "GOV"),
    ("the Bush administration", "2004-05-03", "USA", "GOV"),
    ("Narendra Modi", "2022-05-04", "IND", "GOV"),
    ("Angela Merkel", "2023-02-01", "DEU", "ELI"),
    ("mountain weather", None, None, None),
    ("a blue bicycle", None, None, None),
]


@pytest.mark.parametrize(("phrase", "day", "country", "sector"), PHRASES)
def test_a_phrase_has_the_code_of_whom_it_means(
    station: ActorStation, phrase: str, day: str | None, country: str | None, sector: str | None
) -> None:
    code = station.resolve(phrase, day)
    assert (code.country if code else None, code.sector if code else None) == (country, sector)


def test_a_capital_is_its_government_but_none_where_the_context_calls_it_a_place(station: ActorStation) -> None:
    government, place = (
        station.resolve("Nairobi", None),
        station.resolve("Nairobi", None, "A bomb went off in Nairobi."),
    )
    assert government is not None
    assert government.sector == "GOV"
    assert place is not None
    assert (place.country, place.sector) == ("KEN", None)


# Running text: (text, day, {words: (country, sector, entity)}); entity "" is not looked at.

TEXTS = [
    ("Estonia joined NATO. The alliance welcomed the step.", None, {"The alliance": ("IGO", None, "NATO")}),
    ("Fiji left the European Union talks. The bloc sighed.", None, {"The bloc": ("EUR", None, "EU")}),
    ("Jordan and Egypt sent aid to Yemen.", None, {"Jordan": ("JOR", None, "JOR")}),
    ("The talks ended after Chad and Niger closed the border.", None, {"Chad": ("TCD", None, "TCD")}),
    ("Congo accused Rwanda of arming rebels.", None, {"Congo": ("COD", None, "COD")}),
    (
        "The Republic of the Congo signed a pact in Brazzaville. Congo also pledged troops.",
        None,
        {"Congo": ("COG", None, "COG")},
    ),
    (
        "South Korea said North Korea fired a missile. The North denied it.",
        None,
        {"The North": ("PRK", None, "PRK"), "South Korea": ("KOR", None, "KOR")},
    ),
    ("Nigerien soldiers detained the president.", None, {"the president": ("NER", "GOV", "")}),
    ("Niger's junta expelled the French ambassador.", None, {"Niger's junta": ("NER", "GOV", "")}),
    ("Eritrean-led forces entered the town.", None, {"Eritrean-led forces": ("ERI", "MIL", "")}),
    ("EU-member Austria summoned the envoy of Serbia.", None, {"Austria": ("AUT", None, "AUT")}),
    ("A militant group based in Lebanon fired rockets.", None, {"A militant group": ("LBN", "REB", "")}),
    ("Thousands of Nigerians marched on Sunday.", None, {"Nigerians": ("NGA", "CVL", "")}),
    ("Kyoto police arrested a man near the border.", None, {"Kyoto police": ("JPN", "COP", "")}),
    ("The Georgia governor signed the bill.", None, {"The Georgia governor": ("USA", "GOV", "")}),
    ("The governor of Georgia signed the bill.", None, {"The governor of Georgia": ("USA", "GOV", "")}),
    ("Georgia's parliament thanked the United States.", None, {"Georgia's parliament": ("GEO", "LEG", "")}),
    ("The mayor of Lagos opened the port.", None, {"The mayor of Lagos": ("NGA", "GOV", "")}),
    ("The White House said Moscow must pull back.", None, {"Moscow": ("RUS", "GOV", "RUS")}),
    ("Downing Street declined to comment.", None, {"Downing Street": ("GBR", "GOV", "GBR")}),
    ("President Obama met President Putin in Lima.", "2016-11-20", {"President Obama": ("USA", "GOV", "barack-obama")}),
    ("The Bush administration froze the funds.", "2004-05-03", {"The Bush administration": ("USA", "GOV", "")}),
    (
        "Foreign Minister Ole Berg arrived in Lima. Berg, the Norwegian minister, said he would stay.",
        None,
        {"he": ("NOR", "GOV", "")},
    ),
    ("Estonian Defence Minister Mari Kask resigned. Kask gave no reason.", None, {"Kask": ("EST", "GOV", "")}),
    ("The Japanese prime minister said she would go.", None, {"she": ("JPN", "GOV", "")}),
    ("Latvia said it would send its troops.", None, {"it": ("LVA", None, "LVA"), "its troops": ("LVA", "MIL", "")}),
    ("The Peruvian army said its soldiers were safe.", None, {"its soldiers": ("PER", "MIL", "")}),
    ("Lima, Quito and their partners met. Bogota stayed away.", None, {"Quito": ("ECU", "GOV", "ECU")}),
    ("Windhoek revoked the permit.", None, {"Windhoek": ("NAM", "GOV", "NAM")}),
    ("The Merkel government fell. Scholz's party won.", "2021-12-20", {"Scholz's party": ("DEU", "PTY", "")}),
    (
        "General Juma Otieno, the Kenyan army chief, flew home. Otieno gave no reason.",
        None,
        {"General Juma Otieno, the Kenyan army chief": ("KEN", "MIL", ""), "Otieno": ("KEN", "MIL", "")},
    ),
    (
        "The Ohio senators Ann Bay and Tom Roe objected. Roe called it a mistake.",
        None,
        {"Ann Bay": ("USA", "LEG", ""), "Roe": ("USA", "LEG", "")},
    ),
    ("Mongolia and its neighbours met. A spokesman for the Mongolian army declined.", None, {"its": ("MNG", None, "")}),
    (
        "The fund's Chilean director, Ana Paz, resigned.",
        None,
        {"The fund's Chilean director, Ana Paz": ("CHL", None, "")},
    ),
    (
        "Greece signed the pact with Malta. The country will send ships in May.",
        None,
        {"The country": ("GRC", None, "GRC")},
    ),
    (
        "Rwandan officials met Kenyan traders in Kigali on Monday. Uganda's troops then left the country.",
        None,
        {"the country": ("RWA", None, "RWA")},
    ),
    ("Fiji's leaders fear Tonga. The kingdom is small.", None, {"The kingdom": ("TON", None, "TON")}),
    (
        "Peru has a budget. Peru needs roads. The government said so, and parliament agreed.",
        None,
        {"The government": ("PER", "GOV", ""), "parliament": ("PER", "LEG", "")},
    ),
    ("Bolivian visitors saw the Danish passport of Ole Lund. Lund denied it.", None, {"Lund": ("DNK", "CVL", "")}),
    ("Ann Roe and her Swiss husband, Max Frey, fled. Frey returned.", None, {"Frey": ("CHE", "CVL", "")}),
    ("Ethnic Uzbeks living in Osh fled.", None, {"Uzbeks": ("UZB", "CVL", "")}),
    ("Britain paused. The Labour MP Jo Fell objected.", None, {"The Labour MP Jo Fell": ("GBR", "LEG", "")}),
    (
        "Dominica thanked the Dominican Republic.",
        None,
        {"Dominica": ("DMA", None, "DMA"), "Dominican Republic": ("DOM", None, "DOM")},
    ),
]


@pytest.mark.parametrize(("text", "day", "expected"), TEXTS)
def test_a_mention_in_running_text_has_the_code_of_whom_it_means(
    station: ActorStation, text: str, day: str | None, expected: dict[str, tuple[str, str | None, str]]
) -> None:
    actors = {m.actor.text: m.actor for m in read(station, text, day).all}
    for words, (country, sector, entity) in expected.items():
        actor = actors[words]
        assert (actor.country, actor.sector) == (country, sector)
        assert not entity or actor.entity == entity


COUNTED = [
    (
        "Japan and Australia signed the pact. The two countries will train together.",
        "The two countries",
        {"JPN", "AUS"},
    ),
    ("Israel and Hamas said both sides had agreed.", "both sides", {"ISR", "HAMAS"}),
    ("Kenya and Uganda reopened the border. Both countries praised the step.", "Both countries", {"KEN", "UGA"}),
    ("The foreign ministers of Germany, France and Poland met.", None, {"DEU", "FRA", "POL"}),
    ("Russian and Belarusian soldiers crossed the river.", None, {"RUS", "BLR"}),
    ("Mali, Niger and Burkina Faso formed an alliance.", None, {"MLI", "NER", "BFA"}),
    ("Washington and Tehran traded threats.", None, {"USA", "IRN"}),
    ("Chad, Mali and Togo left the bloc. The three said they were poor.", "The three", {"TCD", "MLI", "TGO"}),
    ("Chad, Mali and Togo left the bloc. The three said they were poor.", "they", {"TCD", "MLI", "TGO"}),
    ("Norway and Iceland applied in May. In June they signed a treaty with Chile.", "they", {"NOR", "ISL"}),
    ("Norway and Iceland agreed that their defence ministers would meet.", "their defence ministers", {"NOR", "ISL"}),
    ("Officials in Lima and Quito said they had settled the border.", "they", {"PER", "ECU"}),
    (
        "Defence Minister Ana Ruiz of Chile met the Danish defence minister, Ole Berg. The two ministers signed a pact.",
        "The two ministers",
        {"CHL", "DNK"},
    ),
    ("Guinea-Bissau, Equatorial Guinea, Guinea and Papua New Guinea voted.", None, {"GNB", "GNQ", "GIN", "PNG"}),
]


@pytest.mark.parametrize(("text", "words", "expected"), COUNTED)
def test_several_actors_in_one_phrase_are_told_apart(
    station: ActorStation, text: str, words: str | None, expected: set[str]
) -> None:
    found = [m.actor for m in read(station, text).all if words is None or m.actor.text == words]
    assert {a.entity if a.sector == "REB" else a.country for a in found if a.country} == expected


SILENT = [
    ("Jordan Peterson spoke at the fair.", "JOR"),
    ("Michael Jordan played on.", "JOR"),
    ("Chad Smith drummed all night.", "TCD"),
    ("Georgia Meloni waved from the car.", "GEO"),
    ("US-made rifles were found in the barn.", "USA"),
    ("Protests erupted in Paris on Sunday.", "FRA"),
    ("Pro-Russian separatists seized the town hall.", "RUS"),
    ("The Paris Agreement covers forests.", "FRA"),
    ("Voters in Ohio, Georgia and Texas waited.", "GEO"),
    ("An embassy in Nairobi was shut.", "KEN"),
]


@pytest.mark.parametrize(("text", "country"), SILENT)
def test_a_name_that_stands_for_something_else_is_no_actor(station: ActorStation, text: str, country: str) -> None:
    assert country not in {m.actor.country for m in read(station, text).all}


UNSAID = [
    ("Kenya said prices rose. They had doubled.", "They"),
    ("It was agreed that Oman would pay.", "It"),
    ("Chad signed the treaty and later revoked it.", "it"),
    ("Oman and Yemen sent aid. A British ship brought rice. The government was silent.", "The government"),
    ("Their own farmers ask for rain. Peru exports copper to Chile.", "Their"),
]


@pytest.mark.parametrize(("text", "words"), UNSAID)
def test_a_word_that_points_at_no_actor_has_no_country(station: ActorStation, text: str, words: str) -> None:
    assert {m.actor.country for m in read(station, text).all if m.actor.text == words} <= {None}


SURROUNDINGS = [
    ("Police in Iquique fired tear gas at strikers on Monday.", "Police", "CHL", "COP"),
    ("A court in Lahore freed two Indian fishermen on Monday.", "A court", "PAK", "JUD"),
    ("A court in Lahore freed two Indian fishermen on Monday.", "two Indian fishermen", "IND", "LAB"),
    ("Protesters in Toulouse burned a Spanish flag after the match.", "Protesters", "FRA", "CVL"),
    ("Norway boarded a Danish trawler off Bear Island, the coast guard said.", "the coast guard", "NOR", "COP"),
    ("Dockers in Piraeus refused to unload a Turkish freighter.", "Dockers", "GRC", "LAB"),
    ("Uganda accused Rwanda of spying. The opposition in Kampala demanded an inquiry.", "The opposition", "UGA", "OPP"),
    ("The weekly Tribuna Liber said that Moldova would sell the port.", "The weekly Tribuna Liber", "MDA", "JRN"),
    ("The agency Zarya said that Kazakhstan had recalled its envoy.", "The agency Zarya", "KAZ", "JRN"),
    ("Analysts in Jakarta doubt that Australia will sign.", "Analysts", "IDN", "EDU"),
    ("Bandits near Zinder robbed a Nigerian bus.", "Bandits", "NER", "CRM"),
    ("The Tuareg of northern Mali rejected the truce.", "The Tuareg of northern Mali", "MLI", "CVL"),
    ("“We will not leave,” said the mayor of Mendoza, and the police chief agreed.", "the police chief", "ARG", "COP"),
]


@pytest.mark.parametrize(("text", "words", "country", "sector"), SURROUNDINGS)
def test_who_has_no_state_is_of_the_state_around_them(
    coder: Coder, text: str, words: str, country: str, sector: str
) -> None:
    found = {(a.country, a.sector) for a in coder.code(text, published="2018-05-07").actors if a.text == words}
    assert found == {(country, sector)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ghana and Togo closed the border. Smugglers rejoiced.", "Smugglers"),
        ("Chile protested to Peru and Bolivia. His guards shot a hunter.", "His guards"),
        ("Hungary expelled two Russian diplomats, and its neighbour followed.", "its neighbour"),
        ("Japan met China and Korea in Seoul, and foreign observers were there.", "foreign observers"),
    ],
)
def test_where_surroundings_name_several_states_nobody_is_guessed(coder: Coder, text: str, words: str) -> None:
    assert {a.country for a in coder.code(text, published="2018-05-07").actors if a.text == words} <= {None}


BODIES = [
    ("ECOWAS leaders met in Abuja on Sunday. The bloc will lift its sanctions.", "The bloc", "IGO", "ECOWAS"),
    (
        "ECOWAS leaders met in Abuja. It was a long night, the bloc's chairman said.",
        "the bloc's chairman",
        "IGO",
        "ECOWAS",
    ),
    ("NATO will send ships to Estonia. The secretary general thanked Tallinn.", "The secretary general", "IGO", "NATO"),
    ("Brussels will lift the tariffs on Monday.", "Brussels", "EUR", "EU"),
    ("Brussels cut pensions, and Belgian unions called a strike.", "Brussels", "BEL", "BEL"),
]


@pytest.mark.parametrize(("text", "words", "country", "entity"), BODIES)
def test_an_organ_belongs_to_the_body_that_is_spoken_of(
    coder: Coder, text: str, words: str, country: str, entity: str
) -> None:
    found = {(a.country, a.entity) for a in coder.code(text, published="2018-05-07").actors if a.text == words}
    assert found == {(country, entity)}


def test_each_owner_of_a_joint_phrase_has_its_own_words(station: ActorStation) -> None:
    before = read(station, "Serbian and Croatian pilots flew together.").all
    assert [(m.actor.text, m.actor.country) for m in before] == [("Serbian", "SRB"), ("Croatian pilots", "HRV")]
    behind = read(station, "The ministers of Benin and Togo agreed.").all
    assert [(m.actor.text, m.actor.country) for m in behind] == [("The ministers of Benin", "BEN"), ("Togo", "TGO")]


def test_a_counterpart_is_of_the_other_state(station: ActorStation) -> None:
    text = "Estonia's minister met the Latvian president and his counterpart."
    found = {m.actor.text: m.actor.country for m in read(station, text).all}
    assert found["his counterpart"] == "LVA"


def test_two_governments_after_three_are_not_known(station: ActorStation) -> None:
    text = "Peru's minister met his Chilean counterpart and the Bolivian envoy. The two governments signed a pact."
    assert {m.actor.country for m in read(station, text).all if m.actor.text == "The two governments"} == {None}


def test_the_west_is_no_province(coder: Coder) -> None:
    report = coder.code("The West has imposed sanctions on Moscow.", published="2022-03-01")
    assert {a.country for a in report.actors} == {"RUS"}


@pytest.mark.parametrize(
    ("text", "words", "country"),
    [
        ("North Korea's leader met the South's president.", "the South's president", "KOR"),
        ("Seoul said that the North had fired a missile.", "the North", "PRK"),
        ("The South of France is dry.", "The South", None),
        ("The North voted for change, the British minister said.", "The North", None),
    ],
)
def test_the_north_and_the_south_are_korea_where_korea_is_spoken_of(
    station: ActorStation, text: str, words: str, country: str | None
) -> None:
    assert {m.actor.country for m in read(station, text).all if m.actor.text == words} == ({country} - {None})


def test_two_koreas_are_two_states(station: ActorStation) -> None:
    found = [(m.actor.text, m.actor.country) for m in read(station, "The two Koreas will march together.").all]
    assert found == [("The two Koreas", "KOR"), ("The two Koreas", "PRK")]


def test_a_leader_of_the_day_is_known_by_the_family_name_alone(station: ActorStation) -> None:
    found = {m.actor.text: m.actor.country for m in read(station, "Zelenskyy thanked Scholz.", "2023-05-10").all}
    assert found == {"Zelenskyy": "UKR", "Scholz": "DEU"}
    assert "Scholz" not in {m.actor.text for m in read(station, "A train stopped in Scholz.", "2023-05-10").all}


def test_the_capital_of_a_dissolved_state_is_its_own_while_it_lasts(station: ActorStation) -> None:
    days = ("1985-01-01", "1995-01-01")
    assert [read(station, "Moscow protested.", day).all[0].actor.country for day in days] == ["SUN", "RUS"]


def test_history_is_told_of_those_in_office(station: ActorStation) -> None:
    text = "Bruno Kreisky spoke."
    found = {day: read(station, text, day).all[0].actor.sector for day in ("1980-01-01", "1986-01-01", "2016-01-01")}
    assert found == {"1980-01-01": "GOV", "1986-01-01": "ELI", "2016-01-01": "GOV"}


def test_a_party_that_laid_down_its_arms_is_no_longer_armed(station: ActorStation) -> None:
    assert [read(station, "Renamo attacked.", day).all[0].actor.sector for day in ("1988-01-01", "1999-01-01")] == [
        "REB",
        "OPP",
    ]


def test_she_is_not_somebody_known_to_be_a_man(station: ActorStation) -> None:
    text = "Mr Kofi Mensah, the Ghanaian minister, met Ms Ana Ruiz, the Chilean envoy. Mensah heard that she would go."
    she = next(m.actor for m in read(station, text).all if m.actor.text == "she")
    assert she.country == "CHL"


def test_every_span_quotes_the_text_and_every_code_has_a_reason(station: ActorStation) -> None:
    text = "Qatar’s foreign minister met Omani officials in Muscat; they praised the Gulf Cooperation Council."
    for mention in read(station, text).all:
        actor = mention.actor
        assert text[actor.start : actor.end] == actor.text
        assert not actor.country or mention.reasons


def test_nothing_is_found_in_an_empty_text(station: ActorStation) -> None:
    assert read(station, "").all == ()


def test_a_users_organisation_is_found(tmp_path: Path) -> None:
    header = ",".join(BOOK.schema["organizations.csv"]["columns"])
    (tmp_path / "organizations.csv").write_text(f"{header}\nZEPHYR,Zephyr Pact,,alliance,IGO,,,,,\n", "utf-8")
    found = read(ActorStation(Codebook(tmp_path)), "Oman joined the Zephyr Pact.").all
    assert "ZEPHYR" in {m.actor.entity for m in found}


# The tables


def members(organisation: str, day: str) -> set[str]:
    rows = [
        r
        for r in BOOK.rows("members.csv")
        if r["organisation"] == organisation and r.get("role") in (None, "permanent", "elected")
    ]
    return {
        r["country"]
        for r in rows
        if r["from"] <= day[: len(r["from"])] and not (r["until"] and r["until"] <= day[: len(r["until"])])
    }


@pytest.mark.parametrize(
    ("organisation", "day", "size"),
    [
        ("UN", "2024-01-01", 193),
        ("UN", "1945-12-31", 51),
        ("NATO", "1949-12-31", 12),
        ("NATO", "2003-01-01", 19),
        ("NATO", "2024-06-01", 32),
        ("EU", "1990-01-01", 12),
        ("EU", "2014-01-01", 28),
        ("EU", "2020-02-01", 27),
        ("UNSC", "2010-06-01", 15),
        ("UNSC", "2024-06-01", 15),
        ("ECOWAS", "2024-06-01", 15),
        ("ECOWAS", "2025-06-01", 12),
        ("ASEAN", "2024-06-01", 10),
        ("ASEAN", "2025-12-01", 11),
        ("AU", "2024-06-01", 55),
        ("ARABLEAGUE", "2024-06-01", 22),
        ("CELAC", "2019-06-01", 33),
        ("G7", "2024-06-01", 7),
        ("COE", "2021-06-01", 47),
        ("COE", "2023-06-01", 46),
        ("OSCE", "2024-06-01", 57),
        ("OECD", "2024-06-01", 38),
        ("ICC", "2024-06-01", 124),
        ("WTO", "2024-12-31", 166),
        ("COMMONWEALTH", "2024-06-01", 56),
        ("SCO", "2024-12-31", 10),
        ("EUROZONE", "2026-06-01", 21),
        ("SCHENGEN", "2025-06-01", 29),
        ("OPEC", "2024-06-01", 12),
        ("GCC", "2024-06-01", 6),
        ("PIF", "2024-06-01", 18),
        ("OIC", "2024-06-01", 57),
    ],
)
def test_an_organisation_had_so_many_members_on_that_day(organisation: str, day: str, size: int) -> None:
    assert len(members(organisation, day)) == size


def test_members_belong_to_organisations_that_are_described() -> None:
    codes = {r["code"] for r in BOOK.rows("organizations.csv")}
    assert {r["organisation"] for r in BOOK.rows("members.csv")} <= codes


def test_a_membership_follows_the_one_before_it() -> None:
    spans: dict[tuple[str, str, str | None], list[tuple[str, str]]] = {}
    for row in BOOK.rows("members.csv"):
        spans.setdefault((row["organisation"], row["country"], row.get("role")), []).append((row["from"], row["until"]))
    for several in (sorted(s) for s in spans.values() if len(s) > 1):
        for (_, until), (start, _) in itertools.pairwise(several):
            assert until
            assert until <= start


def test_no_form_belongs_to_two_states_at_once_without_being_weak() -> None:
    claimed: dict[str, set[str]] = {}
    for row in BOOK.rows("countries.csv"):
        for form in {row["name"], *row.list("aliases")} - set(row.list("weak")):
            if not row.get("until"):
                claimed.setdefault(form, set()).add(row["iso3"])
    assert {form: codes for form, codes in claimed.items() if len(codes) > 1} == {}


def test_a_generated_table_is_the_one_its_source_pins() -> None:
    import hashlib

    sources = tomllib.loads((DATA / "SOURCES.toml").read_text("utf-8"))["source"]
    pinned = {s["file"]: s["sha256"] for s in sources if "sha256" in s}
    assert pinned
    assert {f: hashlib.sha256((DATA / f).read_bytes()).hexdigest() for f in pinned} == pinned


def test_dates_of_the_tables_are_days_of_the_calendar() -> None:
    for name in ("members.csv", "organizations.csv", "countries.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for cell in filter(None, (row["from"], row["until"])):
                    date.fromisoformat(cell + "-01-01"[len(cell) - 4 :] if len(cell) < 10 else cell)


# Groups and officials that name no country


@pytest.mark.parametrize(
    ("text", "phrase", "country"),
    [
        ("The Zambian government accepted demands from rebels.", "rebels", "ZMB"),
        ("Opposition parties in Togo called on President Abalo Kossi to resign.", "Abalo Kossi", "TGO"),
        ("Workers in Honduras blocked a road after police fired tear gas.", "police", "HND"),
        # Two states, or words that say from elsewhere: nobody knows.
        ("Kenya and Uganda said that rebels had crossed the lake.", "rebels", None),
        ("Kenya said that foreign rebels had crossed the lake.", "rebels", None),
        ("Anti-Russian protesters filled the square.", "protesters", None),
        ("Rebels had crossed the lake.", "Rebels", None),
    ],
)
def test_a_group_without_a_country_belongs_to_the_only_state_named(
    station: ActorStation, text: str, phrase: str, country: str | None
) -> None:
    [found] = [m.actor for m in read(station, text).all if phrase in m.actor.text]
    assert found.country == country
