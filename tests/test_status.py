"""Happened or not: every cue's own example, and what grammar alone says."""

from __future__ import annotations

import pytest
from spacy.language import Language

from communique import Article
from communique.codebook import Row, shipped
from communique.coding.parse import load, parse
from communique.coding.status import Reading, StatusStation

ROWS = shipped().rows("lang/en/status.csv")
# Share of cues whose own example is read by them; the parser misreads some sentences. Raise it, never lower it.
FLOOR = 0.99


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load()


@pytest.fixture(scope="module")
def station() -> StatusStation:
    return StatusStation(shipped())


def readings(nlp: Language, station: StatusStation, text: str) -> list[tuple[str, Reading]]:
    parsed = parse(Article.make(text), nlp)
    return [(t.text, station.read(t)) for t in parsed.doc if t.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADJ")]


def test_every_cue_decides_its_own_example(nlp: Language, station: StatusStation) -> None:
    def decides(row: Row) -> bool:
        found = [r for _, r in readings(nlp, station, row["example"]) if r.reason.line == row.line]
        return any(str(r.status) in (row["status"], row.get("negated")) for r in found)

    wrong = [row["example"] for row in ROWS if not decides(row)]
    assert len(wrong) <= (1 - FLOOR) * len(ROWS), wrong


@pytest.mark.parametrize(
    ("text", "word", "status"),
    [
        ("Chile signed the accord.", "signed", "occurred"),
        ("Chile has signed the accord.", "signed", "occurred"),
        ("The accord was signed in Quito.", "signed", "occurred"),
        ("Chile did not sign the accord.", "sign", "negated"),
        ("Chile never signed the accord.", "signed", "negated"),
        ("No minister signed the accord.", "signed", "negated"),
        ("Chile not only signed the accord but ratified it.", "signed", "occurred"),
        ("Chile will sign the accord.", "sign", "planned"),
        ("Chile will not sign the accord.", "sign", "negated"),
        ("Chile is going to sign the accord.", "sign", "planned"),
        ("The ministers are to sign the accord in Quito.", "sign", "planned"),
        ("Chile may sign the accord.", "sign", "hypothetical"),
        ("If Chile signs the accord, Peru will follow.", "signs", "hypothetical"),
        ("If Chile signs the accord, Peru will follow.", "follow", "hypothetical"),
        ("Chile said it would sign the accord.", "sign", "planned"),
        ("Chile would sign the accord under other terms.", "sign", "hypothetical"),
        ("Did Chile sign the accord?", "sign", "hypothetical"),
        ("Why did Chile sign the accord?", "sign", "occurred"),
        ("Chile is signing the accord.", "signing", "ongoing"),
        ("Chile failed to sign the accord.", "sign", "negated"),
        ("Chile did not fail to sign the accord.", "sign", "occurred"),
        ("Chile managed to sign the accord.", "sign", "occurred"),
        ("Chile did not manage to sign the accord.", "sign", "negated"),
        ("Chile may plan to sign the accord.", "sign", "planned"),
        ("Chile denied that it had signed the accord.", "signed", "negated"),
        ("Chile denied that it had not signed the accord.", "signed", "occurred"),
        ("Chile left without signing the accord.", "signing", "negated"),
        ("After signing the accord, the minister left.", "signing", "occurred"),
        ("The decision to sign the accord angered Peru.", "sign", "planned"),
        ("Chile was expected to sign the accord.", "sign", "planned"),
        ("Chile is unlikely to sign the accord.", "sign", "hypothetical"),
        ("The planned visit to Quito raises hopes.", "visit", "planned"),
        ("There were no talks with Peru.", "talks", "negated"),
        ("The talks with Peru were cancelled.", "talks", "negated"),
        ("Chile called for talks with Peru.", "talks", "hypothetical"),
        ("Chile held talks with Peru.", "talks", "occurred"),
        ("The talks will take place in Quito.", "talks", "planned"),
        ("The war will widen.", "war", "occurred"),
        ("Chile agreed to withdraw its troops and close the base.", "close", "planned"),
        ("Chile refused to withdraw its troops.", "withdraw", "negated"),
        ("If Chile signs the accord and Peru follows, the war will end.", "follows", "hypothetical"),
        ("Chile may have signed the accord.", "signed", "hypothetical"),
        ("Chile would not have signed the accord alone.", "signed", "hypothetical"),
        ("Chile should not have signed the accord.", "signed", "occurred"),
        ("Chile is going to Quito to sign the accord.", "sign", "planned"),
        ("Please sign the accord.", "sign", "hypothetical"),
        ("At the border, show the pass to the guards.", "show", "hypothetical"),
        ("Chile had the base closed.", "closed", "occurred"),
        ("Chile wants to have the base closed.", "closed", "hypothetical"),
        ("Chile will sign the accord after Peru signed it.", "signed", "occurred"),
        ("Chile will never forget the man who signed the accord.", "signed", "occurred"),
        ("All that Chile has to do is sign the accord.", "sign", "planned"),
        ("We would urge Chile to sign the accord.", "urge", "occurred"),
        ("Chile said that it would urge Peru to sign.", "urge", "planned"),
    ],
)  # fmt: skip
def test_what_a_clause_says(nlp: Language, station: StatusStation, text: str, word: str, status: str) -> None:
    found = dict(readings(nlp, station, text))
    assert str(found[word].status) == status, found[word]


@pytest.mark.parametrize(
    ("text", "word", "status"),
    [
        ("Oman will host the summit in May.", "host", "planned"),
        ("The two presidents are to meet in Riga on Friday.", "meet", "planned"),
        ("Fiji is set to recognise the new government.", "recognise", "planned"),
        ("The inspectors are due to visit the reactor in June.", "visit", "planned"),
        ("Hungary plans to expel two diplomats.", "expel", "planned"),
        ("Mali and Niger agreed to exchange prisoners.", "exchange", "planned"),
        ("Ottawa announced sanctions against the militia.", "sanctions", "planned"),
        ("Talks scheduled for Friday will be held in Doha.", "Talks", "planned"),
        ("Ghana and Togo scheduled talks for Friday.", "talks", "planned"),
        ("The planned summit has raised hopes in Lima.", "summit", "planned"),
        ("The envoys met in Cairo ahead of the summit.", "summit", "planned"),
        ("The postponed visit was to begin in Quito.", "visit", "planned"),
        ("The premier is expected to resign.", "resign", "planned"),
        ("Seoul promised to deliver the howitzers.", "deliver", "planned"),
        ("The general vowed to retake the airport.", "retake", "planned"),
        ("The ministers are supposed to sign the accord in Bern.", "sign", "planned"),
        ("The envoy is travelling to Baku next week.", "travelling", "planned"),
        ("The frigates leave for Aden tomorrow.", "leave", "planned"),
        ("When the ministers meet in Oslo, they will discuss the truce.", "meet", "planned"),
        ("The summit due next month will discuss the truce.", "summit", "planned"),
        ("The minister said the army would leave the valley.", "leave", "planned"),
        ("Parliament voted to suspend the treaty.", "suspend", "planned"),
        ("Oslo repeated its promise of aid.", "aid", "planned"),
        ("Peru may withdraw its ambassador.", "withdraw", "hypothetical"),
        ("The rebels could seize the dam.", "seize", "hypothetical"),
        ("Lisbon is considering closing its consulate.", "closing", "hypothetical"),
        ("Brazil proposes talks with Bolivia.", "talks", "hypothetical"),
        ("The bishop called for talks between the sides.", "talks", "hypothetical"),
        ("If Iran tests a missile, Oman will recall its envoy.", "tests", "hypothetical"),
        ("If Iran tests a missile, Oman will recall its envoy.", "recall", "hypothetical"),
        ("The prospect of war alarms the merchants.", "war", "hypothetical"),
        ("The threat of sanctions alarms the banks.", "sanctions", "hypothetical"),
        ("The proposed visit divides the cabinet.", "visit", "hypothetical"),
        ("The two states are on the brink of war.", "war", "hypothetical"),
        ("Georgia wants to join the alliance.", "join", "hypothetical"),
        ("Georgia would like to join the alliance.", "join", "hypothetical"),
        ("Kenya urged Sudan to release the doctors.", "release", "hypothetical"),
        ("The fleet will stay until the rebels withdraw.", "withdraw", "hypothetical"),
        ("It is possible that the rebels seized the dam.", "seized", "hypothetical"),
        ("The treaty requires that the garrison leave the island.", "leave", "hypothetical"),
        ("Had the army attacked, the envoy would have left.", "attacked", "hypothetical"),
        ("Oslo is capable of arming the militia.", "arming", "hypothetical"),
        ("The envoys sought ways of ending the war.", "ending", "hypothetical"),
        ("Oslo will sign, provided that Lima withdraws its troops.", "withdraws", "hypothetical"),
        ("Whoever attacks the convoy will face trial.", "attacks", "hypothetical"),
        ("Will the rebels release the hostages?", "release", "planned"),
        ("If the garrison surrenders and leaves the town, the siege will end.", "leaves", "hypothetical"),
        ("Rwanda denied arming the rebels.", "arming", "negated"),
        ("The chancellor ruled out sending troops.", "sending", "negated"),
        ("The council failed to adopt the resolution.", "adopt", "negated"),
        ("The president cancelled a visit to Minsk.", "visit", "negated"),
        ("The mediators averted a strike on the refinery.", "strike", "negated"),
        ("The visit, which was cancelled, angered Tunis.", "visit", "negated"),
        ("The foiled attack angered Tunis.", "attack", "negated"),
        ("The militia almost seized the bridge.", "seized", "negated"),
        ("The army should have protected the convoy.", "protected", "negated"),
        ("The court barred the general from leaving Kigali.", "leaving", "negated"),
        ("Neither side signed the truce.", "signed", "negated"),
        ("The cancellation of the summit angered Tunis.", "summit", "negated"),
        ("The envoy is incapable of ending the war.", "ending", "negated"),
        ("It is untrue that the army shelled the clinic.", "shelled", "negated"),
        ("The rebels must have mined the road.", "mined", "occurred"),
        ("The army had to withdraw from the valley.", "withdraw", "occurred"),
        ("Latvia needed to call up its reserves.", "call", "occurred"),
        ("The junta allowed the convoy to enter the city.", "enter", "occurred"),
        ("The envoy was able to visit the camp.", "visit", "occurred"),
        ("Nauru was the first state to recognise the rebels.", "recognise", "occurred"),
        ("The group is said to have attacked the pipeline.", "attacked", "occurred"),
        ("The group claimed to have attacked the pipeline.", "attacked", "occurred"),
        ("The ministers met to discuss the truce.", "discuss", "occurred"),
        ("Officials know that the army shelled the clinic.", "shelled", "occurred"),
        ("It took the army a month to leave the valley.", "leave", "occurred"),
        ("Shots could be heard near the palace.", "heard", "occurred"),
        ("The two armies used to train together.", "train", "occurred"),
        ("The minister happened to visit the base.", "visit", "occurred"),
        ("The patrol made the smugglers leave the island.", "leave", "occurred"),
        ("It looks as if the rebels have seized the dam.", "seized", "occurred"),
        ("The police arrested a man who attacked the consulate.", "attacked", "occurred"),
        ("The planes are bombing the port.", "bombing", "ongoing"),
        ("The militia kept shelling the suburb.", "shelling", "ongoing"),
        ("Zambia has decided against sending troops.", "sending", "negated"),
        ("The two sides called off the talks.", "talks", "negated"),
        ("The premier put off a visit to Delhi.", "visit", "planned"),
        ("Planned talks between the two were abandoned.", "talks", "negated"),
        ("The cabinet is weighing whether to close the border.", "close", "hypothetical"),
        ("Ministers discussed ways to end the blockade.", "end", "planned"),
        ("Talks on a ceasefire are expected to begin next week.", "Talks", "planned"),
        ("A visit by the emir is planned for March.", "visit", "planned"),
        ("An attack on the port cannot be ruled out.", "attack", "hypothetical"),
        ("The junta has yet to release the editor.", "release", "negated"),
        ("The junta has not yet released the editor.", "released", "negated"),
        ("The envoy urged the sides to return to talks.", "talks", "hypothetical"),
        ("Norway threatened to withdraw its monitors unless the shelling stopped.", "withdraw", "planned"),
        ("Norway threatened to withdraw its monitors unless the shelling stopped.", "stopped", "hypothetical"),
        ("Analysts fear a war between the two.", "war", "hypothetical"),
        ("The army prevented the rebels from taking the bridge.", "taking", "negated"),
        ("The pact would allow Poland to host missiles.", "host", "hypothetical"),
        ("Vietnam is not expected to sign.", "sign", "negated"),
        ("Vietnam is under pressure to sign the accord.", "sign", "hypothetical"),
        ("Calls for a boycott of the games grew.", "boycott", "hypothetical"),
        ("Demands for the release of the editor grew.", "release", "hypothetical"),
        ("The possible deployment of missiles worries Oslo.", "deployment", "hypothetical"),
        ("The mission aims to prevent attacks on ships.", "attacks", "negated"),
        ("There is no plan to send troops.", "send", "negated"),
        ("The minister has no intention of resigning.", "resigning", "negated"),
        ("The deal was meant to end the war.", "end", "planned"),
        ("The army stands ready to intervene.", "intervene", "planned"),
        ("The rebels offered to free the hostages in exchange for food.", "free", "planned"),
        ("Kenya will no longer send police to Haiti.", "send", "negated"),
        ("Diplomats hope the two sides will sign.", "sign", "hypothetical"),
        ("The emir accepted an invitation to visit Rome.", "visit", "planned"),
        ("The emir turned down an invitation to visit Rome.", "visit", "negated"),
        ("The parliament approved a plan to send troops.", "send", "planned"),
        ("The parliament rejected a plan to send troops.", "send", "negated"),
        ("The parliament rejected a proposal to send troops.", "send", "negated"),
        ("Troops were ordered to withdraw.", "withdraw", "hypothetical"),
        ("The navy is preparing for a possible blockade.", "blockade", "hypothetical"),
        ("Moscow said it was ready to resume talks.", "resume", "planned"),
        ("Neither the talks nor the summit took place.", "talks", "negated"),
        ("The talks never took place.", "talks", "negated"),
        ("The summit did not take place.", "summit", "negated"),
        ("Tunis would not say whether it had expelled the envoy.", "expelled", "hypothetical"),
        ("The minister refused to rule out sanctions.", "sanctions", "hypothetical"),
        ("The delayed vote on the treaty was held in May.", "vote", "occurred"),
        ("The upcoming drills alarm Tehran.", "drills", "planned"),
        ("The alleged attack was filmed.", "attack", "occurred"),
        ("France pressed for the withdrawal of the militia.", "withdrawal", "hypothetical"),
        ("Greece opposes the deployment of the missiles.", "deployment", "negated"),
        ("A deal to end the war was signed in Doha.", "end", "planned"),
        ("Sudan could be forced to leave the union.", "leave", "hypothetical"),
        ("The premier would rather resign than sign the deal.", "resign", "hypothetical"),
        ("Peru has started to withdraw its troops.", "withdraw", "ongoing"),
        ("Peru has stopped withdrawing its troops.", "withdrawing", "negated"),
        ("The embassy remains closed.", "closed", "occurred"),
        ("Chad let the convoy pass.", "pass", "occurred"),
        ("The court found that the army had shelled the clinic.", "shelled", "occurred"),
        ("Reports that the army had shelled the clinic were false.", "shelled", "negated"),
        ("The ministry rejected claims that it had armed the rebels.", "armed", "negated"),
        ("The ministry dismissed reports that it had armed the rebels.", "armed", "negated"),
        ("There is no evidence that the army shelled the clinic.", "shelled", "hypothetical"),
        ("It is not true that the army shelled the clinic.", "shelled", "negated"),
        ("Oman fell short of condemning the raid.", "condemning", "negated"),
        ("Oman stopped short of condemning the raid.", "condemning", "negated"),
        ("The border is scheduled to reopen on Monday.", "reopen", "planned"),
        ("Instead of signing, Peru left the room.", "signing", "negated"),
        ("The fleet sailed north in preparation for an attack.", "attack", "planned"),
        ("The talks aimed at ending the war resumed.", "ending", "planned"),
        ("Chile backed out of hosting the summit.", "hosting", "negated"),
        ("Chile pulled out of the talks.", "talks", "occurred"),
        ("Chile warned it would close the strait.", "close", "planned"),
        ("Chile feared it would lose the vote.", "lose", "hypothetical"),
        ("The army is on standby to intervene.", "intervene", "planned"),
    ],
)  # fmt: skip
def test_planned_hypothetical_and_negated_in_news(
    nlp: Language, station: StatusStation, text: str, word: str, status: str
) -> None:
    found = dict(readings(nlp, station, text))
    assert str(found[word].status) == status, found[word]
