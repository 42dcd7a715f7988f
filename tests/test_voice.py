"""Who says what: sentences of our own with source, cue, content, form and status, and what must hold for any text."""

from __future__ import annotations

import random

import pytest

from communique import Article, Coder
from communique.codebook import shipped
from communique.coding.parse import Parsed, parse
from communique.coding.quotes import find_quotes
from communique.coding.voice import Attribution, Attributions

# Text, source as it stands ("" for none), cue ("" for none), content with its pieces joined by " / ", form, status.
# The first attribution whose content is as expected counts.
SAID = [
    # tags behind a clause, the verb first too
    (
        "Two patrol boats will be handed over in May, declared the Japanese ambassador in Apia.",
        "the Japanese ambassador in Apia",
        "declared",
        "Two patrol boats will be handed over in May",
        "indirect",
        "occurred",
    ),
    (
        "The road to Gao was cut on Monday, deplored on Tuesday its governor.",
        "its governor",
        "deplored",
        "The road to Gao was cut on Monday",
        "indirect",
        "occurred",
    ),
    (
        "Two nuns are going to be put out of Fiji, has informed the diocese of Suva.",
        "the diocese of Suva",
        "has informed",
        "Two nuns are going to be put out of Fiji",
        "indirect",
        "occurred",
    ),
    (
        "The delegations have met for three days without result, communicated a source close to the talks.",
        "a source close to the talks",
        "communicated",
        "The delegations have met for three days without result",
        "indirect",
        "occurred",
    ),
    (
        "The two Tongan pilots held since their landing were pardoned but have not yet been allowed to leave, their lawyer said.",
        "their lawyer",
        "said",
        "The two Tongan pilots held since their landing were pardoned but have not yet been allowed to leave",
        "indirect",
        "occurred",
    ),
    (
        "A judge may let three hikers go if Apia accepts his terms, their lawyer says; they have been held since May.",
        "their lawyer",
        "says",
        "A judge may let three hikers go if Apia accepts his terms",
        "indirect",
        "occurred",
    ),
    (
        "Suva expelled three diplomats and will close its office, the minister told the agency Sol.",
        "the minister",
        "told",
        "Suva expelled three diplomats and will close its office",
        "indirect",
        "occurred",
    ),
    (
        "“Minsk has understood,” purred the defence minister.",
        "the defence minister",
        "purred",
        "“Minsk has understood,”",
        "direct",
        "occurred",
    ),
    (
        "They cross at midnight, warned the spokesman of the force, “if the loser has not embarked by then”.",
        "the spokesman of the force",
        "warned",
        "They cross at midnight / “if the loser has not embarked by then”",
        "mixed",
        "occurred",
    ),
    # indirect, with and without "that"
    (
        "The Omani minister said that the port would open.",
        "The Omani minister",
        "said",
        "that the port would open",
        "indirect",
        "occurred",
    ),
    (
        "The spokesman said talks had begun in Muscat.",
        "The spokesman",
        "said",
        "talks had begun in Muscat",
        "indirect",
        "occurred",
    ),
    ("Hanoi insists that the reef is its own.", "Hanoi", "insists", "that the reef is its own", "indirect", "occurred"),
    (
        "The envoy told reporters in Oslo on Friday that no deal was near.",
        "The envoy",
        "told",
        "that no deal was near",
        "indirect",
        "occurred",
    ),
    (
        "Lima announced that it would leave the pact.",
        "Lima",
        "announced",
        "that it would leave the pact",
        "indirect",
        "occurred",
    ),
    (
        "The general warned that the bridge was mined.",
        "The general",
        "warned",
        "that the bridge was mined",
        "indirect",
        "occurred",
    ),
    (
        "NATO made clear that the base was meant for training.",
        "NATO",
        "made clear",
        "that the base was meant for training",
        "indirect",
        "occurred",
    ),
    (
        "The palace let it be known that the king would stay.",
        "The palace",
        "let it be known",
        "that the king would stay",
        "indirect",
        "occurred",
    ),
    (
        "Kyiv denied that its drones had hit the tanker.",
        "Kyiv",
        "denied",
        "that its drones had hit the tanker",
        "indirect",
        "occurred",
    ),
    (
        "The court ruled that the treaty was void.",
        "The court",
        "ruled",
        "that the treaty was void",
        "indirect",
        "occurred",
    ),
    (
        "The judge asked whether the order was legal.",
        "The judge",
        "asked",
        "whether the order was legal",
        "indirect",
        "occurred",
    ),
    (
        "The reporter asked if the base would close.",
        "The reporter",
        "asked",
        "if the base would close",
        "indirect",
        "occurred",
    ),
    (
        "The admiral explained why the ship had turned back.",
        "The admiral",
        "explained",
        "why the ship had turned back",
        "indirect",
        "occurred",
    ),
    (
        "The mission estimated that ten thousand people had fled.",
        "The mission",
        "estimated",
        "that ten thousand people had fled",
        "indirect",
        "occurred",
    ),
    # behind and around what is said
    (
        "Oslo will close its embassy, the ministry said on Monday.",
        "the ministry",
        "said",
        "Oslo will close its embassy",
        "indirect",
        "occurred",
    ),
    (
        "The plan, Tokyo argues, allows Japan to sell arms.",
        "Tokyo",
        "argues",
        "The plan / allows Japan to sell arms",
        "indirect",
        "occurred",
    ),
    ("The road is open, said the governor.", "the governor", "said", "The road is open", "indirect", "occurred"),
    ("As the envoy put it, the pact is dead.", "the envoy", "put it", "the pact is dead", "indirect", "occurred"),
    (
        "Russia would keep its base, the foreign minister told parliament.",
        "the foreign minister",
        "told",
        "Russia would keep its base",
        "indirect",
        "occurred",
    ),
    ("The ship was sunk, it was reported.", "", "was reported", "The ship was sunk", "indirect", "occurred"),
    # infinitives, gerunds, noun phrases
    ("Berlin promised to send tanks.", "Berlin", "promised", "to send tanks", "indirect", "occurred"),
    ("Minsk threatened to cut the gas.", "Minsk", "threatened", "to cut the gas", "indirect", "occurred"),
    (
        "The president ordered the army to pull back.",
        "The president",
        "ordered",
        "the army to pull back",
        "indirect",
        "occurred",
    ),
    ("Brussels urged Kosovo to hold the vote.", "Brussels", "urged", "Kosovo to hold the vote", "indirect", "occurred"),
    ("The ministry told its citizens to leave Mali.", "The ministry", "told", "to leave Mali", "indirect", "occurred"),
    ("The firm denied selling the drones.", "The firm", "denied", "selling the drones", "indirect", "occurred"),
    ("The pope called for a truce in Sudan.", "The pope", "called for", "a truce in Sudan", "indirect", "occurred"),
    (
        "The ministry confirmed the arrest of two officers.",
        "The ministry",
        "confirmed",
        "the arrest of two officers",
        "indirect",
        "occurred",
    ),
    # accusations and names given
    (
        "Kigali accused Congo of arming the militia.",
        "Kigali",
        "accused",
        "Congo of arming the militia",
        "indirect",
        "occurred",
    ),
    (
        "Addis Ababa blamed the rebels for the raid.",
        "Addis Ababa",
        "blamed",
        "the rebels for the raid",
        "indirect",
        "occurred",
    ),
    (
        "The envoy described the talks as useful.",
        "The envoy",
        "described",
        "the talks as useful",
        "indirect",
        "occurred",
    ),
    (
        'The premier called the ruling a "disgrace".',
        "The premier",
        "called",
        'the ruling a "disgrace"',
        "mixed",
        "occurred",
    ),
    (
        "The league condemned the raid as piracy.",
        "The league",
        "condemned",
        "the raid as piracy",
        "indirect",
        "occurred",
    ),
    # passives
    ("It was reported that the king had fled.", "", "was reported", "that the king had fled", "indirect", "occurred"),
    (
        "The pact was described by Ankara as a provocation.",
        "Ankara",
        "was described",
        "The pact / as a provocation",
        "indirect",
        "occurred",
    ),
    ("The king has reportedly fled to Oman.", "", "reportedly", "The king has / fled to Oman", "indirect", "occurred"),
    # phrases and nouns
    (
        "According to Manila, the boats were boarded at night.",
        "Manila",
        "According to",
        "the boats were boarded at night",
        "indirect",
        "occurred",
    ),
    (
        "The boats were boarded at night, according to the coast guard.",
        "the coast guard",
        "according to",
        "The boats were boarded at night",
        "indirect",
        "occurred",
    ),
    (
        "The boats, according to Manila, were boarded at night.",
        "Manila",
        "according to",
        "The boats / were boarded at night",
        "indirect",
        "occurred",
    ),
    (
        "In the words of the envoy, the pact is dead.",
        "the envoy",
        "In the words of",
        "the pact is dead",
        "indirect",
        "occurred",
    ),
    (
        "In the envoy's words, the pact is dead.",
        "the envoy's",
        "In the envoy's words",
        "the pact is dead",
        "indirect",
        "occurred",
    ),
    (
        "The warning from Tehran that it would close the strait shook markets.",
        "Tehran",
        "warning",
        "that it would close the strait",
        "indirect",
        "occurred",
    ),
    ("Berlin's promise to send tanks was welcome.", "Berlin's", "promise", "to send tanks", "indirect", "occurred"),
    ("The claim that the fleet had sunk was false.", "", "claim", "that the fleet had sunk", "indirect", "occurred"),
    (
        "The envoy issued a warning that the truce was over.",
        "The envoy",
        "issued a warning",
        "that the truce was over",
        "indirect",
        "occurred",
    ),
    (
        "Polls show that most voters want the base to close.",
        "Polls",
        "show",
        "that most voters want the base to close",
        "indirect",
        "occurred",
    ),
    (
        "The report found that the guards had slept.",
        "The report",
        "found",
        "that the guards had slept",
        "indirect",
        "occurred",
    ),
    (
        "A statement by the junta said the border was shut.",
        "A statement by the junta",
        "said",
        "the border was shut",
        "indirect",
        "occurred",
    ),
    # status of the telling
    (
        "Tokyo will claim that the law allows it.",
        "Tokyo",
        "will claim",
        "that the law allows it",
        "indirect",
        "planned",
    ),
    (
        "The minister did not say that the base would close.",
        "The minister",
        "did not say",
        "that the base would close",
        "indirect",
        "negated",
    ),
    (
        "Ankara could argue that the text is void.",
        "Ankara",
        "could argue",
        "that the text is void",
        "indirect",
        "hypothetical",
    ),
    (
        "The cabinet is expected to announce that the fleet will sail.",
        "The cabinet",
        "to announce",
        "that the fleet will sail",
        "indirect",
        "planned",
    ),
    (
        "The firm is claiming that the oil was clean.",
        "The firm",
        "is claiming",
        "that the oil was clean",
        "indirect",
        "occurred",
    ),
    ("“Never,” said the consul.", "the consul", "said", "“Never,”", "direct", "occurred"),
    # direct speech: order and marks
    (
        "“We will stay in Niger,” the French general said.",
        "the French general",
        "said",
        "“We will stay in Niger,”",
        "direct",
        "occurred",
    ),
    (
        '"We will stay in Niger," said the French general.',
        "the French general",
        "said",
        '"We will stay in Niger,"',
        "direct",
        "occurred",
    ),
    (
        "‘We will stay in Niger,’ the general said.",
        "the general",
        "said",
        "‘We will stay in Niger,’",
        "direct",
        "occurred",
    ),
    (
        "'We will stay in Niger,' the general said.",
        "the general",
        "said",
        "'We will stay in Niger,'",
        "direct",
        "occurred",
    ),
    (
        "''We will stay in Niger,'' the general said.",
        "the general",
        "said",
        "''We will stay in Niger,''",
        "direct",
        "occurred",
    ),
    (
        "The general said: “We will stay in Niger.”",
        "The general",
        "said",
        "“We will stay in Niger.”",
        "direct",
        "occurred",
    ),
    (
        "The general told reporters, “We will stay in Niger.”",
        "The general",
        "told",
        "“We will stay in Niger.”",
        "direct",
        "occurred",
    ),
    ("“Will the base close?” the deputy asked.", "the deputy", "asked", "“Will the base close?”", "direct", "occurred"),
    (
        "“The base will close,” he said, “and the planes will leave.”",
        "he",
        "said",
        "“The base will close,” / “and the planes will leave.”",
        "direct",
        "occurred",
    ),
    (
        "“The base will close,” she said. “The planes will leave in May.”",
        "she",
        "said",
        "“The base will close,” / “The planes will leave in May.”",
        "direct",
        "occurred",
    ),
    (
        "He added. “The planes will leave in May.”",
        "He",
        "added",
        "“The planes will leave in May.”",
        "direct",
        "occurred",
    ),
    (
        "“We are ready. Our ships are there. We wait,” the admiral said.",
        "the admiral",
        "said",
        "“We are ready. Our ships are there. We wait,”",
        "direct",
        "occurred",
    ),
    (
        "“It is over,” said the minister, Jana Novak, on Friday.",
        "the minister, Jana Novak",
        "said",
        "“It is over,”",
        "direct",
        "occurred",
    ),
    ("“The deal stands,” Novak told Radio Lagune.", "Novak", "told", "“The deal stands,”", "direct", "occurred"),
    (
        "The spokeswoman criticised the plan, saying, “It calls for vigilance.”",
        "The spokeswoman",
        "saying",
        "“It calls for vigilance.”",
        "direct",
        "occurred",
    ),
    ("“He told me ‘no’ twice,” the envoy said.", "the envoy", "said", "“He told me ‘no’ twice,”", "direct", "occurred"),
    # mixed
    (
        "The envoy said the deal was “not dead” yet.",
        "The envoy",
        "said",
        "the deal was “not dead” yet",
        "mixed",
        "occurred",
    ),
    (
        "The plan is “a mistake,” the senator said.",
        "the senator",
        "said",
        "The plan is “a mistake,”",
        "mixed",
        "occurred",
    ),
    (
        "Peskov claimed that the city had been “freed from fear.”",
        "Peskov",
        "claimed",
        "that the city had been “freed from fear.”",
        "mixed",
        "occurred",
    ),
    # coordinated tellings
    (
        "The commission announced that the exit had taken effect and asked members to wait.",
        "The commission",
        "asked",
        "members to wait",
        "indirect",
        "occurred",
    ),
    (
        "The commission announced that the exit had taken effect and asked members to wait.",
        "The commission",
        "announced",
        "that the exit had taken effect",
        "indirect",
        "occurred",
    ),
    (
        "China urged Washington to leave and threatened countermeasures.",
        "China",
        "threatened",
        "countermeasures",
        "indirect",
        "occurred",
    ),
    (
        "China urged Washington to leave and threatened countermeasures.",
        "China",
        "urged",
        "Washington to leave",
        "indirect",
        "occurred",
    ),
    (
        "The minister said the port was safe, adding that ships could return.",
        "The minister",
        "adding",
        "that ships could return",
        "indirect",
        "occurred",
    ),
    (
        "The minister said the port was safe, adding that ships could return.",
        "The minister",
        "said",
        "the port was safe",
        "indirect",
        "occurred",
    ),
    # headings
    (
        "Novak: NATO base will close\n\nThe base will close in May.",
        "Novak",
        ":",
        "NATO base will close",
        "indirect",
        "occurred",
    ),
    (
        "Two dead in Aden blast: police\n\nTwo people died in Aden.",
        "police",
        ":",
        "Two dead in Aden blast",
        "indirect",
        "occurred",
    ),
    # a dateline is not told by anybody
    (
        "ADEN, May 3 (Gulf Wire) - The port is closed, according to the navy.",
        "the navy",
        "according to",
        "The port is closed",
        "indirect",
        "occurred",
    ),
]

