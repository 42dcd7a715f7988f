"""Many reports, one occurrence: what belongs together does, what does not stays apart, and who says what is kept.

The texts are our own; the outlets are invented, as is everything the texts say that is no public fact.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from communique import Coder, quantities, stories
from communique.codebook import shipped
from communique.model import Article, CodedReport, Span
from communique.store import Record, StoredHappening

# Quantities

BOOK = shipped()


def read(text: str) -> list[tuple[str, float | None, float | None, float | None, str | None]]:
    found = quantities.read(Span(0, len(text), text), BOOK)
    assert all(text[q.start : q.end] == q.text for q in found)
    return [(q.kind, q.value, q.least, q.most, q.unit) for q in found]


@pytest.mark.parametrize("row", BOOK.rows("lang/en/quantities.csv"), ids=lambda row: f"{row['role']}-{row['word']}")
def test_every_word_for_a_quantity_decides_in_its_example(row: Any) -> None:
    text = row["example"]
    found = quantities.read(Span(0, len(text), text), BOOK)
    assert any(reason.line == row.line for quantity in found for reason in quantity.because)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 45 people were killed and 80 injured.", [("killed", 45, 45, None, "people"), ("injured", 80, 80, 80, None)]),
        ("The strike killed 40 civilians, including six children.",
         [("killed", 40, 40, 40, "civilians"), ("people", 6, 6, 6, "children")]),
        ("Poland expelled 45 Russian diplomats on March 23, 2022.", [("expelled", 45, 45, 45, "diplomats")]),
        ("The death toll rose to 46 on Tuesday.", [("killed", 46, 46, 46, None)]),
        ("No one was hurt.", [("injured", 0, 0, 0, None)]),
        ("Dozens of protesters were arrested.", [("detained", None, 24, None, "protesters")]),
        ("Norway sent between 300 and 400 soldiers.", [("troops", None, 300, 400, "soldiers")]),
        ("Two to three million people were displaced.", [("displaced", None, 2e6, 3e6, "people")]),
        ("Up to 500 troops will train there.", [("troops", 500, None, 500, "troops")]),
        ("Japan will lend Fiji $300 million, or 1.5 billion yen.",
         [("money", 3e8, 3e8, 3e8, "USD"), ("money", 1.5e9, 1.5e9, 1.5e9, "JPY")]),
        ("The aid is worth €2.5bn.", [("money", 2.5e9, 2.5e9, 2.5e9, "EUR")]),
        ("The 45-year-old minister flew F-35 jets on 14 January 2023.", []),
        ("The talks lasted 24 hours if Russia attacks.", []),
        ("They signed it in 2022.", []),
    ],
)  # fmt: skip
def test_quantities_of_a_sentence(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert read(text) == [tuple(None if v is None else v for v in row) for row in expected]


def numbers(text: str) -> quantities.Quantity:
    return quantities.read(Span(0, len(text), text), BOOK)[0]


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("45 people were killed.", "40 people were killed.", True),
        ("45 people were killed.", "At least 40 people were killed.", False),
        ("At least 46 people were killed.", "45 people were killed.", True),
        ("Dozens of people were killed.", "45 people were killed.", False),
        ("Dozens of people were killed.", "Nine people were killed.", True),
        ("About 300 soldiers came.", "310 soldiers came.", False),
        ("About 300 soldiers came.", "400 soldiers came.", True),
    ],
)
def test_which_numbers_cannot_both_be_right(one: str, other: str, differ: bool) -> None:
    assert quantities.differ(numbers(one), numbers(other)) is differ
    assert quantities.differ(numbers(other), numbers(one)) is differ


# Stories

WIRE = (
    "The ministers of the two countries signed the accord in the old town hall on Tuesday after four rounds of talks that "
    "had begun in spring. It lets the troops of each train on the soil of the other, and says who pays for what. Fishermen "
    "from the strait protested outside. The opposition wants the text to be laid before parliament, which must still approve "
    "it. A spokesman for the government said that a vote was planned before the summer, and that he expected a majority."
)


def same(one: str, other: str) -> bool:
    return stories.same_copy(stories.shingles(one), stories.shingles(other))


def proposed(one: str, other: str) -> bool:
    return not set(stories.bands(one)).isdisjoint(stories.bands(other))


CUT = WIRE[: WIRE.index(" A spokesman")]
LED = "Our correspondent reports from the strait. " + WIRE.replace("on Tuesday", "yesterday")
OTHER = (
    "Two governments have put their names to an accord on visiting soldiers. Whether the assembly will pass it is open: its "
    "critics say that nobody has seen the annexes, and boats blocked the harbour for an hour in protest against the deal."
)


def test_copies_are_the_same_and_other_words_on_the_same_are_not() -> None:
    assert same(WIRE, WIRE.upper())
    assert same(WIRE, CUT), "a copy that was cut"
    assert same(WIRE, LED), "a copy under a new lead"
    assert not same(WIRE, OTHER)
    assert proposed(WIRE, LED)
    assert stories.digest(WIRE) == stories.digest(WIRE.replace(". ", ".\n\n").upper())


def test_texts_that_share_half_of_their_wording_are_proposed() -> None:
    rng = random.Random(5)
    words = [f"word{i}" for i in range(2000)]
    missed = 0
    for _ in range(200):
        text = rng.sample(words, 120)
        changed = text[:85] + rng.sample(words, 35)
        one, other = " ".join(text), " ".join(changed)
        assert same(one, other)
        missed += not proposed(one, other)
    assert missed <= 4


# Happenings

REPORTS = {
    "expelled": [
        ("Meridian Wire", "2022-03-23", "Poland on Wednesday expelled 45 Russian diplomats, the interior minister said."),
        ("The Aldersgate Chronicle", "2022-03-24", "Poland expelled 45 Russian diplomats on 23 March over what it called spying."),
        ("Huanhai News Agency", "2022-03-24", "Warsaw expelled 40 Russian diplomats on Wednesday, the Russian ambassador said."),
    ],
    "met": [
        ("Meridian Wire", "2023-11-03", "The foreign ministers of Japan and the Philippines held talks in Manila on Friday."),
        ("The Common Quay", "2023-11-04", "Japan's foreign minister met her Philippine counterpart in Manila on 3 November to "
         "discuss a pact on access for troops."),
        ("Rampart Review", "2023-11-04", "Japanese and Philippine ministers met in Tokyo on Friday to discuss a pact on access "
         "for troops."),
    ],
    "signed": [
        ("Meridian Wire", "2024-07-08", "Japan and the Philippines signed a reciprocal access agreement in Manila on Monday."),
        ("The Common Quay", "2024-07-09", "Tokyo and Manila on Monday signed a Reciprocal Access Agreement that lets their troops "
         "train on each other's soil."),
        ("Rampart Review", "2024-12-02", "Japan and the Philippines signed the Reciprocal Access Agreement in July."),
    ],
    "apart": [
        ("Meridian Wire", "2024-07-08", "Australia and the Philippines signed a defence loan agreement in Manila on Monday."),
        ("Meridian Wire", "2023-12-03", "The foreign ministers of Japan and the Philippines held talks in Manila on Friday."),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def coded(coder: Coder) -> dict[str, list[CodedReport]]:
    return {
        name: [coder.code(text, outlet=outlet, published=day) for outlet, day, text in rows]
        for name, rows in REPORTS.items()
    }


@pytest.fixture(scope="module")
def record(coded: dict[str, list[CodedReport]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    path = tmp_path_factory.mktemp("happenings") / "record.duckdb"
    with Record.open(path, write=True) as writer:
        writer.add([report for reports in coded.values() for report in reports], [], "v1")
    with Record.open(path) as reader:
        yield reader


def of(record: Record, reports: Sequence[CodedReport]) -> list[StoredHappening]:
    articles = {report.article.id for report in reports}
    return [h for h in record.happenings() if {v.told.article for v in h.values} & articles]


def test_three_outlets_on_one_expulsion_are_one_happening_with_two_numbers(
    record: Record, coded: dict[str, list[CodedReport]]
) -> None:
    [found] = [h for h in of(record, coded["expelled"]) if h.type == "SANCTION"]
    assert (found.reports, found.stories, found.outlets) == (3, 3, 3)
    assert (found.actors, found.recipients) == (("POL",), ("RUS",))
    assert (found.from_, found.until) == ("2022-03-23", "2022-03-24")
    assert found.differing == ("expelled",)
    told = {(v.value, v.told.outlet): v.told.sources for v in found.values if v.field == "expelled"}
    assert {value for value, _ in told} == {"45", "40"}
    assert [s.casefold() for s in told["40", "Huanhai News Agency"]] == ["the russian ambassador"]


def test_a_meeting_is_one_though_reports_put_it_in_two_cities(
    record: Record, coded: dict[str, list[CodedReport]]
) -> None:
    [found] = of(record, coded["met"])
    assert found.reports == 3
    assert "place" in found.differing
    assert {v.value for v in found.values if v.field == "place"} == {"Manila", "Tokyo"}


def test_a_later_report_joins_what_it_looks_back_on(record: Record, coded: dict[str, list[CodedReport]]) -> None:
    [found] = of(record, coded["signed"])
    assert (found.reports, found.outlets) == (3, 3)
    assert found.from_ == "2024-07-08"
    assert found.differing == ()


def test_other_parties_and_other_days_stay_apart(record: Record, coded: dict[str, list[CodedReport]]) -> None:
    assert {h.reports for h in of(record, coded["apart"])} == {1}


def test_every_value_stands_where_it_says(record: Record) -> None:
    rows = record.happenings().to_json()
    spans = [value["span"] for row in rows for value in row["values"]]
    assert len(spans) > 20
    for span in spans:
        article = record.article(span["article"])
        assert article is not None
        assert article.text[span["start"] : span["end"]] == span["text"]


def test_happenings_are_filtered(record: Record) -> None:
    assert all("POL" in h.actors for h in record.happenings(party="pol"))
    assert {h.from_ for h in record.happenings(from_="2024-01-01", type="SUPPORT")} == {"2024-07-08"}
    assert len(record.happenings(outlets=3)) == 3
    assert all(h.differing for h in record.happenings(differing=True))
    assert record.happenings(party=["JPN", "RUS"]) == []


def test_every_id_a_happening_might_have_had_answers(record: Record) -> None:
    for happening, alias in record.sql("SELECT happening, alias FROM base.happening_events").fetchall():
        found = record.get(alias)
        assert found is not None
        assert found.id == happening


def test_counts_say_what_they_count(record: Record) -> None:
    counts = record.counts()
    assert (counts["reports"], counts["stories"], counts["outlets"]) == (11, 10, 5)
    assert counts["happenings"] < counts["events"]


# Bit by bit comes to the same as all at once

DERIVED = (
    "counted stories quantities event_faces happening_keys happenings happening_events happening_values claim_blocks ties "
    "tie_claims tie_states tie_parties aliases"
).split()


def derived(path: Path) -> dict[str, list[Any]]:
    """Every derived row; codings are numbered in the order of arrival, so that they go by their report."""
    with Record.open(path) as record:
        codings = dict(record.sql("SELECT coding, article FROM base.codings").fetchall())
        found = {}
        for name in DERIVED:
            relation = record.sql(f"FROM base.{name}")
            at = relation.columns.index("coding") if "coding" in relation.columns else None
            rows = [list(row) for row in relation.fetchall()]
            for row in rows if at is not None else ():
                row[at] = codings[row[at]]
            found[name] = sorted(rows, key=repr)
    return found


def variants(coded: dict[str, list[CodedReport]], coder: Coder) -> list[CodedReport]:
    """The reports, versions of them that supersede, and copies in other outlets."""
    texts = [row for rows in REPORTS.values() for row in rows]
    again = [(outlet, day, f"{text} A later line says a little more.") for outlet, day, text in texts[::3]]
    copies = [("The Copyist", day, text) for _, day, text in texts[1::3]]
    long = [
        ("Meridian Wire", "2024-05-07", WIRE),
        ("The Common Quay", "2024-05-08", LED),
        ("Rampart Review", "2024-05-08", CUT),
    ]
    made = [r for reports in coded.values() for r in reports]
    extra = [*again, *copies, *long]
    return [*made, *(coder.code(text, outlet=outlet, published=day) for outlet, day, text in extra)]


@pytest.mark.parametrize("seed", range(6))
def test_adding_bit_by_bit_in_any_order_comes_to_the_same(
    coded: dict[str, list[CodedReport]], coder: Coder, tmp_path: Path, seed: int
) -> None:
    reports = variants(coded, coder)
    with Record.open(tmp_path / "whole.duckdb", write=True) as record:
        record.add(reports, [], "v1")
    random.Random(seed).shuffle(reports)
    for part in (reports[:1], reports[1:4], reports[4:12], reports[12:]):
        with Record.open(tmp_path / "parts.duckdb", write=True) as record:
            record.add(part, [], "v1")
    bit_by_bit = derived(tmp_path / "parts.duckdb")
    assert bit_by_bit == derived(tmp_path / "whole.duckdb")
    with Record.open(tmp_path / "parts.duckdb", write=True) as record:
        record.rebuild()
    assert derived(tmp_path / "parts.duckdb") == bit_by_bit


def test_what_no_longer_counts_leaves_its_happening(coder: Coder, tmp_path: Path) -> None:
    path = tmp_path / "record.duckdb"
    rows = REPORTS["expelled"]
    first = [coder.code(Article.make(t, outlet=o, published=d, given_id="one")) for o, d, t in rows]
    with Record.open(path, write=True) as record:
        record.add(first, [], "v1")
    outlet, day, _ = rows[2]
    mended = coder.code(Article.make("Nothing of this was so.", outlet=outlet, published=day, given_id="one"))
    with Record.open(path, write=True) as record:
        record.add([mended], [], "v1")
    with Record.open(path) as record:
        [found] = record.happenings(type="SANCTION")
        assert (found.reports, found.differing) == (2, ())
    before = derived(path)
    with Record.open(path, write=True) as record:
        record.rebuild()
    assert derived(path) == before


def test_states_are_the_ties_of_a_day(record: Record) -> None:
    for day in ("2022-03-24", "2024-07-07", "2024-07-08", "2025-01-01"):
        asked = {t.id: (t.kind, str(t.status), t.step, t.since, t.until) for t in record.ties(day)}
        stood = {s["tie"]: (s["kind"], s["status"], s["step"], s["since"], s["until"]) for s in record.states(day)}
        assert stood == asked
    [pact] = record.states("2025-01-01", party=["phl", "JPN"], kind="agreement", status="signed")
    assert pact["parties"] == ["JPN", "PHL"]
    assert record.states("2025-01-01", party=["PHL", "POL"]) == []
