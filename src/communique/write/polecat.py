"""`polecat`: the 40 columns of the POLECAT data, so that scripts made for it read our events.

As in POLECAT a row is an event; several actors or recipients stand in one cell, separated by "; ", in the same order
in each of their columns; what is not known is the word None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from communique.model import Actor, Place
from communique.write.codes import Codes, codes
from communique.write.files import Export, one_line, table_writer
from communique.write.source import Mentioned, Selection, Told, groups, mentioned, told
from communique.write.tables import called

_BATCH = 5_000
NONE = "None"

_SIDES = ("Actor", "Recipient")
COLUMNS = (
    *("Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts"),
    *("Actor Name", "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title"),
    *("Actor Name Raw", "Wikipedia Actor ID"),
    *("Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector", "Recipient Sectors"),
    *("Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID"),
    *("Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID"),
    *("Raw Placename", "Feature Type", "Source", "Publication Date"),
    *("Story People", "Story Organizations", "Story Locations", "Language", "Version"),
)
# Ours, behind those with `--extra`.
EXTRA = (
    *("Status", "Act", "Historical", "Date Source", "Date From", "Date Until"),
    *("Voice", "Sources", "Via", "Stance", "Quote", "Quote Start", "Quote End", "Article ID", "URL", "Score"),
)

# Our grains as GeoNames feature codes.
_FEATURES = {"country": "PCLI", "region": "ADM1", "city": "PPL", "base": "INSM"}


def write_polecat(job: Export) -> None:
    """Tab-separated, with a header. Events that did not take place are left out unless a status is asked for."""
    chosen = Selection(job.filters, facts=True)
    with job.text("polecat.tsv") as file:
        out = table_writer(file, "\t")
        out.writerow(COLUMNS + EXTRA if job.extra else COLUMNS)
        for batch in groups(told(job.book, chosen), _BATCH):
            names = mentioned(job.book, (row.report.id for row in batch))
            for row in batch:
                cells = _row(row, names[row.report.id], codes())
                out.writerow(map(_cell, [*cells, *_extra(row)] if job.extra else cells))
    job.note_left_out(chosen)


def _row(row: Told, names: Mentioned, known: Codes) -> list[object]:
    event, day, _, report = row
    return [
        # The article comes back with split("_")[0], as in POLECAT, and our event with the last part.
        f"{report.id}_{event.type}_{event.id}",
        day,
        event.type,
        event.mode,
        event.intensity,
        event.quad.upper(),
        _list(event.contexts),
        *_party(event.actors, day, known),
        *_party(event.recipients, day, known),
        *_location(event.place, known),
        report.outlet,
        report.published or report.anchor_from,
        *_story(names, known),
        report.language,
        report.version,
    ]


def _party(actors: Sequence[Actor], day: str | None, known: Codes) -> Iterator[str]:
    """The eight columns of one side."""
    sectors = _parallel(actor.sector for actor in actors)
    yield _parallel(called(actor) for actor in actors)
    yield _parallel(actor.country for actor in actors)
    yield _parallel(known.cow(actor.country, day) for actor in actors)
    yield sectors
    yield sectors
    yield _parallel("|".join(o.office for o in known.offices(actor, day)) for actor in actors)
    yield _parallel(actor.text for actor in actors)
    yield NONE


def _location(place: Place | None, known: Codes) -> list[object]:
    if place is None:
        return [None] * 10
    name = place.name or place.text
    return [
        name,
        name if place.grain == "city" else None,
        None,
        known.division(place)[1],
        place.country,
        place.latitude,
        place.longitude,
        place.geonames_id,
        place.text,
        _FEATURES.get(place.grain or ""),
    ]


def _story(names: Mentioned, known: Codes) -> Iterator[str]:
    """People, organisations and places that the report names."""
    actors = [Actor(**actor) for actor in names.actors]
    yield _list(a.name for a in actors if known.person(a))
    yield _list(known.organisations[a.entity][0] for a in actors if a.entity in known.organisations)
    yield _list(place["name"] or place["text"] for place in names.places)


def _extra(row: Told) -> list[object]:
    event, _, day_source, report = row
    when, voice, quote = event.when, event.voice, event.sentence
    return [
        str(event.status),
        event.act,
        "true" if event.historical else "false",
        day_source,
        when.from_ if when else None,
        when.until if when else None,
        voice.kind,
        _list(map(called, voice.sources)),
        _list(map(called, voice.via)),
        voice.stance,
        quote.text,
        quote.start,
        quote.end,
        report.id,
        report.url,
        event.score,
    ]


def _cell(value: object) -> str:
    text = "" if value is None else one_line(str(value))
    return text or NONE


def _list(items: Iterable[str | None]) -> str:
    """Different items, in order."""
    return _parallel(dict.fromkeys(item for item in items if item))


def _parallel(items: Iterable[object]) -> str:
    """One item for each actor, unknown ones too."""
    return "; ".join(NONE if item in (None, "") else str(item).replace(";", ",") for item in items)