ATTITUDES = [
    ("Tokyo intends to open a mission.", "Tokyo", "intends", "to open a mission"),
    ("The general believes that the line will hold.", "The general", "believes", "that the line will hold"),
    ("Warsaw wants the base to stay.", "Warsaw", "wants", "the base to stay"),
    ("Budapest opposes the oil ban.", "Budapest", "opposes", "the oil ban"),
    ("The allies are worried that the pact is dead.", "The allies", "are worried", "that the pact is dead"),
    ("The league condemned the raid.", "The league", "condemned", "the raid"),
    ("Tirana's hope that talks would resume was vain.", "Tirana's", "hope", "that talks would resume"),
]

SILENT = [
    "The so-called “islands” lie off the coast of Norway.",
    "The “One China” policy dates from the last century.",
    "The daily “Abend” appears in Riga.",
    "Work on “cyber threats” and “new risks” goes on in Tallinn.",
    "The bridge fell at noon and two ships sank.",
    "They met in order to sign the treaty.",
    "The ferry is called Anna.",
    "A trick called the fork won the game.",
    "By ignoring the “red line” over the strait, the drill heightens the danger.",
]


def read(coder: Coder, text: str) -> tuple[Parsed, Attributions]:
    parsed = parse(Article.make(text, published="2024-06-03"), coder.nlp)
    return parsed, coder.voices.find(parsed, coder.actors.find(parsed))


