"""Real reports: every span exact, the same bytes twice, and what must come out of the report that is read first.

The texts are not ours to ship; where they are absent these tests are skipped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from communique import Article, Coder
from communique.model import CodedReport, Tie

pytestmark = pytest.mark.shared


def command(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "communique", *arguments], capture_output=True, check=False)


def spans(node: Any) -> list[tuple[int, int, str]]:
    if isinstance(node, dict):
        here = {"start", "end", "text"} <= node.keys()
        own = [(node["start"], node["end"], node["text"])] if here else []
        return own + [s for value in node.values() for s in spans(value)]
    return [s for value in node for s in spans(value)] if isinstance(node, list) else []


def test_all_reports_are_coded_with_exact_spans_and_the_same_bytes_twice(shared: Path) -> None:
    inputs = [str(shared / "reports" / name) for name in ("seed.txt", "guardian.jsonl", "wikinews.jsonl")]
    first = command("code", *inputs, "--json")
    assert first.returncode == 0, first.stderr.decode()
    rows = [json.loads(line) for line in first.stdout.decode().splitlines()]
    assert len(rows) == 83
    for row in rows:
        text = row["article"]["text"]
        for start, end, quote in spans(row):
            assert text[start:end] == quote
    assert command("code", *inputs, "--json", "--workers", "2").stdout == first.stdout


# Not politics, by title: sport, culture, science, accidents, weather.
OTHER_NEWS = ("crane", "Fan Expo", "Internet Explorer", "Lantern", "stampede", "Warhol", "ozone", "iodine", "deities")


def test_news_that_is_not_politics_stays_nearly_empty(shared: Path, accurate: Coder) -> None:
    lines = (shared / "reports" / "wikinews.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if any(word in (row["title"] or "") for word in OTHER_NEWS)]
    assert len(rows) >= 8
    found = [len(accurate.code(Article.make(r["text"], title=r["title"])).events) for r in rows]
    assert sum(found) <= len(rows), dict(zip([r["title"] for r in rows], found, strict=True))


@pytest.fixture(scope="module")
def seed(shared: Path, accurate: Coder) -> CodedReport:
    return accurate.code((shared / "reports" / "seed.txt").read_text("utf-8"))


def tie(report: CodedReport, kind: str, *parties: str) -> Tie:
    """The one tie of these parties: guest and host in this order, others in any."""
    found = [t for t in report.ties if t.kind == kind and {p.entity for p in t.parties} == set(parties)]
    if kind == "presence":
        found = [t for t in found if tuple(p.entity for p in t.parties) == parties]
    assert len(found) == 1, (kind, parties, [(t.kind, [p.entity for p in t.parties]) for t in report.ties])
    return found[0]


def test_seed_places_itself_in_may_2023(seed: CodedReport) -> None:
    anchor = seed.article.anchor
    assert seed.article.published is None
    assert anchor is not None
    assert "2023-05-03" <= anchor.from_ < anchor.until <= "2023-06-01"
    assert anchor.because


def test_seed_office_is_planned_and_the_others_stand(seed: CodedReport) -> None:
    office = tie(seed, "presence", "NATO", "JPN")
    assert office.status == "planned"
    assert office.place is not None
    assert office.place.name == "Tokyo"
    for host in ("UN", "OSCE", "UKR", "MDA", "GEO", "BIH", "KWT"):
        assert tie(seed, "presence", "NATO", host).status == "active"
    assert [p.role for p in office.parties] == ["guest", "host"]
    assert tie(seed, "presence", "JPN", "NATO").status == "planned"


def test_seed_groupings_have_their_members(seed: CodedReport) -> None:
    assert tie(seed, "alliance", "USA", "AUS", "IND", "JPN").name == "Quad"
    assert tie(seed, "alliance", "AUS", "GBR", "USA").name == "AUKUS"
    assert tie(seed, "alliance", "JPN", "KOR", "AUS", "NZL").name in ("AP4", "Asia-Pacific Four")


def test_seed_agreements_stand_as_told(seed: CodedReport) -> None:
    assert tie(seed, "agreement", "JPN", "GBR").status == "signed"
    assert tie(seed, "agreement", "JPN", "PHL").status == "proposed"
    assert tie(seed, "agreement", "NATO", "JPN").status == "planned"
    assert any(t.kind == "agreement" and {p.entity for p in t.parties} == {"JPN", "KOR"} for t in seed.ties)


def test_seed_does_not_make_japan_a_member(seed: CodedReport) -> None:
    for t in seed.ties:
        if t.kind == "membership" and "JPN" in {p.entity for p in t.parties}:
            assert t.status in ("rejected", "proposed")
            assert not any(e.for_ for e in t.evidence)


def test_seed_quotations_have_their_speakers(seed: CodedReport) -> None:
    direct = [s for s in seed.statements if s.form == "direct"]
    speakers = {(a.name, a.country) for s in direct for a in s.sources}
    assert ("Peter Taksoe-Jensen", "DNK") in speakers
    assert ("Mao Ning", "CHN") in speakers
    assert any(name == "Francesco Diella" for name, _ in speakers)
    via = {a.name for s in seed.statements for a in s.via} | {
        a.name for s in seed.statements for a in s.sources if a.sector == "JRN"
    }
    assert "Nikkei Asia" in via


def test_seed_charges_are_the_outlets_own_comment(seed: CodedReport) -> None:
    charges = [e for e in seed.events if e.voice.kind == "outlet" and e.voice.stance == "comment"]
    assert len(charges) >= 4
    war = [e for e in seed.events if e.type == "ASSAULT" and {a.country for a in e.recipients} & {"CHN", "RUS"}]
    assert war
    assert all(e.voice.kind == "outlet" and e.voice.stance == "comment" for e in war)


def test_seed_meetings_have_people_places_and_dates(seed: CodedReport) -> None:
    meetings = [e for e in seed.events if "CONSULT" in (e.type, e.act)]

    def held(month: str, place: str | None, *countries: str) -> bool:
        return any(
            (e.when is not None and (e.when.from_ or "").startswith(month))
            and (place is None or (e.place is not None and e.place.name == place))
            and set(countries) <= {c for a in (*e.actors, *e.recipients) for c in (a.country, a.entity)}
            for e in meetings
        )

    assert held("2023-01", None, "NATO", "JPN")
    assert held("2023-03", "Tokyo", "JPN", "KOR")
    assert held("2023-04-24", None, "NATO", "JPN")
    assert held("2023-07-11", "Vilnius", "NATO")


def test_seed_photo_credit_is_not_read(seed: CodedReport) -> None:
    text = seed.article.text
    start, end = text.index("NATO Secretary-General Jens Stoltenberg, left"), text.index("Nikkei Asia reported")
    assert not any(start <= e.trigger.start < end for e in seed.events)
    assert not any(start <= s.content[0].start < end for s in seed.statements)
