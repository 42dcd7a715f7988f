"""Tables of a user's own: laid over ours, checked, packed, installed, converted from other programs' dictionaries."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import stat
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from typer.testing import CliRunner

from communique import Coder
from communique.cli import app
from communique.codebook import Codebook, shipped
from communique.coding.places import PlaceStation
from communique.errors import CommuniqueError, DataError
from communique.model import CodedReport, Event
from communique.tables import geonames, keys
from communique.tables.journal import Journal

DAY = "2024-05-02"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def communique(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


# A user's tables over ours

OWN = {
    "codebook/assault.toml": '[[mode]]\nname = "laser"\nintensity = -7.25\ndefinition = "Blinding by laser."\n\n'
    '[[mode]]\nname = "abduct"\nremove = true\n',
    "codebook/campaign.toml": 'type = "CAMPAIGN"\nquad = "verbal conflict"\nintensity = -2.5\n\n'
    '[[mode]]\nname = "boycott"\nintensity = -3.5\n',
    "codebook/contexts.toml": '[[context]]\nname = "space"\nwords = ["rocket", "satellite"]\n\n'
    '[[context]]\nname = "military"\n"words+" = ["exoskeleton"]\n"words-" = ["tank"]\n',
    "sectors.toml": '[sector.CYB]\nname = "Cyber groups"\n',
    "ties.toml": '[[kind]]\nname = "tribute"\nroles = ["payer", "receiver"]\nmatch = "pair"\n\n'
    '[[kind]]\nname = "twinning"\nroles = ["party"]\nmatch = "pair"\n\n[groupings]\n"security+" = ["TRIAD"]\n',
    "lang/en/ties.csv": "lemma,pos,frame,kind,status,step\n"
    "pay,verb,obj=tribute,tribute,active,pays\ntwin,verb,obj=@ACTOR,twinning,active,twinned\n",
    "lang/en/lemmas.csv": "form,lemma\nframbled,framble\n",
    "lang/en/predicates/own.csv": "lemma,pos,frame,type,mode,contexts,remove\n"
    "campaign,verb,prep=against:@ACTOR,CAMPAIGN,boycott,space,\n"
    "framble,verb,obj=@ACTOR,ASSAULT,laser,,\n"
    "airlift,verb,,COOPERATE,,,\n"
    "airdrop,verb,,,,,yes\n",
    "lang/en/classes.csv": "class,word,remove\nAIDWORD,stroopwafels,\nAIDWORD,ambulance,yes\nAIDWORD,ambulances,yes\n",
    "lang/en/roles.csv": "role,sector,scope\nglyphmaster,CYB,person\n",
    "lang/en/reporting.csv": "cue,pos,statement\nopine,verb,clause|quote\n",
    "lang/en/status.csv": "cue,pos,scope,status\nitch,verb,xcomp,planned\n",
    "lang/en/stance.csv": "cue\nludicrously\n",
    "organizations.csv": "code,name,aliases,kind,country,sector,from,until,remove\n"
    "ORTHA,Order of Tharsis,Tharsis Order,armed group,MRT,REB,,,\n"
    "TRIAD,Triad of Tharsis,,grouping,IGO,,,,\n"
    "TALIBAN,Taliban,,armed group,AFG,UAF,2021-08-15,,\n"
    "AAP,,,,,,,,yes\n",
    "countries.csv": "iso3,name,aliases,demonyms,capital,iso2,cow\nTUV,Tuvalu,Ellice Islands,Tuvaluan,Funafuti,TV,947\n",
    "members.csv": "organisation,country,from\nTRIAD,TUV,2023-01-01\n",
    "offices.csv": "person,aliases,country,sector,office,entity,from\n"
    "Edda Brandvold,,NOR,GOV,prime minister,,2024-01-01\nKess Amadil,,MRT,REB,leader,ORTHA,2023-01-01\n",
    "places_extra.csv": "name,kind,country,latitude,longitude\nVelden Bight,area,DNK,56.5,8.1\n",
    "places.csv": "id,name,country,admin1,kind,latitude,longitude,population\n"
    "99000001,Brandvoldsund,NOR,,city,60.5,5.5,21000\n3143244,Oslo,NOR,12,city,1.5,2.5,580000\n",
    "README.md": "Tables of our lab.\n",
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("own"), OWN)


@pytest.fixture(scope="module")
def owns(own: Path) -> Coder:
    return Coder(codebook=Codebook(own), kind="fast")


def code(coder: Coder, text: str) -> CodedReport:
    return coder.code(text, published=DAY)


def only(coder: Coder, text: str) -> Event:
    (event,) = code(coder, text).events
    return event


def who(event: Event) -> list[tuple[str | None, str | None, str | None]]:
    return [(a.country, a.sector, a.entity) for a in event.actors]


def line_of(own: Path, name: str, start: str) -> tuple[str, int]:
    """(file, line) of the row that begins so, as `because` names it."""
    return str(own / name), next(n for n, row in enumerate(OWN[name].splitlines(), 1) if row.startswith(start))


def because(event: Event, field: str) -> set[tuple[str, int | None]]:
    return {(r.file, r.line) for r in event.because if r.field == field}


def test_a_folder_with_all_of_it_has_no_faults(own: Path) -> None:
    assert Codebook(own).check() == []


def test_a_new_type_with_its_mode_and_words(own: Path, owns: Coder) -> None:
    event = only(owns, "Chad campaigned against Libya.")
    assert (event.type, event.mode, event.quad, event.intensity) == ("CAMPAIGN", "boycott", "verbal conflict", -3.5)
    assert "space" in event.contexts
    assert line_of(own, "lang/en/predicates/own.csv", "campaign") in because(event, "type")


def test_a_new_mode_with_a_verb_whose_form_no_lemmatizer_knows(own: Path, owns: Coder, coder: Coder) -> None:
    text = "The Chadian army frambled Libya."
    event = only(owns, text)
    assert (event.type, event.mode, event.intensity) == ("ASSAULT", "laser", -7.25)
    assert code(coder, text).events == ()


def test_a_row_takes_the_place_of_ours_from_any_file(own: Path, owns: Coder, coder: Coder) -> None:
    text = "The Jordanian air force airlifted food to Gaza."
    assert only(coder, text).type == "AID"
    event = only(owns, text)
    assert event.type == "COOPERATE"
    assert because(event, "type") == {line_of(own, "lang/en/predicates/own.csv", "airlift")}


def test_a_row_of_ours_is_taken_out(owns: Coder, coder: Coder) -> None:
    text = "The Jordanian air force airdropped food over Gaza."
    assert [e.type for e in code(coder, text).events] == ["AID"]
    assert code(owns, text).events == ()


def test_words_of_a_class_are_added_and_taken_out(owns: Coder, coder: Coder) -> None:
    added, taken = "Canada channelled stroopwafels to Togo.", "Canada channelled ambulances to Togo."
    assert (code(coder, added).events, [e.type for e in code(owns, added).events]) == ((), ["AID"])
    assert ([e.type for e in code(coder, taken).events], code(owns, taken).events) == (["AID"], ())


def test_a_mode_of_ours_is_taken_out(owns: Coder, coder: Coder) -> None:
    text = "Rebels kidnapped a Nigerian governor."
    assert only(coder, text).mode == "abduct"
    assert only(owns, text).mode is None


def test_contexts_are_added_changed_and_keep_what_is_not_named(owns: Coder, coder: Coder) -> None:
    text = "Chad attacked Libya with an exoskeleton and a rocket."
    assert {"military", "space"} & set(only(coder, text).contexts) == set()
    assert {"military", "space"} <= set(only(owns, text).contexts)
    text = "Chad attacked Libya with a tank."
    assert ("military" in only(coder, text).contexts, "military" in only(owns, text).contexts) == (True, False)
    assert "military" in only(owns, "Chad attacked Libya with a submarine.").contexts


def test_a_new_organisation_a_changed_one_and_one_taken_out(own: Path, owns: Coder, coder: Coder) -> None:
    event = only(owns, "The Order of Tharsis attacked Mali.")
    assert who(event) == [("MRT", "REB", "ORTHA")]
    assert line_of(own, "organizations.csv", "ORTHA") in because(event, "actors")
    text = "The Taliban attacked Mali."
    assert (who(only(coder, text))[0][1], who(only(owns, text))[0][1]) == ("GOV", "UAF")
    text = "The Aam Aadmi Party met Mali."
    assert (who(only(coder, text))[0][2], "AAP" in [a.entity for a in code(owns, text).actors]) == ("AAP", False)


def test_another_name_of_a_state(owns: Coder) -> None:
    assert who(only(owns, "The Ellice Islands attacked Mali.")) == [("TUV", None, "TUV")]


def test_new_office_holders_with_their_title_and_their_body(own: Path, owns: Coder) -> None:
    event = only(owns, "Norwegian Prime Minister Edda Brandvold met French officials.")
    assert ("NOR", "GOV", "edda-brandvold") in who(event)
    assert line_of(own, "offices.csv", "Edda") in because(event, "actors")
    assert who(only(owns, "Kess Amadil criticised Mali.")) == [("MRT", "REB", "ORTHA")]
    # Not in office yet.
    assert owns.code("Edda Brandvold criticised Mali.", published="2022-01-01").events[0].actors[0].sector is None


def test_a_new_role_with_a_new_sector(owns: Coder) -> None:
    assert who(only(owns, "A Kenyan glyphmaster attacked Mali."))[0] == ("KEN", "CYB", None)


def test_new_places_and_a_moved_one(owns: Coder) -> None:
    report = code(owns, "Troops landed at Velden Bight, in Brandvoldsund and in Oslo, Norway.")
    found = {p.text: (p.geonames_id, p.latitude, p.longitude, p.grain) for p in report.places}
    assert found["Velden Bight"] == (None, 56.5, 8.1, "area")
    assert found["Brandvoldsund"] == (99000001, 60.5, 5.5, "city")
    assert found["Oslo"] == (3143244, 1.5, 2.5, "city")


def test_new_words_of_reporting_status_and_comment(owns: Coder) -> None:
    event = only(owns, "The Kenyan president opined that Mali had attacked Togo.")
    assert event.voice.kind == "source"
    assert only(owns, "Chad itches to attack Libya.").status == "planned"
    assert only(owns, "Ludicrously, Chad attacked Libya.").voice.stance == "comment"


@pytest.mark.parametrize(
    ("text", "kind", "parties"),
    [
        ("Libya paid tribute to Chad.", "tribute", [("payer", "LBY"), ("receiver", "TCD")]),
        ("Libya twinned with Chad.", None, []),
        ("Peru twinned Chad.", "twinning", [("party", "PER"), ("party", "TCD")]),
    ],
)
def test_new_kinds_of_ties_with_words_for_them(
    own: Path, owns: Coder, text: str, kind: str | None, parties: list[tuple[str, str]]
) -> None:
    ties = code(owns, text).ties
    assert [t.kind for t in ties] == ([kind] if kind else [])
    for tie in ties:
        assert [(p.role, p.entity) for p in tie.parties] == parties
        assert any(r.file == str(own / "lang/en/ties.csv") for r in tie.because)


def test_a_new_security_grouping_is_one_tie(owns: Coder) -> None:
    (tie,) = code(owns, "The Triad of Tharsis, comprised of Chad, Mali and Togo, was founded in 2023.").ties
    assert (tie.kind, sorted(p.entity or "" for p in tie.parties)) == ("alliance", ["MLI", "TCD", "TGO"])


def test_a_coding_by_own_tables_is_told_apart(own: Path, owns: Coder, coder: Coder, tmp_path: Path) -> None:
    assert owns.version != coder.version
    assert Codebook(write(tmp_path, OWN)).checksum == Codebook(own).checksum
    (tmp_path / "sectors.toml").write_text('[sector.CYB]\nname = "Others"\n', "utf-8")
    assert Codebook(tmp_path).checksum != Codebook(own).checksum


def test_ours_stay_as_they_are(own: Path) -> None:
    Codebook(own).toml("codebook/assault.toml")
    assert "abduct" in shipped().types["ASSAULT"].modes
    assert "laser" not in shipped().types["ASSAULT"].modes


@pytest.fixture(scope="module")
def record(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that is coded by the user's tables, and added to later without them."""
    folder = tmp_path_factory.mktemp("record")
    (folder / "one.txt").write_text("Chad campaigned against Libya. Libya paid tribute to Chad.", "utf-8")
    (folder / "two.txt").write_text("Chad attacked Libya. Libya met Egypt.", "utf-8")
    found = folder / "r.duckdb"
    done = communique("code", folder / "one.txt", "--published", DAY, "--into", found, "--codebook", own)
    assert done.exit_code == 0, done.output
    assert communique("code", folder / "two.txt", "--published", DAY, "--into", found).exit_code == 0
    return found