def words(parsed: Parsed, ranges: list[tuple[int, int]]) -> str:
    return " / ".join(parsed.span(*r).text for r in ranges)


def with_content(parsed: Parsed, found: Attributions, content: str) -> Attribution:
    hits = [a for a in found.all if words(parsed, a.content) == content]
    assert hits, [words(parsed, a.content) for a in found.all]
    return hits[0]


@pytest.mark.parametrize(("text", "source", "cue", "content", "form", "status"), SAID)
def test_a_statement(coder: Coder, text: str, source: str, cue: str, content: str, form: str, status: str) -> None:
    parsed, found = read(coder, text)
    said = with_content(parsed, found, content)
    assert words(parsed, said.source_ranges) == source
    assert (parsed.span(*said.cue).text if said.cue else "") == cue
    assert (said.kind, said.form, said.status) == ("statement", form, status)


def test_nobody_passes_on_his_own_words(coder: Coder) -> None:
    _, found = read(coder, "The envoy said he feared a war.")
    assert [a.via for a in found.all] == [[], []]


def test_a_speaker_is_named_without_the_day(coder: Coder) -> None:
    parsed, found = read(coder, "Bangui on Friday asked Kigali to send troops.")
    assert [words(parsed, a.source_ranges) for a in found.all] == ["Bangui"]


