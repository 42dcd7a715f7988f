"""Place names: which words name a place, and which place they name."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from communique.codebook import Codebook, shipped
from communique.coding.gazetteer import Gazetteer, fold, fold_name
from communique.coding.places import PlaceStation
from communique.model import Place

BOOK = shipped()


@pytest.fixture(scope="module")
def station() -> PlaceStation:
    return PlaceStation(BOOK)


def km(place: Place, at: tuple[float, float]) -> float:
    assert place.latitude is not None
    assert place.longitude is not None
    p, q = math.radians(place.latitude), math.radians(at[0])
    cosine = math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q) * math.cos(math.radians(at[1] - place.longitude))
    return 6371 * math.acos(min(1.0, cosine))


# (text, words, country, grain, (latitude, longitude), km allowed)
RESOLVED = [
    ("The ministers met in Paris on Monday.", "Paris", "FRA", "city", (48.85, 2.35), 20),
    ("The mill in Paris, Texas, burned down.", "Paris", "USA", "city", (33.66, -95.56), 20),
    ("A court in London, Ontario, freed him.", "London", "CAN", "city", (42.98, -81.25), 20),
    ("Lexington, Ky. - The mayor of Lexington spoke.", "Lexington", "USA", "city", (38.05, -84.46), 30),
    ("Voters in Athens, Ga., queued at dawn.", "Athens", "USA", "city", (33.95, -83.38), 30),
    ("Talks in Tbilisi ended; Georgia will hold a vote in Batumi.", "Georgia", "GEO", "country", (42.0, 43.5), 200),
    ("Fires burned near Atlanta, Savannah and Macon in Georgia.", "Georgia", "USA", "region", (33.0, -83.5), 200),
    ("She flew to Birmingham from Montgomery, Alabama.", "Birmingham", "USA", "city", (33.52, -86.8), 30),
    ("She flew to Birmingham from Leeds and Manchester.", "Birmingham", "GBR", "city", (52.48, -1.9), 30),
    ("He left Cambridge, Massachusetts, in May.", "Cambridge", "USA", "city", (42.37, -71.1), 20),
    ("The port of Newcastle, NSW, was shut.", "Newcastle", "AUS", "city", (-32.93, 151.78), 30),
    ("Police in Richmond, B.C., found the car.", "Richmond", "CAN", "city", (49.17, -123.14), 30),
    ("The envoy arrived in Kiev.", "Kiev", "UKR", "city", (50.45, 30.52), 20),
    ("The envoy arrived in Bombay.", "Bombay", "IND", "city", (19.07, 72.88), 30),
    ("The envoy arrived in Saigon.", "Saigon", "VNM", "city", (10.8, 106.7), 30),
    ("The convoy left Rangoon.", "Rangoon", "MMR", "city", (16.8, 96.15), 30),
    ("Ships crossed the Strait of Hormuz.", "Strait of Hormuz", None, "area", (26.6, 56.3), 60),
    ("Ships crossed the Bab el-Mandeb.", "Bab el-Mandeb", None, "area", (12.6, 43.3), 60),
    ("The navy sailed through the Taiwan Strait.", "Taiwan Strait", None, "area", (24.5, 119.5), 150),
    ("A frigate patrolled the South China Sea.", "South China Sea", None, "area", (12.0, 113.0), 400),
    ("Boats gathered near Scarborough Shoal.", "Scarborough Shoal", None, "area", (15.15, 117.75), 40),
    ("Boats gathered off Second Thomas Shoal.", "Second Thomas Shoal", None, "area", (9.75, 115.87), 40),
    ("Guards landed on the Senkaku Islands.", "Senkaku Islands", "JPN", "area", (25.75, 123.5), 60),
    ("A bridge in West Java fell.", "West Java", "IDN", "region", (-7.0, 107.5), 120),
    ("Drones struck depots in Crimea.", "Crimea", "UKR", "region", (45.2, 34.2), 120),
    ("Police shot two men in Dagestan.", "Dagestan", "RUS", "region", (42.5, 47.2), 150),
    ("A dairy in Washington state closed.", "Washington", "USA", "region", (47.5, -120.5), 150),
    ("Fires in Idaho, Oregon, Utah, Washington and Wyoming.", "Washington", "USA", "region", (47.5, -120.5), 150),
    ("Floods cut roads in Nevada, Ohio, Utah and Texas.", "Nevada", "USA", "region", (39.0, -117.0), 150),
    ("Envoys of China, Japan and Mongolia met.", "China", "CHN", "country", (34.0, 103.0), 900),
    ("From Mexico City he toured Mexico.", "Mexico", "MEX", "country", (22.0, -102.0), 300),
    ("She moved to Buffalo, New York.", "New York", "USA", "region", (43.0, -75.5), 150),
    ("Gulls nest in North London.", "North London", "GBR", "city", (51.5, -0.1), 20),
    ("A judge in Beckley, W.Va., agreed.", "W.Va.", "USA", "region", (38.7, -80.7), 150),
    ("Fighting spread across the Donbas.", "Donbas", "UKR", "area", (48.3, 38.3), 120),
    ("The army left Nagorno-Karabakh.", "Nagorno-Karabakh", "AZE", "area", (39.8, 46.75), 80),
    ("Troops moved into Kashmir.", "Kashmir", None, "area", (34.5, 76.0), 250),
    ("Drought struck the Sahel.", "Sahel", None, "area", (15.0, 0.0), 900),
    ("Jets landed at Ramstein Air Base.", "Ramstein Air Base", "DEU", "base", (49.44, 7.6), 15),
    ("Jets landed at Incirlik.", "Incirlik", "TUR", "base", (37.0, 35.43), 15),
    ("The captives were held at Guantanamo Bay.", "Guantanamo Bay", "CUB", "base", (19.9, -75.15), 30),
    ("Sailors at HMAS Stirling waited.", "HMAS Stirling", "AUS", "base", (-32.24, 115.69), 20),
    ("Jets took off from Andersen Air Force Base.", "Andersen Air Force Base", "GUM", "base", (13.58, 144.93), 20),
    ("He was stopped at Heathrow Airport.", "Heathrow Airport", "GBR", "site", (51.47, -0.45), 15),
    ("He landed at Haneda Airport.", "Haneda Airport", "JPN", "site", (35.55, 139.78), 15),
    ("A crowd filled Tahrir Square.", "Tahrir Square", "EGY", "site", (30.04, 31.24), 10),
    ("Drones flew over the Kremlin.", "Kremlin", "RUS", "site", (55.75, 37.62), 10),
    ("Shells fell near Al-Tanf.", "Al-Tanf", "SYR", "base", (33.5, 38.67), 30),
    ("Farmers in Queensland sold cattle.", "Queensland", "AUS", "region", (-23.0, 143.0), 200),
    ("Miners in Ontario went on strike.", "Ontario", "CAN", "region", (50.0, -85.0), 200),
    ("Mexico sent doctors to Havana.", "Mexico", "MEX", "country", (23.0, -102.0), 400),
    ("England beat Wales in Cardiff.", "England", "GBR", "region", (52.5, -1.5), 150),
    ("The premier of New South Wales resigned.", "New South Wales", "AUS", "region", (-32.0, 147.0), 250),
    ("Miners in Kosovo went on strike.", "Kosovo", "XKX", "country", (42.6, 20.9), 80),
    ("Students in Taipei praised Taiwan.", "Taiwan", "TWN", "country", (23.7, 121.0), 150),
]


@pytest.mark.parametrize(("text", "words", "country", "grain", "at", "within"), RESOLVED)
def test_a_name_stands_for_the_place_that_its_text_means(
    station: PlaceStation,
    text: str,
    words: str,
    country: str | None,
    grain: str,
    at: tuple[float, float],
    within: float,
) -> None:
    place = next(p for p in station.find(text) if p.text == words)
    assert (place.country, place.grain) == (country, grain)
    assert km(place, at) <= within


SPANS = [
    ("Kenya's envoy left Uganda’s capital.", ["Kenya", "Uganda"]),
    ("The mayor of St. John's spoke in Newfoundland.", ["St. John's", "Newfoundland"]),
    ("Turkish troops entered Syria.", ["Turkish", "Syria"]),
    ("African leaders met in Addis Ababa.", ["African", "Addis Ababa"]),
    ("Texans and Californians argued in Denver.", ["Texans", "Californians", "Denver"]),
    ("The U.S. and the UK signed in Washington, D.C.", ["U.S.", "UK", "Washington, D.C."]),
    ("Rebels took Fars Province and Nyanza province.", ["Fars Province", "Nyanza"]),
    ("Wards in Kumasi treat Marburg virus and Lassa fever; Marburg kills.", ["Kumasi"]),
    ("It cost US$3 million.", []),
    ("The West Wing and the North Star.", []),
    ("Crews met in Suva, Lautoka and Labasa.", ["Suva", "Lautoka", "Labasa"]),
    ("Nothing was said.", []),
    ("", []),
    ("Mr. London met Dr. Paris.", []),
    ("us and them", []),
    ("The army chief saw the act in a car.", []),
    ("Act now, said the coach in May.", []),
]


@pytest.mark.parametrize(("text", "words"), SPANS)
def test_names_are_found_with_their_bounds(station: PlaceStation, text: str, words: list[str]) -> None:
    assert [p.text for p in station.find(text)] == words
    assert all(text[p.start : p.end] == p.text for p in station.find(text))


def test_peoples_can_be_left_out(station: PlaceStation) -> None:
    text = "Chilean miners flew to Peru."
    assert [p.text for p in station.find(text, demonyms=False)] == ["Peru"]


def test_labels_of_the_parser_speak_for_and_against(station: PlaceStation) -> None:
    text = "Alberta smiled, and the child of Alberta too."
    person = station.find(text, [(0, 7, "PERSON"), (33, 40, "PERSON")])
    place = station.find(text, [(0, 7, "GPE"), (33, 40, "GPE")])
    assert len(person) < len(place) == 2


def test_a_town_that_the_parser_takes_for_a_person_is_kept_where_the_text_tells(station: PlaceStation) -> None:
    text = "A clinic in the town of Garissa shut. Tom Leeds spoke; Leeds was tired."
    found = station.find(text, [(24, 31, "PERSON"), (38, 47, "PERSON"), (55, 60, "PERSON")])
    assert [p.text for p in found] == ["Garissa"]


def test_the_country_of_the_outlet_tips_the_scale(station: PlaceStation) -> None:
    text = "A road in Hamilton was closed."
    at_home = {c: station.find(text, [(10, 18, "GPE")], country=c)[0].country for c in ("CAN", "NZL")}
    assert at_home["CAN"] == "CAN"


@pytest.mark.parametrize(
    ("quote", "name", "country"),
    [
        ("northern Mali", "Mali", "MLI"),
        ("Greater Manchester", "Greater Manchester", "GBR"),
        ("the city of Aleppo", "Aleppo", "SYR"),
        ("Donetsk region", None, "UKR"),
        ("Gwinnett", "Gwinnett County", "USA"),
        ("Canadian", None, "CAN"),
        ("Ky.", "Kentucky", "USA"),
        ("Lahore, Pakistan", "Lahore", "PAK"),
    ],
)
def test_a_given_span_is_read_in_its_barer_forms(
    station: PlaceStation, quote: str, name: str | None, country: str
) -> None:
    text = f"They came to {quote} in spring."
    (place,) = station.resolve(text, [(13, 13 + len(quote))])
    assert place is not None
    assert place.country == country
    assert name is None or place.name == name


def test_an_unknown_name_stays_unknown(station: PlaceStation) -> None:
    assert station.resolve("They met in Qwxzyville.", [(12, 22)]) == [None]


def test_an_institution_is_not_taken_for_a_village_called_so(station: PlaceStation) -> None:
    text = "She taught at Kwaxby University for years."
    assert station.resolve(text, [(14, 31)]) == [None]


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Zürich", "zurich"),
        ("São Paulo", "sao paulo"),
        ("Łódź", "lodz"),
        ("St. John's", "saint john"),
        ("N’Djamena", "ndjamena"),
        ("U.S.", "us"),
    ],
)
def test_names_are_compared_without_marks(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_a_folded_word_folds_to_itself() -> None:
    words = ["Ærø", "Þingvellir", "Ft", "Côte", "d’Ivoire", "İzmir"]
    assert [fold(fold(w)) for w in words] == [fold(w) for w in words]


def test_acronyms_must_stand_in_capitals() -> None:
    gazetteer = Gazetteer(BOOK)
    assert gazetteer.lookup("nsw", "NSW")
    assert not gazetteer.lookup("nsw", "Nsw")
    assert gazetteer.lookup("us", "US")
    assert not gazetteer.lookup("us", "Us")


def test_a_users_place_is_found(tmp_path: Path) -> None:
    header = ",".join(BOOK.schema["places_extra.csv"]["columns"])
    (tmp_path / "places_extra.csv").write_text(f"{header}\nQwxz Reef,,,,,area,1.5,2.5\n", "utf-8")
    place = PlaceStation(Codebook(tmp_path)).find("A boat sank off Qwxz Reef.")[0]
    assert (place.text, place.latitude, place.longitude, place.grain) == ("Qwxz Reef", 1.5, 2.5, "area")


def test_every_alias_and_abbreviation_names_a_known_place() -> None:
    gazetteer = Gazetteer(BOOK)
    for row in BOOK.rows("places_extra.csv"):
        if row["kind"] in ("alias", "abbreviation", "region"):
            found = [gazetteer.entry(n) for n in gazetteer.lookup(fold_name(row["name"]), row["name"])]
            assert any(e.country == row["country"] for e in found), row


def test_extra_places_have_coordinates_on_the_globe() -> None:
    for row in BOOK.rows("places_extra.csv"):
        if row["kind"] in ("area", "base", "site", "region"):
            assert abs(float(row["latitude"])) <= 90, row
            assert abs(float(row["longitude"])) <= 180, row