def rows(*arguments: object) -> list[dict[str, object]]:
    done = communique(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_record_answers_for_own_types_and_kinds_without_being_told(own: Path, record: Path) -> None:
    (event,) = rows("events", record, "--type", "campaign")
    assert event["type"] == "CAMPAIGN"
    (tie,) = rows("ties", record, "--kind", "tribute", "--at", DAY)
    assert [p["role"] for p in tie["parties"]] == ["payer", "receiver"]  # type: ignore[attr-defined]
    for found, name, start in (
        (event, "lang/en/predicates/own.csv", "campaign"),
        (tie, "lang/en/ties.csv", "pay"),
    ):
        file, line = line_of(own, name, start)
        assert f"{file}:{line}: " in communique("explain", record, found["id"]).stdout
    done = communique("events", record, "--type", "CAMPAIGNS")
    assert isinstance(done.exception, Exception)
    assert "'CAMPAIGNS' is no event type" in str(done.exception)


# Faults


def faults(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return [fault.replace(f"{folder}/", "") for fault in Codebook(folder).check()]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("organisations.csv", "code,name\n", "organisations.csv:1: no table of this name; perhaps organizations.csv?"),
        ("ties.csv", "lemma\n", "ties.csv:1: no table of this name; perhaps lang/en/ties.csv?"),
        ("members.xlsx", "", "members.xlsx:1: no table of this name"),
        ("tables.toml", "[[table]]\n", "tables.toml:1: no table of this name"),
        ("members.csv", "", "members.csv:1: empty, expected organisation, country, from, until, role"),
        ("members.csv", "organisation;country\nNATO;SWE\n", "members.csv:1: columns separated by semicolons"),
        ("members.csv", "organisation,country,land\n", "members.csv:1: no column 'land' in this table"),
        ("members.csv", "organisation,country,county\n", "members.csv:1: no column 'county' in this table; perhaps country?"),
        ("members.csv", "organisation,country,country\n", "members.csv:1: column 'country' twice"),
        ("members.csv", "organisation,from\n", "members.csv:1: column country is missing"),
        ("members.csv", "organisation,country\nNATO,SWE\nNATO\n", "members.csv:3: 1 cells, expected 2"),
        ("organizations.csv", 'code,name,kind\nX,"Ex\na",ngo\nY,Z\n', "organizations.csv:4: 2 cells, expected 3"),
        ("members.csv", 'organisation,country\nNATO,"SWE\nNATO,FIN\n', "members.csv:2: a quotation mark that opens"),
        ("members.csv", 'organisation,country\n"NATO"s,SWE\n', "members.csv:2: text behind the quotation mark"),
        ("members.csv", b"organisation,country\nNATO,SWE\nNAT\xd6,SWE\n", "members.csv:3: byte 0xd6, which is not UTF-8"),
        ("members.csv", "organisation,country\n".encode("utf-16"), "members.csv:1: UTF-16; save the file as UTF-8"),
        ("members.csv", "organisation,country\nNATU,SWE\n", "members.csv:2: organisation is 'NATU', which is no code of"),
        ("members.csv", "organisation,country\nNATO,SWD\n", "members.csv:2: country is 'SWD', which is no country"),
        ("members.csv", "organisation,country\nNATO,\n", "members.csv:2: country is empty, expected country"),
        ("members.csv", "organisation,country\nNATO, SWE\n", "members.csv:2: country is ' SWE', expected no spaces"),
        ("members.csv", "organisation,country,from\nNATO,SWE,2024-02-30\n", "members.csv:2: from is '2024-02-30', expected a date"),
        (
            "members.csv",
            "organisation,country,from,until\nNATO,SWE,2024,2023-05\n",
            "members.csv:2: from 2024 is after until 2023-05",
        ),
        (
            "members.csv",
            "organisation,country,role\nNATO,SWE,guest\n",
            "members.csv:2: role is 'guest', expected one of permanent, elected",
        ),
        ("members.csv", "organisation,country\nNATO,SWE\nNATO,SWE\n", "members.csv:3: same organisation+country+from as line 2"),
        ("members.csv", "organisation,country,from,remove\nNATO,SWE,1999,yes\n", "members.csv:2: remove is yes, but no row below"),
        ("members.csv", "organisation,country,from,remove\nNATO,SWE,1999,x\n", "members.csv:2: remove is 'x', expected yes"),
        ("offices.csv", "person,entity\nAda Bey,NATU\n", "offices.csv:2: entity is 'NATU', which is no code of organizations.csv"),
        ("offices.csv", "person,sector\nAda Bey,GOVT\n", "offices.csv:2: sector is 'GOVT', which is no sector; perhaps GOV?"),
        ("offices.csv", "person\nZoe\u0301 Bey\n", "offices.csv:2: letters and accents apart, expected Unicode NFC"),
        ("organizations.csv", "code,name,kind,aliases\nX,Exa,ngo,A| B\n", "organizations.csv:2: aliases is 'A| B', expected items"),
        ("places_extra.csv", "name,kind,latitude\nExa,area,97\n", "places_extra.csv:2: latitude is '97', expected degrees"),
        ("lang/en/classes.csv", "class,word\nAid,x\n", "lang/en/classes.csv:2: class is 'Aid', expected a name of capital"),
        (
            "lang/en/predicates/own.csv",
            "lemma,pos,frame,type\nzap,verb,obj=AIDWROD,AID\n",
            "lang/en/predicates/own.csv:2: frame has the class AIDWROD, which no row of lang/en/classes.csv has; perhaps AIDWORD?",
        ),
        (
            "lang/en/predicates/own.csv",
            "lemma,pos,frame,type\nzap,verb,object=@ACTOR,AID\n",
            "lang/en/predicates/own.csv:2: frame has 'object=@ACTOR', which is no part of a frame; perhaps obj",
        ),
        ("lang/en/predicates/own.csv", "lemma,pos,frame,type\nzap,verb,prep=:x,AID\n", "own.csv:2: frame has 'prep=:x', expected prep="),
        ("lang/en/predicates/own.csv", "lemma,pos,frame,type\nzap,verb,obj=@WHO,AID\n", "own.csv:2: frame has @WHO, expected @ACTOR"),
        ("lang/en/predicates/own.csv", "lemma,pos,type\nzap,verb,HELP\n", "own.csv:2: type is 'HELP', which is no event type"),
        (
            "lang/en/predicates/own.csv",
            "lemma,pos,type,mode\nzap,verb,AID,drone\n",
            "own.csv:2: mode is 'drone', which is no mode of AID",
        ),
        (
            "lang/en/predicates/own.csv",
            "lemma,pos,type,contexts\nzap,verb,AID,helth\n",
            "own.csv:2: contexts is 'helth', which is no context; perhaps health?",
        ),
        ("lang/en/predicates/own.csv", "lemma,pos,type,roles\nzap,verb,AID,recipient=,\n", "own.csv:2: 5 cells, expected 4"),
        (
            "lang/en/predicates/own.csv",
            "lemma,pos,type,roles\nzap,verb,AID,recipent=to\n",
            "own.csv:2: roles has 'recipent=to', which is no role; perhaps recipient?",
        ),
        ("lang/en/ties.csv", "lemma,pos,kind,roles\nzap,verb,pacts,\n", "lang/en/ties.csv:2: kind is 'pacts', which is no kind of tie"),
        (
            "lang/en/ties.csv",
            "lemma,pos,kind,roles\nzap,verb,presence,host=of\n",
            "lang/en/ties.csv:2: roles has 'host=of', expected host=subj or obj",
        ),
        ("ties.toml", '# ours\n[[kind]]\nname = "tribute\n', "ties.toml:3: not TOML"),
        ("ties.toml", '[[kind]]\nname = "tribute"\n', "ties.toml:1: roles, match missing, expected for what is new"),
        (
            "ties.toml",
            '[[kind]]\nname = "a"\nroles = ["b"]\nmatch = "pair"\n\n[[kind]]\nname = "c"\nroles = ["d"]\nmatch = "pears"\n',
            "ties.toml:9: match is 'pears', perhaps pair?",
        ),
        ("ties.toml", '[[kind]]\nname = "alliance"\nremove = true\n', "ties.toml:3: ours can be changed, but not taken out"),
        ("ties.toml", '[[status]]\nname = "doomed"\nrank = 1\nstanding = true\n', "ties.toml:1: 'doomed' is new, and the statuses"),
        (
            "ties.toml",
            '[groupings]\n"security+" = [\n  "QUAD",\n  "QUADD",\n]\n',
            "ties.toml:4: 'QUADD' is no code of organizations.csv; perhaps QUAD",
        ),
        ("ties.toml", '[grouping]\nsecurity = []\n', "ties.toml:1: grouping is not known here; perhaps groupings?"),
        ("ties.toml", '[step.rules]\nleft = ["x"]\n', "ties.toml:2: left is new, and these rules are fixed"),
        ("ties.toml", '[names]\n"heads-" = ["xyz"]\n', "ties.toml:2: 'xyz' is not in heads, so it cannot be taken out"),
        (
            "codebook/raid.toml",
            'type = "RAIDS"\nquad = "material conflict"\nintensity = 1\n',
            "codebook/raid.toml:1: type is 'RAIDS', expected in codebook/raids.toml",
        ),
        ("codebook/raid.toml", 'type = "RAID"\nquad = "war"\nintensity = 1\n', "codebook/raid.toml:2: quad is 'war', expected one of"),
        ("codebook/raid.toml", 'type = "RAID"\nquad = "material conflict"\n', "codebook/raid.toml:1: intensity missing"),
        (
            "codebook/aid.toml",
            '\n[[mode]]\nname = "x"\nintensity = "high"\n',
            "codebook/aid.toml:4: intensity is 'high', expected a number",
        ),
        ("codebook/aid.toml", '[[mode]]\nname = "x"\n\n[[mode]]\nname = "x"\n', "codebook/aid.toml:4: 'x' again, as in line 1"),
        ("codebook/aid.toml", '[[mode]]\nname = "x"\nremove = true\n', "codebook/aid.toml:1: no entry 'x' below"),
        (
            "codebook/aid.toml",
            '[[example]]\ntext = "x"\nexpect = { type = "AIDS" }\n',
            "codebook/aid.toml:3: type is 'AIDS', perhaps AID?",
        ),
        (
            "codebook/contexts.toml",
            '[[context]]\nname = "x"\nword = ["y"]\nwords = ["z"]\n',
            "codebook/contexts.toml:3: word is not known here; perhaps words?",
        ),
        ("sectors.toml", "[sector.GOV]\nname = 1\n", "sectors.toml:2: name is 1, expected a text"),
        ("lang/en/dates.toml", '[months]\nsmarch = "13"\n', "lang/en/dates.toml:2: smarch is '13', expected a number"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_what_was_expected(
    tmp_path: Path, name: str, text: str | bytes, found: str
) -> None:
    (fault,) = faults(tmp_path, {name: text})
    assert found in fault


def test_all_faults_are_listed_at_once_and_nothing_is_coded(tmp_path: Path) -> None:
    own = tmp_path / "own"
    files = {
        "members.csv": "organisation,country\nNATU,SWE\nNATO,SWD\n",
        "organisations.csv": "code\n",
        "ties.toml": "[[kind]]\n",
        "lang/en/roles.csv": "role,scope\nwizard,being\n",
    }
    assert len(faults(own, files)) == 5
    done = communique("check", own)
    assert done.exit_code == 1
    listed = done.stdout.splitlines()
    assert [line.partition(": ")[0].removeprefix(f"{own}/") for line in listed] == [
        "lang/en/roles.csv:2",
        "members.csv:2",
        "members.csv:3",
        "organisations.csv:1",
        "ties.toml:1",
    ]
    (tmp_path / "a.txt").write_text("Chad attacked Libya.", "utf-8")
    for command in (["code", tmp_path / "a.txt", "--into", tmp_path / "r.duckdb"], ["evaluate", tmp_path]):
        refused = communique(*command, "--codebook", own)
        assert isinstance(refused.exception, DataError)
        assert refused.exception.faults == listed
    assert not (tmp_path / "r.duckdb").exists()


@pytest.mark.parametrize("text", ["\ufefforganisation,country\nNATO,SWE\n", "organisation,country\r\n\r\nNATO,SWE\r\n"])
def test_marks_of_other_editors_do_no_harm(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, {"members.csv": text}) == []
    (row,) = [r for r in Codebook(tmp_path).rows("members.csv") if r.layer]
    assert (row["organisation"], row["country"], row["from"]) == ("NATO", "SWE", "")


def test_lines_are_counted_over_quoted_breaks_and_windows_ends(tmp_path: Path) -> None:
    text = 'organisation,country\r\n"NATO",SWE\r\n\r\nNATO,"F\r\nIN"\r\nNATU,SWE\r\n'
    assert [f.split(": ")[0] for f in faults(tmp_path, {"members.csv": text})] == ["members.csv:4", "members.csv:6"]
    toml = '[[kind]]\r\nname = "a"\r\nroles = [\r\n  "b",\r\n]\r\nmatch = """\r\nx"""\r\n'
    assert [f.split(": ")[0] for f in faults(tmp_path / "t", {"ties.toml": toml})] == ["ties.toml:6"]


def test_one_key_in_two_files_is_a_fault(tmp_path: Path) -> None:
    row = "lemma,pos,frame,type\nzap,verb,obj=@ACTOR,AID\n"
    (fault,) = faults(tmp_path, {f"lang/en/predicates/{name}.csv": row for name in ("one", "two")})
    assert fault == "lang/en/predicates/two.csv:2: same lemma+pos+frame as lang/en/predicates/one.csv:2"


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "members.csv").symlink_to(tmp_path / "gone.csv")
    assert faults(tmp_path, {}) == ["members.csv:1: cannot be read (No such file or directory)"]
    with pytest.raises(DataError, match="cannot be read"):
        Codebook(tmp_path).rows("members.csv")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for command in (["check", tmp_path / "none"], ["code", "a.txt", "--codebook", tmp_path / "none"]):
        assert "none" in str(communique(*command).exception)
    assert communique("check", tmp_path).exit_code == 0


# Releases


@pytest.fixture
def installed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data" / "tables"
    monkeypatch.setenv("COMMUNIQUE_TABLES", str(folder))
    return folder


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The private key of a lab; the public one is beside it."""
    key = tmp_path_factory.mktemp("keys") / "lab.pem"
    done = communique("tables", "keygen", "--to", key)
    assert done.exit_code == 0, done.output
    return key


ORGANISATIONS = "code,name,kind,country,sector\nORTHA,Order of Tharsis,armed group,MRT,REB\n"


def release(
    to: Path,
    key: Path,
    files: Mapping[str, str],
    *,
    version: str = "2026-12-01",
    name: str = "lab",
    requires: str = "0.1.0",
    names: str | None = None,
    manifest: Callable[[str], str] = str,
    after: Callable[[dict[str, bytes]], object] = dict,
) -> Path:
    """A release made by hand, by the book. `manifest` changes release.toml before it is signed, `after` anything after;
    `names`: the fingerprint that it names instead of the signer's."""
    secret = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(secret, Ed25519PrivateKey)
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = f'name = "{name}"\nversion = "{version}"\nrequires = "{requires}"\n'
    text += f'key = "{names or hashlib.sha256(public).hexdigest()}"\n'
    for file, content in files.items():
        data = content.encode()
        text += f'[[table]]\nfile = "{file}"\nsha256 = "{hashlib.sha256(data).hexdigest()}"\nbytes = {len(data)}\n'
    signed = manifest(text).encode()
    entries = {"release.toml": signed, "release.sig": base64.b64encode(secret.sign(signed))}
    entries |= {file: content.encode() for file, content in files.items()}
    after(entries)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in entries.items():
            archive.writestr(file, data)
    return to


def public(key: Path) -> Path:
    return key.with_name("lab.pub.pem")


def install(file: Path, key: Path, *options: str) -> Result:
    return communique("tables", "update", file, "--key", public(key), *options)


def test_a_private_key_is_its_owners_alone_and_never_overwritten(lab: Path) -> None:
    assert stat.S_IMODE(lab.stat().st_mode) == 0o600
    assert "exists already" in str(communique("tables", "keygen", "--to", lab).exception)


def test_a_lab_shares_its_tables(own: Path, lab: Path, installed_in: Path, tmp_path: Path, coder: Coder) -> None:
    file = tmp_path / "lab.zip"
    packed = communique("tables", "pack", own, "--to", file, "--key", lab, "--version", "2026-12-01")
    assert packed.exit_code == 0, packed.output
    text = "The Order of Tharsis attacked Mali."
    before = coder.version
    done = install(file, lab)
    assert done.exit_code == 0, done.output
    assert "installed lab 2026-12-01, signed with the key" in done.stderr
    found = Coder(kind="fast")
    event = only(found, text)
    assert who(event) == [("MRT", "REB", "ORTHA")]
    file_line = line_of(own, "organizations.csv", "ORTHA")[1]
    assert ("lab 2026-12-01/organizations.csv", file_line) in because(event, "actors")
    assert found.version != before
    # A user's own folder lies over the release.
    over = write(tmp_path / "over", {"organizations.csv": ORGANISATIONS.replace("MRT", "DZA")})
    (row,) = [r for r in Codebook(over).rows("organizations.csv") if r["code"] == "ORTHA"]
    assert row["country"] == "DZA"
    assert communique("tables", "remove", "lab").exit_code == 0
    assert Codebook().checksum == shipped().checksum
    assert [p for p in installed_in.rglob("*") if p.is_file()] == []


def test_the_list_shows_rows_origin_and_checksum(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    install(release(tmp_path / "a.zip", lab, {"organizations.csv": ORGANISATIONS}), lab)
    listed = {(r["table"], r["origin"]): r for r in rows("tables", "list")}
    ours, theirs = listed["organizations.csv", "shipped"], listed["organizations.csv", "lab"]
    assert ours["rows"] == len(shipped().rows("organizations.csv"))
    assert (theirs["rows"], theirs["version"], theirs["changed"]) == (1, "2026-12-01", False)
    assert theirs["sha256"] == hashlib.sha256(ORGANISATIONS.encode()).hexdigest()
    assert {table for table, origin in listed if origin == "shipped"} == set(shipped().tables())
    (file,) = installed_in.rglob("organizations.csv")
    file.write_text(ORGANISATIONS + "\n", "utf-8")
    assert "changed since it was installed" in communique("tables", "list").stdout


def test_a_whole_table_takes_the_place_of_ours(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "t", {"members.csv": "organisation,country\nNATO,SWE\n"})
    file = tmp_path / "m.zip"
    assert communique("tables", "pack", folder, "--to", file, "--key", lab, "--whole", "members.csv").exit_code == 0
    install(file, lab)
    assert [(r["organisation"], r["country"]) for r in Codebook().rows("members.csv")] == [("NATO", "SWE")]
    assert len(shipped().rows("members.csv")) > 1000
    assert ", whole" in communique("tables", "list").stdout


def test_who_signed_must_be_trusted(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    file = release(
        tmp_path / "a.zip", lab, {"organizations.csv": ORGANISATIONS}, manifest=lambda m: 'publisher = "X"\n' + m
    )
    done = communique("tables", "update", file)
    assert "which you do not trust (it calls its publisher 'X', which anybody can write)" in str(done.exception)
    assert not installed_in.exists()
    assert communique("tables", "trust", lab).exception is not None
    assert communique("tables", "trust", public(lab)).exit_code == 0
    assert communique("tables", "update", file).exit_code == 0
    assert "is installed already" in communique("tables", "update", file).stderr


def test_an_older_release_needs_to_be_asked_for(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    new, old, other = (
        release(tmp_path / f"{n}.zip", lab, {"organizations.csv": ORGANISATIONS + extra}, version=version)
        for n, version, extra in ((1, "2026-10-02", ""), (2, "2026-9-30", "A,B,ngo,,\n"), (3, "2026-10-02", "C,D,ngo,,\n"))
    )  # fmt: skip
    assert install(new, lab).exit_code == 0
    for file, reason in ((old, "older than"), (other, "another release with the version of")):
        assert f"is {reason} the installed 2026-10-02; --downgrade takes it" in str(install(file, lab).exception)
        assert "ORTHA" in {r["code"] for r in Codebook().rows("organizations.csv")} - {"A", "C"}
    assert install(old, lab, "--downgrade").exit_code == 0
    assert "A" in {r["code"] for r in Codebook().rows("organizations.csv")}
    assert len(list(installed_in.glob("lab-*"))) == 1


def change(name: str, data: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.update({name: data})


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"after": change("organizations.csv", ORGANISATIONS.replace("MRT", "DZA").encode())}, "is not the file that was signed"),
        ({"after": change("organizations.csv", ORGANISATIONS.encode() + b"A,B,ngo,,\n")}, "is not the file that was signed"),
        ({"after": lambda e: e.update({"release.toml": e["release.toml"] + b"#"})}, "was changed after it was signed"),
        ({"after": change("release.sig", b"nonsense")}, "was changed after it was signed"),
        ({"after": lambda e: e.pop("release.sig")}, "release.toml and release.sig are not in it"),
        ({"after": lambda e: e.pop("organizations.csv")}, "organizations.csv: only in the file or only in its release.toml"),
        ({"after": change("more.csv", b"")}, "more.csv: only in the file or only in its release.toml"),
        ({"after": change("../more.csv", b"")}, "'../more.csv' leads out of the folder"),
        ({"after": change("/tmp/more.csv", b"")}, "'/tmp/more.csv' leads out of the folder"),
        ({"after": change("a/../../b.csv", b"")}, "leads out of the folder"),
        ({"after": change("C:\\b.csv", b"")}, "leads out of the folder"),
        ({"after": change("members.csv", b"0" * 5_000_000)}, "members.csv is packed more tightly than any table"),
        ({"requires": "99.1"}, "needs communique 99.1 or newer"),
        ({"name": "../lab"}, "name is '../lab', expected lower-case letters"),
        ({"version": "latest"}, "version is 'latest', expected numbers"),
        ({"manifest": lambda m: m.replace("bytes = ", "bytes = -")}, "expected file, sha256, bytes"),
        ({"manifest": lambda m: "[[" + m}, "not TOML"),
        ({"files": {"organizations.csv": "code,name,kind\nX,Y,club\n"}}, "organizations.csv:2: kind is 'club'"),
        ({"files": {"tables.toml": "[[table]]\n"}}, "lab 2026-12-01/tables.toml:1: no table of this name"),
        ({"files": {"../up.csv": ""}}, "'../up.csv' leads out of the folder"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_signed_is_not_installed(
    lab: Path, installed_in: Path, tmp_path: Path, made: dict[str, Any], reason: str
) -> None:
    files = made.pop("files", {"organizations.csv": ORGANISATIONS})
    done = install(release(tmp_path / "a.zip", lab, files, **made), lab)
    assert isinstance(done.exception, CommuniqueError)
    assert reason in str(done.exception)
    assert not installed_in.exists()
    assert not (tmp_path / "data").exists()


def test_a_key_cannot_sign_in_anothers_name(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    communique("tables", "keygen", "--to", other)
    fingerprint = keys.fingerprint(keys.read_public(public(lab)))
    file = release(tmp_path / "a.zip", other, {"organizations.csv": ORGANISATIONS}, names=fingerprint)
    assert f"not signed by the key {fingerprint[:16]} that it names" in str(install(file, lab).exception)


def test_files_that_are_no_releases_are_refused(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    whole = release(tmp_path / "a.zip", lab, {"organizations.csv": ORGANISATIONS}).read_bytes()
    linked = tmp_path / "link.zip"
    with zipfile.ZipFile(linked, "w") as archive:
        archive.writestr("release.toml", "")
        archive.writestr("release.sig", "")
        entry = zipfile.ZipInfo("members.csv")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    for name, data, reason in (
        ("cut.zip", whole[:-40], "cut off"),
        ("text.zip", b"no ZIP at all", "no release of tables"),
        ("link.zip", linked.read_bytes(), "members.csv is no plain file"),
    ):
        (tmp_path / name).write_bytes(data)
        assert reason in str(install(tmp_path / name, lab).exception)
    assert "cannot be read" in str(install(tmp_path / "none.zip", lab).exception)
    assert "no public key in PEM" in str(
        communique("tables", "update", tmp_path / "a.zip", "--key", tmp_path / "text.zip").exception
    )


def test_tables_with_faults_are_not_packed(lab: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "t", {"members.csv": "organisation,country\nNATU,SWE\n"})
    done = communique("tables", "pack", folder, "--to", tmp_path / "a.zip", "--key", lab)
    assert isinstance(done.exception, DataError)
    assert not (tmp_path / "a.zip").exists()
    (folder / "members.csv").unlink()
    done = communique("tables", "pack", folder, "--to", tmp_path / "a.zip", "--key", lab)
    assert "no tables to pack" in str(done.exception)


def test_packing_the_same_tables_gives_the_same_bytes(own: Path, lab: Path, tmp_path: Path) -> None:
    for n in (1, 2):
        communique("tables", "pack", own, "--to", tmp_path / f"{n}.zip", "--key", lab, "--name", "x", "--version", "1")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_what_a_broken_update_left_does_no_harm(lab: Path, installed_in: Path, tmp_path: Path) -> None:
    file = release(tmp_path / "a.zip", lab, {"organizations.csv": ORGANISATIONS})
    checksum = hashlib.sha256(zipfile.ZipFile(file).read("release.toml")).hexdigest()
    write(installed_in, {f"lab-{checksum[:12]}/half.csv": "", ".x.part/release/members.csv": "", ".y.part": "{"})
    assert Codebook().checksum == shipped().checksum
    assert install(file, lab).exit_code == 0
    assert not list(installed_in.rglob("half.csv"))
    (installed_in / "lab.json").write_text("{", "utf-8")
    with pytest.raises(DataError, match="`communique tables remove lab`"):
        Codebook()
    assert communique("tables", "remove", "lab").exit_code == 0
    assert Codebook().checksum == shipped().checksum
    assert "no such release is installed" in str(communique("tables", "remove", "lab").exception)


# Dictionaries of other programs

ACTORS = """\
; Actors of our own invention, none of them real. <!-- not to be read -->
<!-- a comment
VELDEN_SPY_ [DNKSPY]
over three lines -->
VELDEN_GUARD_(VG)_ [DNKMIL]   # a guard
+GUARD_OF_VELDEN

ORDER_OF_THARSIS_
+AL-THARSI
\t[MRTREB <20091231]
\t[MRTGOV >20100101] ; took over
EDDA_BRANDVOLD_  ; prime minister
+E._BRANDVOLD
\t[NORLEG 990101-040630]
\t[NORGOV 20040701-20091231]
\t[NORELI]
SIR_OLAF_REEVE_ [IGOWSTNAT 310101-20000229]
NORWAY_ [NOR]
+NORGEN_
+OSLO_
+BERGEN_
PARIS_ [NOR]
OLD_REALM_ [RUS <911225] [SUN]
HARBOUR_LEAGUE_ [IGOEURBUS] [NGO]
KRAKEN_ [INTREB]
BATTALION_NINE_ [DNKMIL 000101-010101]
PKK_ [TURREBPKK]
+PARTY_OF_KARA
TALIBAN_ [AFGOPP]
ALLIANCE_OF_THE_NORTH_ [IGOWSTNAT]
"""
ACTOR_FAULTS = """\
+ORPHAN_
\t[DNKMIL]
LEVIATHAN_ [INTREB 2004017-20061201] [DNKMIL 010203-] [DNKMIL 20040230-20050101] [DNKMIL <] [DNKMIL 050101-040101]
GUARDS_ [RRX] [DNK_MIL] [dnkmil] []
GHOST_ [---]
_ [DNKMIL]
TAB|BAT_ [DNKMIL]
CUT_ [DNKMIL}
"""
AGENTS = """\
!PERSON! = MAN, WOMAN
!RANK! = CHIEF, VICE
GLYPHMASTER_ [~GOV]
DIKE_!PERSON! {} [~COP]
!RANK!_!PERSON!_OF_DIKES [ ~COP]
HARPOON_COUNCIL {HARPOON_BOARDS} [~LAB]
SOLDIER_ {SOLDIERS} [~MIL]
DIKE_WARDEN {DIKE_WARDENS} [~GOV]
CLERIC [~OPP]
SEA_!NOBODY! [~MIL]
WIZARD [~MAG]
BROKEN [~MIL}
NO_CODE
HALF {HALVES [~MIL]
CLUB_OF_WATCHERS [NGO~]
"""


@pytest.fixture(scope="module")
def dictionaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dictionaries")
    return write(folder, {"own.actors.txt": ACTORS, "faults.actors.txt": ACTOR_FAULTS, "own.agents.txt": AGENTS})


@pytest.fixture(scope="module")
def converted(dictionaries: Path) -> Path:
    to = dictionaries / "made" / "tables"
    done = communique("tables", "convert", *sorted(dictionaries.glob("*.txt")), "--to", to)
    assert done.exit_code == 0, done.output
    (account,) = [line for line in done.stderr.splitlines() if line.startswith("read ")]
    read, converted, known, left = map(int, re.findall(r"\d+", account))
    assert read == converted + known + left
    assert left == len(re.findall("(?m)^- ", (to / "not-converted.md").read_text("utf-8")))
    assert "in place of organisations of ours: TALIBAN" in done.stderr
    assert "parts of codes that our tables have no place for: BUS (1)" in done.stderr
    return to


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_made_tables_have_no_faults(converted: Path) -> None:
    assert communique("check", converted).exit_code == 0


def test_actors_become_organisations_with_their_times(converted: Path) -> None:
    found: dict[str, list[dict[str, str]]] = {}
    for row in table(converted, "organizations.csv"):
        found.setdefault(row["code"], []).append(row)
    (guard,) = found["VELDEN_GUARD"]
    assert (guard["name"], guard["aliases"], guard["country"], guard["sector"]) == (
        "Velden Guard",
        "VG|Guard of Velden",
        "DNK",
        "MIL",
    )
    order = found["ORDER_OF_THARSIS"]
    assert [(r["sector"], r["from"], r["until"]) for r in order] == [
        ("REB", "", "2010-01-01"),
        ("GOV", "2010-01-01", ""),
    ]
    assert order[0]["aliases"] == "Al-Tharsi|al-Tharsi"
    assert [(r["country"], r["sector"]) for r in found["KRAKEN"]] == [("IMG", "REB")]
    assert [(r["country"], r["sector"]) for r in found["HARBOUR_LEAGUE"]] == [("IGO", "")]
    assert [(r["from"], r["until"]) for r in found["BATTALION_NINE"]] == [("2000-01-01", "2001-01-02")]
    # Ours, with one more name; another name of ours; and ours, coded otherwise: the dictionary wins.
    assert all("Party of Kara" in row["aliases"].split("|") for row in found["PKK"])
    assert "Alliance of the North" in found["NATO"][0]["aliases"].split("|")
    assert [(r["sector"], r["remove"]) for r in found["TALIBAN"]] == [("OPP", ""), ("", "yes")]
    assert "VELDEN_SPY" not in found


def test_people_become_office_holders_and_gaps_are_filled(converted: Path) -> None:
    rows = table(converted, "offices.csv")
    assert [(r["sector"], r["from"], r["until"]) for r in rows if r["person"] == "Edda Brandvold"] == [
        ("ELI", "", "1999-01-01"),
        ("LEG", "1999-01-01", "2004-07-01"),
        ("GOV", "2004-07-01", "2010-01-01"),
        ("ELI", "2010-01-01", ""),
    ]
    (reeve,) = [r for r in rows if r["person"] == "Sir Olaf Reeve"]
    # Two digits above 30 are of the last century.
    assert list(reeve.values()) == ["Sir Olaf Reeve", "", "IGO", "GOV", "NATO", "1931-01-01", "2000-03-01"]


def test_names_of_states_and_agents(converted: Path) -> None:
    (norway,) = table(converted, "countries.csv")
    assert norway["iso3"] == "NOR"
    assert norway["aliases"].split("|")[-1] == "Norgen"
    roles = {r["role"]: (r["sector"], r["scope"]) for r in table(converted, "lang/en/roles.csv")}
    assert roles == {
        "glyphmaster": ("GOV", "person"),
        "dike man": ("COP", "person"),
        "dike woman": ("COP", "person"),
        "chief man of dikes": ("COP", "person"),
        "chief woman of dikes": ("COP", "person"),
        "vice man of dikes": ("COP", "person"),
        "vice woman of dikes": ("COP", "person"),
        "harpoon council": ("LAB", "body"),
        "harpoon boards": ("LAB", "body"),
        "dike warden": ("GOV", "person"),
        "cleric": ("OPP", "person"),
        "club of watchers": ("NGO", "person"),
    }


@pytest.mark.parametrize(
    "left",
    [
        "own.actors.txt:22: our countries.csv has this name as FRA: PARIS_",
        "own.actors.txt:23: names of a state with dates; give them in countries.csv, which dates states themselves: OLD_REALM_",
        "own.actors.txt:24: a second code without a date; the first one counts: [NGO]",
        "faults.actors.txt:1: a synonym, but no name stands above it: +ORPHAN_",
        "faults.actors.txt:2: a code, but no name stands above it: [DNKMIL]",
        "faults.actors.txt:3: '2004017' is no date, expected six or eight digits: [INTREB 2004017-20061201]",
        "faults.actors.txt:3: '010203-' is no date, expected <YYMMDD, >YYMMDD or YYMMDD-YYMMDD",
        "faults.actors.txt:3: '20040230' is no day of the calendar: [DNKMIL 20040230-20050101]",
        "faults.actors.txt:3: '<' is no date",
        "faults.actors.txt:3: '050101-040101' ends before it begins",
        "faults.actors.txt:3: no code of it could be converted: LEVIATHAN_",
        "faults.actors.txt:4: the code RRX names no state, body or role that our tables have: [RRX]",
        "faults.actors.txt:4: the code DNK_MIL is not made of parts of three capital letters",
        "faults.actors.txt:4: the code dnkmil is not made of parts of three capital letters",
        "faults.actors.txt:4: brackets without a code: []",
        "faults.actors.txt:5: coded as nobody: GHOST_",
        "faults.actors.txt:6: expected a name of two letters at least: _",
        "faults.actors.txt:7: expected a name without | + { }: TAB|BAT_",
        "faults.actors.txt:8: a code that is not closed by ]: [DNKMIL}",
        "own.agents.txt:10: the set !NOBODY! is nowhere defined: SEA_!NOBODY! [~MIL]",
        "own.agents.txt:11: the code ~MAG names no role that our tables have a sector for: WIZARD [~MAG]",
        "own.agents.txt:12: a code that is not closed by ]: BROKEN [~MIL}",
        "own.agents.txt:13: no code in brackets: NO_CODE",
        "own.agents.txt:14: a brace that is not closed: HALF {HALVES [~MIL]",
    ],
)
def test_what_cannot_be_converted_is_listed_with_its_reason(dictionaries: Path, converted: Path, left: str) -> None:
    assert f"- {dictionaries}/{left}" in (converted / "not-converted.md").read_text("utf-8")


def test_actors_of_a_dictionary_are_coded_as_of_the_day(converted: Path) -> None:
    coder = Coder(codebook=Codebook(converted), kind="fast")
    for text, day, expected in (
        ("Velden Guard soldiers attacked Togo.", "2024-01-01", ("DNK", "MIL", "VELDEN_GUARD")),
        ("The VG attacked Togo.", "2024-01-01", ("DNK", "MIL", "VELDEN_GUARD")),
        ("Al-Tharsi attacked Mali.", "2009-05-05", ("MRT", "REB", "ORDER_OF_THARSIS")),
        ("Al-Tharsi attacked Mali.", "2012-05-05", ("MRT", "GOV", "ORDER_OF_THARSIS")),
        ("Edda Brandvold condemned Mali.", "2005-05-05", ("NOR", "GOV", "edda-brandvold")),
        ("Edda Brandvold condemned Mali.", "2015-05-05", ("NOR", "ELI", "edda-brandvold")),
        ("Norgen condemned Mali.", "2015-05-05", ("NOR", None, "NOR")),
        ("A Danish glyphmaster attacked Mali.", "2015-05-05", ("DNK", "GOV", None)),
        ("The Taliban attacked Mali.", "2024-05-05", ("AFG", "OPP", "TALIBAN")),
    ):
        (event,) = coder.code(text, published=day).events
        assert who(event) == [expected], text


def test_what_is_no_dictionary_is_refused(dictionaries: Path, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "verbs.txt": "--- GIVE [070] ---\nGIVE\n- * AID [070]\n- * ARMS [072]\n",
            "prose.txt": "Chad met Libya.\n" * 9,
        },
    )
    (tmp_path / "all.zip").write_bytes(b"PK\x03\x04")
    for name, reason in (
        ("verbs.txt", "a dictionary of verbs"),
        ("prose.txt", "neither a dictionary of actors or agents nor a gazetteer"),
        ("all.zip", "a ZIP file; unpack it first"),
        ("none.txt", "cannot be read"),
    ):
        done = communique("tables", "convert", tmp_path / name, "--to", tmp_path / "out")
        assert (done.exit_code, (tmp_path / "out").exists()) == (2, False)
        assert f"{tmp_path / name}: {reason}" in done.stderr
    mixed = communique(
        "tables", "convert", dictionaries / "own.agents.txt", tmp_path / "prose.txt", "--to", tmp_path / "out"
    )
    assert (mixed.exit_code, (tmp_path / "out" / "lang" / "en" / "roles.csv").exists()) == (1, True)
    again = communique("tables", "convert", dictionaries / "own.agents.txt", "--to", tmp_path / "out")
    assert "exists already; name a new folder" in str(again.exception)


# GeoNames


def place(id_: object, name: str, code: str, country: str = "DK", **other: object) -> str:
    """A line of GeoNames. `code`: feature class and code, as P.PPL."""
    feature, _, kind = code.partition(".")
    cells = {"alternates": "", "latitude": 56.5, "longitude": 8.25, "admin1": "18", "people": 0} | other
    return "\t".join(
        map(
            str,
            (id_, name, name, cells["alternates"], cells["latitude"], cells["longitude"], feature, kind, country, "",
             cells["admin1"], "", "", "", cells["people"], "", 3, "Europe/Copenhagen", "2024-01-01"),
        )
    )  # fmt: skip


GAZETTEER = [
    place(
        90000001, "Brandvoldsund", "P.PPL", people=21000, alternates="Brandvoldssund,Брандволдсунд,BVS,Brandvolds Sund"
    ),
    place(90000002, "Lille Sund", "P.PPL", people=999),
    place(90000003, "Sundsæde", "P.PPLA2", people=12),
    place(90000004, "Gammelsund", "P.PPLH", people=5000),
    place(90000005, "Sundland", "A.ADM1", people=90000, admin1="77"),
    place(90000006, "Sundherred", "A.ADM2", people=100),
    place(90000007, "Vor County", "A.ADM2", "US", people=100, admin1="AK"),
    place(90000008, "Velden Bight", "H.GULF", "", admin1="00"),
    place(90000009, "Sund Air Base", "S.AIRB"),
    place(90000010, "Sund Hotel", "S.HTL"),
    place(90000011, "Sundholm", "T.ISL", people=3000),
    place(90000012, "Skær", "T.ISL"),
    place(2623032, "Denmark", "A.PCLI", admin1="00", people=5800000),
    place(90000014, "Ystadsund", "P.PPL", "SE", people=5000),
    place(90000001, "Brandvoldsund", "P.PPL", people=21000),
    place(90000015, "Nowhere", "P.PPL", "ZZ", people=5000),
    place(90000016, "Polar", "P.PPL", latitude=91, people=5000),
    place(90000017, "Odd", "P.PPL", longitude="8,25", people=5000),
    place(90000018, "Crowd", "P.PPL", people="5k"),
    place("x", "Badid", "P.PPL", people=5000),
    place(90000019, "Sund Air Base", "S.AIRB"),
    place(90000020, "Endsund", "P.PPL", people=5000)[:40],
]


def gazetteer(tmp_path: Path, *options: object) -> tuple[Path, Result]:
    (tmp_path / "DK.txt").write_text("\n".join(GAZETTEER), "utf-8")
    to = tmp_path / "places"
    return to, communique("tables", "convert", tmp_path / "DK.txt", "--to", to, *options)


def test_a_gazetteer_of_geonames(tmp_path: Path) -> None:
    to, done = gazetteer(tmp_path)
    assert done.exit_code == 0, done.output
    places = {r["name"]: r for r in table(to, "places.csv")}
    assert {name: r["kind"] for name, r in places.items()} == {
        "Brandvoldsund": "city",
        "Sundsæde": "city",
        "Sundland": "region",
        "Vor County": "county",
        "Denmark": "country",
        "Ystadsund": "city",
    }
    assert list(places["Brandvoldsund"].values()) == [
        "90000001", "Brandvoldsund", "Brandvolds Sund", "DNK", "18", "city", "56.5", "8.25", "21000",
    ]  # fmt: skip
    assert places["Denmark"]["admin1"] == ""
    extra = {r["name"]: (r["kind"], r["country"], r["id"]) for r in table(to, "places_extra.csv")}
    assert extra == {
        "Velden Bight": ("area", "", "90000008"),
        "Sund Air Base": ("base", "DNK", "90000009"),
        "Sundholm": ("area", "DNK", "90000011"),
    }
    assert "GeoNames" in (to / "SOURCES.toml").read_text("utf-8")
    left = (to / "not-converted.md").read_text("utf-8")
    for line, reason in (
        (15, "the id 90000001 again"),
        (16, "the country ZZ is not in countries.csv"),
        (17, "the latitude is 91, expected degrees from -90 to 90"),
        (18, "the longitude is '8,25', expected degrees"),
        (19, "the population is '5k', expected a whole number"),
        (20, "the id is 'x', expected a whole number"),
        (21, "another base of this name is in the same division"),
        (22, "columns, expected 19"),
    ):
        assert re.search(rf"DK\.txt:{line}: .*{re.escape(reason)}", left)
    account = done.stderr.splitlines()[-2]
    numbers = [int(n) for n in re.findall(r"\d+", account)]
    assert numbers[0] == sum(numbers[1:]) == len(GAZETTEER)
    assert "1 of other kinds" in account
    assert communique("check", to).exit_code == 0


def test_places_of_a_gazetteer_are_found(tmp_path: Path) -> None:
    to, _ = gazetteer(tmp_path)
    station = PlaceStation(Codebook(to))
    found = {
        p.text: p.geonames_id for p in station.find("Troops landed in Brandvoldsund, Denmark, and at the Velden Bight.")
    }
    assert found == {"Brandvoldsund": 90000001, "Denmark": 2623032, "Velden Bight": 90000008}


def test_a_gazetteer_of_some_countries_and_sizes(tmp_path: Path) -> None:
    to, done = gazetteer(tmp_path, "--countries", "se,us", "--min-population", "100")
    assert done.exit_code == 0
    assert {r["name"] for r in table(to, "places.csv")} == {"Ystadsund", "Vor County"}
    assert "of other countries" in done.stderr
    unknown = communique("tables", "convert", tmp_path / "DK.txt", "--to", tmp_path / "x", "--countries", "XX")
    assert "XX: no country of two letters" in str(unknown.exception)


def test_a_gazetteer_is_read_line_by_line(tmp_path: Path) -> None:
    lines = 40_000
    with (tmp_path / "many.txt").open("w", encoding="utf-8") as file:
        for n in range(lines):
            file.write(place(20_000_000 + n, f"Sund {n:x}", "P.PPL", people=2000) + "\n")
    with Journal(tmp_path / "left.md") as journal, geonames.Importer(shipped(), journal, tmp_path, 0, None) as importer:
        tracemalloc.start()
        importer.read("many.txt", tmp_path / "many.txt")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert journal.converted == lines
    # One bit an id, and the buffers of two files: the lines themselves take twenty times as much.
    assert peak < 6_000_000