@pytest.mark.parametrize(("text", "source", "cue", "content"), ATTITUDES)
def test_an_attitude_is_no_voice(coder: Coder, text: str, source: str, cue: str, content: str) -> None:
    parsed, found = read(coder, text)
    held = with_content(parsed, found, content)
    assert held.kind == "attitude"
    assert words(parsed, held.source_ranges) == source
    assert held.cue is not None
    assert parsed.span(*held.cue).text == cue
    assert found.voice_at(held.content[0][0]) is None


@pytest.mark.parametrize("text", SILENT)
def test_the_outlets_own_words_are_no_statement(coder: Coder, text: str) -> None:
    _, found = read(coder, text)
    assert [a for a in found.all if a.kind == "statement"] == []


def test_chains_name_those_who_pass_the_words_on_outermost_first(coder: Coder) -> None:
    parsed, found = read(coder, "The Abend reported that a colonel said the mayor had denied that the bridge was lost.")
    said = with_content(parsed, found, "that the bridge was lost")
    assert [a.text for a in said.sources] == ["the mayor"]
    assert [a.text for a in said.via] == ["The Abend", "a colonel"]
    assert found.voice_at(said.content[0][1] - 1) is said


def test_a_medium_somebody_talks_to_passes_the_words_on(coder: Coder) -> None:
    parsed, found = read(
        coder,
        "The Togolese minister told Radio Lagune that Lomé was weighing the idea. He told reporters that it was sunny.",
    )
    assert [a.text for a in with_content(parsed, found, "that Lomé was weighing the idea").via] == ["Radio Lagune"]
    assert with_content(parsed, found, "that it was sunny").via == []


