"""What passages say of ties, class by class: parties, status, step, name, place, dates, and what opens none."""

from __future__ import annotations

import pytest

from communique import Coder
from communique.model import Claim

PUBLISHED = "2024-06-12"


def claims(coder: Coder, text: str) -> list[Claim]:
    return list(coder.code(text, published=PUBLISHED).claims)


def told(claim: Claim) -> str:
    """ "presence JPN>NATO planned": kind, parties (`>` where their parts differ) and status; "not" before denials."""
    sign = "+" if len({p.role for p in claim.parties}) == 1 else ">"
    parties = [str(p.entity) for p in claim.parties]
    codes = sign.join(sorted(parties) if sign == "+" else parties)
    return f"{'' if claim.supports else 'not '}{claim.kind} {codes} {claim.status}"


def all_told(coder: Coder, text: str) -> set[str]:
    return {told(c) for c in claims(coder, text)}


CASES = [
    # parties in a clause of the pact, in the clause above, or said before
    ("Lima revoked the accord under which Canadian police were stationed in Peru.", "agreement CAN+PER ended"),
    ("A pact that lets Fiji and Samoa send police to each other's ports entered into force in May.", "agreement FJI+WSM active"),
    ("Chile and Ghana signed a mining pact on Monday. It takes effect once both parliaments approve it.",
     "agreement CHL+GHA planned"),
    ("Fiji and Samoa signed a fisheries treaty in May. Tonga concluded such a treaty with Fiji in 2021.",
     "agreement FJI+TON signed"),
    ("Norway signed a defence pact with Chile, the second for Oslo after those with Peru and Ghana.",
     "agreement NOR+PER active"),
    ("Ghana has a tax treaty with Chile and another with Peru.", "agreement GHA+PER active"),
    ("Oman and Chad signed a gas deal. The two sides will extend the deal in July.", "agreement OMN+TCD active"),
    ("Kenya has visa agreements with Ghana and Chad.", "agreement GHA+KEN active"),
    ("Kenya has visa agreements with Ghana and Chad.", "agreement KEN+TCD active"),
    ("Envoys of Peru and Chile met in Lima on Monday. They signed a water treaty.", "agreement CHL+PER signed"),
    ("Under the Northern Harbour Agreement (NHA) of 2014, British sailors have access to two Norwegian ports.",
     "agreement GBR+NOR active"),
    ("A trade pact between Chile and India is under negotiation.", "agreement CHL+IND planned"),
    ("Peru and Chile agreed the text of a border treaty.", "agreement CHL+PER planned"),
    ("Peru's congress ratified a trade pact with Ghana.", "agreement GHA+PER signed"),
    ("Oslo told Lima in May that it was ending the fisheries pact.", "agreement NOR+PER active"),
    # alliances
    ("Peru and Chile signed a mutual defence pact in May.", "alliance CHL+PER signed"),
    ("Japan and the United States have been treaty allies since 1951.", "alliance JPN+USA active"),
    ("The admiral said that Iran would form a naval coalition with Oman and Qatar.", "alliance IRN+OMN+QAT planned"),
    ("The Quad, comprised of Australia, India, Japan and the United States, met on Monday.",
     "alliance AUS+IND+JPN+USA active"),
    ("The leaders of Australia, Britain and the United States unveiled a pact they call AUKUS.",
     "alliance AUS+GBR+USA active"),
    # memberships, also in groupings that are not for security
    ("BRICS is composed of Brazil, Russia, India, China and South Africa.", "membership ZAF>BRICS active"),
    ("Leaders of BRICS invited Egypt and Iran to become members as of 1 January 2025.", "membership IRN>BRICS planned"),
    ("Mali and Niger ceased to be members of ECOWAS in January.", "membership MLI>ECOWAS ended"),
    ("Togo's foreign minister said that joining the Alliance of Sahel States was not impossible.",
     "membership TGO>AES proposed"),
    ("Sweden applied to NATO in 2022. The parliament of Hungary approved Sweden's accession to NATO in February.",
     "membership SWE>NATO planned"),
    ("The row between Greece and Turkey worries NATO. The two NATO allies met in May.", "membership TUR>NATO active"),
    ("The Council of Europe expelled Russia in March 2022.", "membership RUS>COE ended"),
    ("Georgia's bid to join NATO is on hold.", "membership GEO>NATO proposed"),
    # presences
    ("The map of embassies is changing. Canada opened one in Yerevan in May, and Cyprus plans to follow.",
     "presence CAN>ARM active"),
    ("The map of embassies is changing. Canada opened one in Yerevan in May, and Cyprus plans to follow.",
     "presence CYP>ARM planned"),
    ("British forces have access to two ports in Oman.", "presence GBR>OMN active"),
    ("Manila granted the United States access to four more camps.", "presence USA>PHL active"),
    ("The Russian base at Gyumri in Armenia may remain until 2044.", "presence RUS>ARM active"),
    ("The Polish embassy in Tehran resumed work in August.", "presence POL>IRN active"),
    ("France handed over its base in Chad.", "presence FRA>TCD ended"),
    ("Washington gave up its drone base in Niger.", "presence USA>NER ended"),
    ("Norway closed its embassy in Lima and its consulate in Accra.", "presence NOR>GHA ended"),
    ("The NATO brigade in Latvia grew to 3,000 soldiers.", "presence NATO>LVA active"),
    ("Norway planned to open a liaison office in Hanoi. It shelved the plan in May.", "presence NOR>VNM rejected"),
    ("The French soldiers whom Paris stationed in Niger went home in December.", "presence FRA>NER ended"),
    # relations
    ("Chile recalled its ambassadors to Israel and Peru.", "relations CHL+PER active"),
    ("A possible normalisation between Israel and Oman is far off.", "relations ISR+OMN proposed"),
    ("Egypt decided to downgrade its diplomatic relations with Turkey.", "relations EGY+TUR active"),
    ("Honduras severed diplomatic relations with Taiwan.", "relations HND+TWN ended"),
    ("Peru threatened to break diplomatic relations with Chile.", "relations CHL+PER active"),
    # sanctions
    ("The US State Department said sanctions against Iran would remain in force.", "sanction USA>IRN active"),
    ("The European Union imposed sanctions on Mali. The bloc lifted most of the sanctions in July.",
     "sanction EU>MLI active"),
    ("Japan lifted the sanctions imposed on Sudan.", "sanction JPN>SDN ended"),
    # exercises
    ("The annual Balikatan exercise between Philippine and U.S. forces ended in May.", "exercise PHL+USA ended"),
    ("Joint drills of Norway and Chile will begin in July.", "exercise CHL+NOR planned"),
    # conflicts
    ("Russia's war against Ukraine goes on.", "conflict RUS+UKR active"),
    ("The PKK has fought the Turkish state for decades.", "conflict PKK+TUR active"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_each_class_is_read(coder: Coder, text: str, expected: str) -> None:
    assert expected in all_told(coder, text)


@pytest.mark.parametrize(
    "text",
    [
        "The French ambassador to Armenia, Luc Martin, gave an interview.",
        "Mexico's war on drugs cost many lives.",
        "The envoys of Peru and Chile held talks on Monday.",
        "Preparations for a US-led war against China worry Fiji.",
        "The two firms signed a memorandum on shipping.",
        "Chad recognised Jerusalem as the capital of Israel.",
        "Japan wants good relations with Peru.",
        "If Samoa joined NATO, Fiji would protest.",
        "Asked whether Samoa would join NATO, the minister laughed.",
        "Macron opposes opening a liaison office in Tokyo.",
        "Foreign wars, from Chad to Peru, cost money.",
        "Chile established close personal relations with Peru.",
        "The Security Council wrote rules for applying a ban in Chad.",
    ],
)
def test_what_opens_no_tie(coder: Coder, text: str) -> None:
    assert [c for c in claims(coder, text) if c.supports] == []


def test_comment_opens_no_war(coder: Coder) -> None:
    assert not all_told(coder, "In reality, Washington's disgraceful war against Chile is a crime.")


def test_what_is_denied_speaks_against(coder: Coder) -> None:
    assert all_told(coder, "This step does not mean that Samoa is joining NATO.") == {"not membership WSM>NATO active"}


def one(coder: Coder, text: str, expected: str) -> Claim:
    found = [c for c in claims(coder, text) if told(c) == expected]
    assert found, all_told(coder, text)
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected", "name", "named"),
    [
        ("Fiji and Samoa signed a Reciprocal Access Agreement (RAA).", "agreement FJI+WSM signed",
         "Reciprocal Access Agreement (RAA)", True),
        ("Fiji and Samoa agreed on a military intelligence-sharing pact.", "agreement FJI+WSM planned",
         "military intelligence-sharing pact", False),
        ("Fiji and Samoa signed a ten-year security agreement.", "agreement FJI+WSM signed",
         "ten-year security agreement", False),
        ("Tonga signed a Visiting Forces Agreement with Fiji. It is considering a similar agreement with Samoa.",
         "agreement TON+WSM proposed", "visiting forces agreement", False),
        ("Norway and Chile held the Cold Anchor exercise in May.", "exercise CHL+NOR ended", "Cold Anchor", True),
        ("NATO plans to open a liaison office in Tokyo.", "presence NATO>JPN planned", "liaison office", False),
        ("The Quad, comprised of Australia, India, Japan and the United States, met.",
         "alliance AUS+IND+JPN+USA active", "Quad", True),
    ],
)  # fmt: skip
def test_names(coder: Coder, text: str, expected: str, name: str, named: bool) -> None:
    claim = one(coder, text, expected)
    assert (claim.name, claim.named) == (name, named)


@pytest.mark.parametrize(
    ("text", "expected", "step"),
    [
        ("Peru's congress ratified a trade pact with Ghana.", "agreement GHA+PER signed", "ratified by one party"),
        ("Egypt eased sanctions on Chad.", "sanction EGY>TCD active", "eased"),
        ("Chile recalled its ambassador to Israel.", "relations CHL+ISR active", "ambassador recalled"),
        ("The United Arab Emirates sent their ambassador to Iran back.", "relations ARE+IRN active",
         "ambassador returned"),
        ("Canada partly lifted its sanctions on Belarus.", "sanction CAN>BLR active", "partly lifted"),
        ("Samoa told Fiji that it would end the Visiting Forces Agreement. It suspended that decision in May.",
         "agreement FJI+WSM active", "termination suspended"),
        ("Samoa told Fiji that it would end the Visiting Forces Agreement. It reversed that decision in May.",
         "agreement FJI+WSM active", "termination withdrawn"),
        ("The pact between Japan and Australia remains in force.", "agreement AUS+JPN active", "remains in force"),
        ("Canada put a trade pact with India on hold.", "agreement CAN+IND suspended", "put on hold"),
        ("Norway closed its embassy in Lima.", "presence NOR>PER ended", "closed"),
        ("Norway is closing its embassy in Lima.", "presence NOR>PER active", "closed announced"),
        ("Leaders of BRICS invited Argentina to join the group. Buenos Aires said it would not join BRICS.",
         "membership ARG>BRICS rejected", "declined"),
    ],
)  # fmt: skip
def test_steps(coder: Coder, text: str, expected: str, step: str) -> None:
    assert step in {c.step for c in claims(coder, text) if told(c) == expected}, all_told(coder, text)


@pytest.mark.parametrize(
    ("text", "expected", "start", "until"),
    [
        ("The naval drill of Norway and Chile will begin on 1 July.", "exercise CHL+NOR planned", "2024-07-01", "2024-07-02"),
        ("Norway will close its embassy in Lima on 1 July.", "presence NOR>PER active", None, "2024-07-01"),
        ("Oslo announced in May that it would end a fishing pact with Peru.", "agreement NOR+PER active",
         "2024-05-01", "2024-06-01"),
        ("The Russian base at Gyumri in Armenia may remain until 2044.", "presence RUS>ARM active", None, "2045-01-01"),
        ("The summit of the Quad, comprised of Australia, India, Japan and the United States, was held in May.",
         "alliance AUS+IND+JPN+USA active", None, None),
        ("Manila has a fishing agreement with Australia, in force since 2012.", "agreement AUS+PHL active",
         "2012-01-01", None),
        ("In January Mali ceased to be a member of ECOWAS.", "membership MLI>ECOWAS ended", "2024-01-01", "2024-02-01"),
        ("The war of 1990 between Iraq and Kuwait was short.", "conflict IRQ+KWT ended", "1990-01-01", "1991-01-01"),
        ("Peru and Chile agreed to resume diplomatic relations severed in 2016.", "relations CHL+PER planned", None, None),
    ],
)  # fmt: skip
def test_dates(coder: Coder, text: str, expected: str, start: str | None, until: str | None) -> None:
    claim = one(coder, text, expected)
    assert (claim.from_, claim.until) == (start, until)


def test_two_editions_are_two_claims(coder: Coder) -> None:
    text = "Norway and Chile held the Cold Anchor exercise in March 2022 and again in May 2023."
    starts = {c.from_ for c in claims(coder, text) if c.kind == "exercise"}
    assert starts == {"2022-03-01", "2023-05-01"}


def test_the_place_of_an_office_is_its_city(coder: Coder) -> None:
    claim = one(
        coder, "Next year the alliance NATO will open a liaison office in Tokyo, Japan.", "presence NATO>JPN planned"
    )
    assert claim.place is not None
    assert claim.place.name == "Tokyo"


def test_offices_at_bodies_are_accredited_to_them(coder: Coder) -> None:
    text = "NATO has offices at the United Nations in Geneva, at the OSCE in Vienna, as well as in Georgia and Kuwait."
    assert {"presence NATO>UN active", "presence NATO>OSCE active", "presence NATO>KWT active"} <= all_told(coder, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia withdrew from the Open Skies Treaty.", "agreement RUS ended"),
        ("Ghana joined the Open Skies Treaty in 2011.", "agreement GHA active"),
    ],
)
def test_one_of_many_comes_or_goes_under_its_treatys_name(coder: Coder, text: str, expected: str) -> None:
    assert one(coder, text, expected).name == "Open Skies Treaty"


def test_who_vouches_for_a_claim(coder: Coder) -> None:
    text = "The Peruvian foreign minister said that Peru would open an embassy in Accra."
    assert one(coder, text, "presence PER>GHA planned").voice.kind == "source"


def test_every_claim_names_its_row(coder: Coder) -> None:
    for claim in claims(coder, "Japan and Australia signed a defence pact."):
        assert claim.because[0].file.endswith("ties.csv")
        assert claim.because[0].line