def test_several_speakers_are_several_sources(coder: Coder) -> None:
    _, found = read(coder, "London, Paris and their partners claim that in Africa, the road is open.")
    assert [a.country for a in found.all[0].sources][:2] == ["GBR", "FRA"]
    assert len(found.all[0].sources) == 3


def test_an_apposition_is_no_second_source(coder: Coder) -> None:
    _, found = read(coder, "Jana Novak, the minister and party leader, said the port was open.")
    assert len(found.all[0].sources) == 1


def test_sources_are_coded_mentions(coder: Coder) -> None:
    _, found = read(coder, "The Danish ambassador to Japan, Peter Holm, made clear that the office would open.")
    (source,) = found.all[0].sources
    assert (source.name, source.country, source.sector) == ("Peter Holm", "DNK", "GOV")


def test_a_source_nobody_codes_keeps_its_own_words(coder: Coder) -> None:
    _, found = read(coder, "The leaflet said that the bus was late.")
    (source,) = found.all[0].sources
    assert (source.text, source.name, source.country) == ("The leaflet", "leaflet", None)


def test_a_pronoun_stands_for_the_last_speaker(coder: Coder) -> None:
    parsed, found = read(coder, "The Danish minister, Peter Holm, said the port was open. “It is safe,” he added.")
    assert [a.country for a in with_content(parsed, found, "“It is safe,”").sources] == ["DNK"]
    assert [a.text for a in with_content(parsed, found, "“It is safe,”").sources] == ["he"]


def test_i_in_a_quotation_is_the_one_quoted(coder: Coder) -> None:
    parsed, found = read(coder, "“I told them that the road was shut,” the Polish minister said.")
    inner = with_content(parsed, found, "that the road was shut")
    assert [a.country for a in inner.sources] == ["POL"]
    assert found.voice_at(inner.content[0][0]) is inner


def test_voice_is_the_innermost_statement_and_else_the_outlet(coder: Coder) -> None:
    parsed, found = read(coder, "Rain fell in Oslo. The envoy said that Bern believed the pact was dead.")
    at = {parsed.token(i).text: i for i in range(len(parsed.doc))}
    assert found.voice_at(at["Rain"]) is None
    voice = found.voice_at(at["dead"])
    assert voice is not None
    assert [a.text for a in voice.sources] == ["The envoy"]


def test_a_quotation_over_paragraphs_is_one_utterance(coder: Coder) -> None:
    text = "“The pact is dead,” Novak said.\n\n“We will not revive it.\n\n“Nobody has asked us to.”\n\nThe mayor disagreed."
    parsed, found = read(coder, text)
    (said,) = [a for a in found.all if a.kind == "statement"]
    assert words(parsed, said.content) == "“The pact is dead,” / “We will not revive it. / “Nobody has asked us to.”"


def test_an_unbalanced_straight_mark_ends_with_its_paragraph(coder: Coder) -> None:
    parsed, found = read(coder, '"The pact is dead, Novak said.\n\nThe mayor slept. "It is late," he said.')
    assert words(parsed, with_content(parsed, found, '"It is late,"').content) == '"It is late,"'
    slept = next(i for i in range(len(parsed.doc)) if parsed.token(i).text == "slept")
    assert found.voice_at(slept) is None


def test_two_speakers_in_turn_keep_their_own_words(coder: Coder) -> None:
    parsed, found = read(coder, "“We stay,” said the mayor. “You go,” said the colonel.")
    assert [words(parsed, a.source_ranges) for a in found.all] == ["the mayor", "the colonel"]


def test_a_photo_caption_is_no_statement(coder: Coder) -> None:
    _, found = read(coder, "The port is open.\n\n[AP Photo/Jan Holm]\n\nShips came back.")
    assert found.all == []


@pytest.mark.parametrize(
    "text", ["", " ", "“", '"', "“”", "''", "said", ": said", "“‘“‘", "He said", "said said said", '"""""', "’ ‘ ’ ”"]
)
def test_scraps_are_read_without_fault(coder: Coder, text: str) -> None:
    parsed, found = read(coder, text)
    coder.voices.predict(parsed, found)


def test_a_very_long_quotation_is_whole(coder: Coder) -> None:
    text = "“" + "The bridge is closed and the road is open. " * 300 + "We wait,” the mayor said."
    parsed, found = read(coder, text)
    outer = max(found.all, key=lambda a: a.size)
    assert words(parsed, outer.content).startswith("“The bridge")
    assert words(parsed, outer.content).endswith("We wait,”")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“A ‘b’ c,” he said.", ["“A ‘b’ c,”"]),
        ('"A," he said, "b."', ['"A,"', '"b."']),
        ("The ministers’ plan’s ‘end’", ["‘end’"]),
        ("‘Nobody’s here,’ he said.", ["‘Nobody’s here,’"]),
        ("„A,“ sagte er.", ["„A,“"]),
        ("«A», dit-il.", ["«A»"]),
        ("“Open to the end", ["“Open to the end"]),
        ("Don't say it isn't so.", []),
    ],
)
def test_quotation_marks_are_paired(coder: Coder, text: str, quoted: list[str]) -> None:
    parsed = parse(Article.make(text), coder.nlp)
    assert [parsed.span(q.first, q.last).text for q in find_quotes(parsed)] == quoted


def test_predictions_are_the_outermost_with_attitudes(coder: Coder) -> None:
    text = "The envoy said that Bern believed the pact was dead. Oslo wants peace."
    parsed, found = read(coder, text)
    rows = coder.voices.predict(parsed, found)
    cues = [text[s["start"] : s["end"]] for row in rows for s in row["cue"]]
    assert cues == ["said", "wants"]
    assert all(set(row) == {"source", "cue", "content"} for row in rows)


def test_every_span_lies_in_the_text_whatever_the_text(coder: Coder) -> None:
    """Random mixtures of marks, tags and clauses, seeded: ranges are whole, inside and apart."""
    pieces = [
        "“",
        "”",
        '"',
        "''",
        "‘",
        "’",
        "he said",
        "said Novak",
        "that",
        "the pact is dead",
        ",",
        ".",
        "?",
        ":",
        "\n\n",
        "—",
        "according to Oslo",
        "and",
        "Bern denied",
        "(",
        ")",
    ]
    dice = random.Random(7)
    for _ in range(60):
        text = " ".join(dice.choice(pieces) for _ in range(dice.randint(1, 40)))
        parsed, found = read(coder, text)
        for a in found.all:
            for first, last in [*a.content, *a.source_ranges, *([a.cue] if a.cue else [])]:
                assert 0 <= first < last <= len(parsed.doc)
                span = parsed.span(first, last)
                assert text[span.start : span.end] == span.text
            assert a.content == sorted(a.content)
            assert all(x[1] <= y[0] for x, y in zip(a.content, a.content[1:], strict=False))
            assert a.reasons


def test_examples_of_the_lexicon_are_read_by_their_rows(coder: Coder) -> None:
    rows = [r for r in shipped().rows("lang/en/reporting.csv") if r["pos"] not in ("light", "medium")]
    wrong = []
    for row in rows:
        _, found = read(coder, row["example"])
        if not any(r.line == row.line and r.file == row.file for a in found.all for r in a.reasons):
            wrong.append(row["example"])
    assert len(wrong) <= 0.02 * len(rows), wrong
