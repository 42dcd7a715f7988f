"""What a record derives from its stored rows: stories, quantities, happenings, ties and the aliases of their ids.

Derived tables follow the reports that count. `derive` compares what counts now with what was counted when it last ran
(`base.counted`), and makes anew only what that touches: the stories of new texts, the happenings that new or vanished
events are related to, the ties of the blocks of claims that changed. From nothing it makes everything; both ways come
to the same rows.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from communique import happenings, quantities, stories, ties
from communique.codebook import Codebook
from communique.happenings import Face, Happening, Mention
from communique.model import Claim, Party, Place, Span, Tie, TieStatus, Voice, make_id
from communique.quantities import Quantity
from communique.rows import Row, add_rows, arrow_fields, clean, dicts, fetch, from_row, to_cell, to_row

__all__ = ["RULES", "TABLES", "derive", "rules_digest"]

# Every derived table.
TABLES = (
    "counted", "signatures", "stories", "quantities", "event_faces", "happening_keys", "happenings", "happening_events",
    "happening_values", "claim_blocks", "ties", "tie_claims", "tie_states", "tie_parties", "aliases",
)  # fmt: skip
# Rows that are made in one go.
_PART = 5_000
# Codings whose events are read together.
_CODINGS = 1_000
# Files that decide what is derived.
RULES = ("ties.toml", "happenings.toml", "lang/en/quantities.csv")


def rules_digest(book: Codebook, version: str) -> str:
    """Tells the rules and methods by which a record was derived from others."""
    parts = [layer.text(name) for layer in book.layers for name in RULES if name in layer.files]
    return hashlib.sha256("\0".join([version, stories.METHOD, *parts]).encode()).hexdigest()[:32]


def derive(cursor: duckdb.DuckDBPyConnection, book: Codebook, anew: bool) -> None:
    """Brings the derived tables up to date, within the caller's transaction; with `anew`, from nothing."""
    if anew:
        for name in TABLES:
            cursor.execute(f"TRUNCATE base.{name}").fetchall()
    change = _changed(cursor)
    cursor.execute("DELETE FROM base.counted WHERE list_contains(?, coding)", [change.gone]).fetchall()
    cursor.execute(
        "INSERT INTO base.counted SELECT coding, article FROM base.codings WHERE list_contains(?, coding)", [change.new]
    ).fetchall()
    change.retold = _tell_stories(cursor)
    _Happened(cursor, book).follow(change)
    _Tied(cursor, book).follow(change)


@dataclass
class _Change:
    """Codings that count now and did not before, those that no longer do, and reports that are told of another story
    now."""

    new: list[int]
    gone: list[int]
    retold: set[str] = field(default_factory=set)


_COUNTING = """
    SELECT k.coding FROM base.codings AS k JOIN base.articles AS a ON a.id = k.article
    WHERE k.latest AND a.superseded_by IS NULL
"""


def _changed(cursor: duckdb.DuckDBPyConnection) -> _Change:
    new = fetch(cursor, f"{_COUNTING} AND k.coding NOT IN (SELECT coding FROM base.counted) ORDER BY 1", {})
    gone = fetch(cursor, f"SELECT coding FROM base.counted WHERE coding NOT IN ({_COUNTING}) ORDER BY 1", {})
    return _Change([c for (c,) in new], [c for (c,) in gone])


def _table(cursor: duckdb.DuckDBPyConnection, name: str, rows: Mapping[str, Iterable[Any]], **types: Any) -> None:
    """A table of the session: columns with their Arrow types."""
    columns = {column: pa.array(list(values), types.get(column, pa.string())) for column, values in rows.items()}
    cursor.register(name, pa.table(columns))


# Stories

_SIGNATURE_SCHEMA = pa.schema(
    [pa.field("article", pa.string()), pa.field("digest", pa.string()), pa.field("bands", pa.list_(pa.uint64()))]
)
_STORY_SCHEMA = pa.schema([pa.field("article", pa.string()), pa.field("story", pa.string())])
# Texts that share a band, or every word.
_CANDIDATES = """
    WITH
    fresh AS (SELECT s.* FROM base.signatures AS s JOIN fresh_articles USING (article)),
    first AS (SELECT digest, min(article) AS article, any_value(bands) AS bands FROM base.signatures GROUP BY digest),
    fresh_band AS (SELECT DISTINCT digest, unnest(bands) AS band FROM fresh),
    band AS (SELECT digest, article, unnest(bands) AS band FROM first)
    SELECT DISTINCT least(f.digest, b.digest), greatest(f.digest, b.digest)
    FROM fresh_band AS f JOIN band AS b ON b.band = f.band AND b.digest <> f.digest
    ORDER BY ALL
"""


def _tell_stories(cursor: duckdb.DuckDBPyConnection) -> set[str]:
    """Puts new reports to their stories. Gives the reports that were of another story before."""
    fresh = [
        a
        for (a,) in fetch(cursor, "SELECT id FROM base.articles ANTI JOIN base.stories ON article = id ORDER BY id", {})
    ]
    if not fresh:
        return set()
    _sign(cursor, fresh)
    _table(cursor, "fresh_articles", {"article": fresh})
    told = stories.Stories()
    for one, other in fetch(cursor, _SAME_WORDS, {}):
        told.link(one, other)
    heads = dict(fetch(cursor, _HEADS, {}))
    for pairs in _parts(fetch(cursor, _CANDIDATES, {})):
        apart = [pair for pair in pairs if told.top(heads[pair[0]]) != told.top(heads[pair[1]])]
        words = _words(cursor, {digest for pair in apart for digest in pair})
        for one, other in apart:
            if told.top(heads[one]) != told.top(heads[other]) and stories.same_copy(words[one], words[other]):
                told.link(heads[one], heads[other])
    cursor.unregister("fresh_articles")
    return _write_stories(cursor, fresh, told)


# The story of each text so far, or the first report with it.
_HEADS = """
    SELECT s.digest, min(coalesce(t.story, s.article))
    FROM base.signatures AS s LEFT JOIN base.stories AS t USING (article) GROUP BY s.digest
"""
# Reports of the same words.
_SAME_WORDS = """
    SELECT s.article, coalesce(t.story, o.article)
    FROM base.signatures AS s JOIN fresh_articles USING (article)
    JOIN base.signatures AS o ON o.digest = s.digest AND o.article <> s.article
    LEFT JOIN base.stories AS t ON t.article = o.article
"""


def _sign(cursor: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> None:
    for part in _parts(articles):
        texts = fetch(cursor, 'SELECT id, "text" FROM base.articles WHERE list_contains(?, id)', [list(part)])
        rows = ({"article": a, "digest": stories.digest(t), "bands": stories.bands(t)} for a, t in texts)
        add_rows(cursor, "signatures", _SIGNATURE_SCHEMA, rows)


def _words(cursor: duckdb.DuckDBPyConnection, digests: Iterable[str]) -> dict[str, frozenset[str]]:
    """The shingles of texts."""
    sql = """
        SELECT s.digest, any_value(a."text") FROM base.signatures AS s JOIN base.articles AS a ON a.id = s.article
        WHERE list_contains(?, s.digest) GROUP BY s.digest
    """
    return {digest: stories.shingles(text) for digest, text in fetch(cursor, sql, [sorted(digests)])}


def _write_stories(cursor: duckdb.DuckDBPyConnection, fresh: Sequence[str], told: stories.Stories) -> set[str]:
    moved = told.linked()
    _table(cursor, "moved", {"old": moved, "new": moved.values()})
    retold = {a for (a,) in fetch(cursor, "SELECT article FROM base.stories JOIN moved ON old = story", {})}
    cursor.execute("UPDATE base.stories SET story = moved.new FROM moved WHERE story = moved.old").fetchall()
    cursor.unregister("moved")
    add_rows(cursor, "stories", _STORY_SCHEMA, ({"article": a, "story": told.top(a)} for a in fresh))
    return retold


def _parts(items: Sequence[Any], size: int = _PART) -> Iterator[Sequence[Any]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


# Happenings

_KEY_SCHEMA = pa.schema(
    [
        pa.field("coding", pa.int64()),
        pa.field("event", pa.string()),
        pa.field("key", pa.uint64()),
        pa.field("from", pa.int32()),
        pa.field("until", pa.int32()),
    ]
)
_SETS = ("actors", "recipients", "persons", "cities", "names", "words")
_PLAIN_FACE = ("article", "reported", "family", "mode", "stated", "start", "trigger", "lent")
_FACE_SCHEMA = pa.schema(
    [
        pa.field("coding", pa.int64()),
        *(pa.field(n, pa.string()) for n in ("article", "event", "reported", "family", "mode", "trigger")),
        *(pa.field(n, pa.list_(pa.string())) for n in _SETS),
        *(pa.field(n, pa.int64()) for n in ("from", "until", "start")),
        *(pa.field(n, pa.bool_()) for n in ("stated", "lent")),
    ]
)
_FACES = """
    SELECT f.*, coalesce(s.story, f.article) AS story
    FROM base.event_faces AS f JOIN wanted USING ("event") LEFT JOIN base.stories AS s ON s.article = f.article
"""
_QUANTITY_SCHEMA = pa.schema(
    [
        pa.field("coding", pa.int64()),
        pa.field("article", pa.string()),
        pa.field("event", pa.string()),
        pa.field("position", pa.int64()),
        *arrow_fields(Quantity),
    ]
)
_HAPPENING_SCHEMA = pa.schema([f for f in arrow_fields(Happening) if f.name not in ("values", "members")])
_MEMBER_SCHEMA = pa.schema(
    [
        pa.field(n, pa.int64() if n == "coding" else pa.string())
        for n in ("happening", "event", "coding", "article", "alias")
    ]
)
_VALUE_SCHEMA = pa.schema(
    [
        *(pa.field(n, pa.string()) for n in ("happening", "field", "value")),
        *(pa.field(n, pa.float64()) for n in ("least", "most")),
        pa.field("unit", pa.string()),
        *(pa.field(n, pa.int64()) for n in ("start", "end")),
        *(pa.field(n, pa.string()) for n in ("text", "event", "article", "story", "outlet", "published", "voice")),
        pa.field("sources", pa.list_(pa.string())),
    ]
)
# All events of some codings, those of each in the order of its report.
_MENTIONS = """
    SELECT
        e.id, e.coding, e.article, coalesce(s.story, e.article) AS story, a.outlet, a.published,
        coalesce(a.published, k.anchor."from") AS reported, e."type", e.act, e."mode", e.status, e.actors, e.recipients,
        e.place, e."when", e.voice, e."trigger", e.sentence,
        list_filter(k.places, lambda x: x."start" >= e.sentence."start" AND x."end" <= e.sentence."end") AS near_places,
        list_filter(k.times, lambda x: x."start" >= e.sentence."start" AND x."end" <= e.sentence."end") AS near_times
    FROM base.events AS e
    {join}
    JOIN base.codings AS k USING (coding)
    JOIN base.articles AS a ON a.id = e.article
    LEFT JOIN base.stories AS s ON s.article = e.article
    ORDER BY e.coding, e."position"
"""
# Events that share a key with some others, on the same days or the next.
_NEIGHBOURS = """
    SELECT DISTINCT o."event"
    FROM asking AS f
    JOIN base.happening_keys AS o ON o."key" = f."key" AND o."from" - 1 < f."until" AND f."from" - 1 < o."until"
"""


class _Happened:
    """The happenings that a change touches, made anew."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, book: Codebook) -> None:
        self._cursor = cursor
        self._book = book
        self._faces: dict[str, Face] = {}

    def follow(self, change: _Change) -> None:
        gone = [*change.gone, *self._retold(change)]
        seeds = self._left_behind(gone)
        for table in ("event_faces", "happening_keys", "quantities"):
            self._cursor.execute(f"DELETE FROM base.{table} WHERE list_contains(?, coding)", [change.gone]).fetchall()
        everything = not fetch(self._cursor, "SELECT 1 FROM base.event_faces LIMIT 1", {})
        new = self._add(change.new)
        self._write(self._faces.keys() if everything else self._related(new | seeds))

    def _retold(self, change: _Change) -> list[int]:
        """Counting codings of reports that are told of another story now: what is related to what may differ."""
        if not change.retold:
            return []
        sql = "SELECT coding FROM base.counted WHERE list_contains(?, article)"
        return [c for (c,) in fetch(self._cursor, sql, [sorted(change.retold)])]

    def _left_behind(self, gone: list[int]) -> set[str]:
        """Events that may have been related to those of vanished codings, and those themselves that still count."""
        if not gone:
            return set()
        sql = """
            SELECT DISTINCT "event" FROM base.happening_events
            WHERE happening IN (SELECT happening FROM base.happening_events WHERE list_contains(?, coding))
        """
        found = {event for (event,) in fetch(self._cursor, sql, [gone])}
        self._cursor.execute(
            'CREATE OR REPLACE TEMP TABLE asking AS SELECT "key", "from", "until" FROM base.happening_keys '
            "WHERE list_contains(?, coding)",
            [gone],
        ).fetchall()
        return found | {event for (event,) in fetch(self._cursor, _NEIGHBOURS, {})}

    def _add(self, codings: list[int]) -> set[str]:
        """Reads the events of codings that are new, and keeps what is compared of them, and their numbers."""
        added: set[str] = set()
        for part in _parts(codings, _CODINGS):
            _table(self._cursor, "wanted", {"coding": part}, coding=pa.int64())
            reports: dict[int, list[Mention]] = defaultdict(list)
            for row in dicts(self._cursor, _MENTIONS.format(join="JOIN wanted USING (coding)")):
                reports[row["coding"]].append(from_row(Mention, row))
            self._cursor.unregister("wanted")
            found = {coding: happenings.faces(report, self._book) for coding, report in reports.items()}
            add_rows(
                self._cursor, "event_faces", _FACE_SCHEMA, (_face_row(c, f) for c, fs in found.items() for f in fs)
            )
            add_rows(
                self._cursor,
                "happening_keys",
                _KEY_SCHEMA,
                (r for c, fs in found.items() for f in fs for r in _keys(c, f)),
            )
            numbers = (row for report in reports.values() for row in self._numbers(report))
            add_rows(self._cursor, "quantities", _QUANTITY_SCHEMA, numbers)
            self._faces.update((face.id, face) for faces in found.values() for face in faces)
            added |= {face.id for faces in found.values() for face in faces}
        return added

    def _numbers(self, report: list[Mention]) -> Iterator[Row]:
        """The numbers in the sentences of the events of a report."""
        sentences: dict[Span, list[Mention]] = defaultdict(list)
        for mention in report:
            sentences[mention.sentence].append(mention)
        for sentence, told in sentences.items():
            read = quantities.read(sentence, self._book)
            for event, found in quantities.near(read, [(m.id, m.trigger) for m in told]).items():
                about = {"coding": told[0].coding, "article": told[0].article, "event": event}
                yield from ({**about, "position": i, **to_row(quantity)} for i, quantity in enumerate(found))

    def _related(self, seeds: set[str]) -> set[str]:
        """The seeds and all that chains of relations lead to from them."""
        self._load(seeds)
        found = {seed for seed in seeds if seed in self._faces}
        edge = found
        while edge:
            self._ask(edge)
            near = {event for (event,) in fetch(self._cursor, _NEIGHBOURS, {}) if event not in found}
            self._load(near)
            by_key: dict[str, list[Face]] = defaultdict(list)
            for id in sorted(edge):
                for key in happenings.keys(self._faces[id]):
                    by_key[key].append(self._faces[id])
            edge = {id for id in near if self._is_related(self._faces[id], by_key)}
            found |= edge
        return found

    def _is_related(self, face: Face, by_key: Mapping[str, list[Face]]) -> bool:
        others = (other for key in happenings.keys(face) for other in by_key.get(key, ()))
        return any(happenings.related(face, other) for other in others)

    def _load(self, events: Iterable[str]) -> None:
        """The faces of events that are not here yet."""
        _table(self._cursor, "wanted", {"event": [event for event in events if event not in self._faces]})
        for row in dicts(self._cursor, _FACES):
            self._faces[row["event"]] = self._face(row)
        self._cursor.unregister("wanted")

    def _face(self, row: Row) -> Face:
        directed, alone = happenings.family(row["family"], self._book)
        given: Row = {n: frozenset(row[n]) for n in _SETS} | {n: row[n] for n in (*_PLAIN_FACE, "story")}
        return Face(id=row["event"], days=(row["from"], row["until"]), directed=directed, alone=alone, **given)

    def _ask(self, events: Iterable[str]) -> None:
        rows = [(_hash(k), f.days) for id in events for f in [self._faces[id]] for k in happenings.keys(f)]
        _table(
            self._cursor,
            "asking_keys",
            {"key": [k for k, _ in rows], "from": [d[0] for _, d in rows], "until": [d[1] for _, d in rows]},
            key=pa.uint64(), **{"from": pa.int32(), "until": pa.int32()},
        )  # fmt: skip
        self._cursor.execute("CREATE OR REPLACE TEMP TABLE asking AS FROM asking_keys").fetchall()
        self._cursor.unregister("asking_keys")

    def _write(self, touched: Iterable[str]) -> None:
        """Puts the happenings of these events in the place of those they were in."""
        events = sorted(touched)
        _table(self._cursor, "touched", {"event": events})
        gone = """
            CREATE OR REPLACE TEMP TABLE outdated AS
            SELECT DISTINCT happening FROM base.happening_events
            WHERE "event" IN (FROM touched) OR coding NOT IN (SELECT coding FROM base.counted)
        """
        self._cursor.execute(gone).fetchall()
        self._cursor.unregister("touched")
        for table, column in (
            ("happenings", "id"),
            ("happening_events", "happening"),
            ("happening_values", "happening"),
        ):
            self._cursor.execute(f"DELETE FROM base.{table} WHERE {column} IN (FROM outdated)").fetchall()
        for part in _parts(happenings.group(self._faces[id] for id in events)):
            told, numbers = self._told([face.id for members in part for face in members])
            made = [(happenings.happening(members, told, numbers), members) for members in part]
            add_rows(self._cursor, "happenings", _HAPPENING_SCHEMA, (_happening_row(h) for h, _ in made))
            rows = (_member_row(h, told[f.id]) for h, members in made for f in members)
            add_rows(self._cursor, "happening_events", _MEMBER_SCHEMA, rows)
            add_rows(self._cursor, "happening_values", _VALUE_SCHEMA, (r for h, _ in made for r in _value_rows(h)))

    def _told(self, events: list[str]) -> tuple[dict[str, Mention], dict[str, list[Quantity]]]:
        """Events by id, and their numbers."""
        _table(self._cursor, "wanted", {"event": events})
        sql = _MENTIONS.format(join="JOIN wanted ON wanted.event = e.id JOIN base.counted USING (coding)")
        told = {row["id"]: from_row(Mention, row) for row in dicts(self._cursor, sql)}
        numbers: dict[str, list[Quantity]] = defaultdict(list)
        sql = 'SELECT * FROM base.quantities WHERE "event" IN (FROM wanted) ORDER BY "event", "position"'
        for row in dicts(self._cursor, sql):
            numbers[row["event"]].append(from_row(Quantity, row))
        self._cursor.unregister("wanted")
        return told, numbers


def _keys(coding: int, face: Face) -> Iterator[Row]:
    for key in happenings.keys(face):
        yield {"coding": coding, "event": face.id, "key": _hash(key), "from": face.days[0], "until": face.days[1]}


def _face_row(coding: int, face: Face) -> Row:
    given: Row = {n: sorted(getattr(face, n)) for n in _SETS} | {n: getattr(face, n) for n in _PLAIN_FACE}
    return {"coding": coding, "event": face.id, "from": face.days[0], "until": face.days[1], **given}


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _happening_row(happening: Happening) -> Row:
    row = to_row(happening)
    del row["values"], row["members"]
    return row


def _member_row(happening: Happening, mention: Mention) -> Row:
    about = {"event": mention.id, "coding": mention.coding, "article": mention.article}
    return {"happening": happening.id, **about, "alias": make_id("h", mention.id)}


def _value_rows(happening: Happening) -> Iterator[Row]:
    for value in happening.values:
        row = to_row(value)
        span, told = row.pop("span"), row.pop("told")
        yield {"happening": happening.id, **row, **span, **told}


# Ties

_TIE_SCHEMA = pa.schema(
    [
        *arrow_fields(Tie),
        pa.field("party_articles", pa.list_(pa.string())),
        pa.field("place_article", pa.string()),
        pa.field("voice_article", pa.string()),
    ]
)
_STATE_SCHEMA = pa.schema([pa.field(n, pa.string()) for n in ("tie", "from", "to", "status", "step", "since", "until")])
_PARTY_SCHEMA = pa.schema(
    [pa.field(n, pa.string()) for n in ("tie", "code", "name", "country", "role", "from", "until")]
)
_TIE_CLAIM_SCHEMA = pa.schema([pa.field("tie", pa.string()), pa.field("claim", pa.string())])
_BLOCK_SCHEMA = pa.schema(
    [pa.field("coding", pa.int64()), pa.field("claim", pa.string()), pa.field("block", pa.string())]
)
_ALIAS_SCHEMA = pa.schema([pa.field("alias", pa.string()), pa.field("id", pa.string())])
# What grouping looks at; the rest of a claim is read for those groups only that have changed.
_OUTLINES = """
    SELECT
        c.coding, c.id, c.article, c.published, c.kind, c."name", c.named, c.parties, c.status, c.step, c."from", c."until",
        c.grain, c.place, c.supports, b.block, k.coding IS NOT NULL AS counts
    FROM base.claim_blocks AS b
    JOIN blocks USING (block)
    JOIN base.claims AS c ON c.coding = b.coding AND c.id = b.claim
    LEFT JOIN base.counted AS k ON k.coding = c.coding
    ORDER BY c.id, c.coding
"""
_FULL = """
    SELECT c.* FROM base.claims AS c JOIN base.counted USING (coding) WHERE c.id IN (FROM wanted) ORDER BY c.id
"""


class _Tied:
    """The ties that a change touches, resolved anew."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, book: Codebook) -> None:
        self._cursor = cursor
        self._book = book

    def follow(self, change: _Change) -> None:
        new = self._add_blocks()
        blocks = {block for _, block in new}
        blocks |= self._blocks_of([*change.gone, *change.new])
        touched = {claim for claim, _ in new}
        outlines = list(self._outlines(blocks))
        groups = ties.groups((c for c, counts in outlines if counts), book=self._book)
        known = self._known(blocks)
        old = {frozenset(claims): tie for tie, claims in known.items()}
        again = [g for g in groups if (ids := frozenset(c.id for c in g)) not in old or not touched.isdisjoint(ids)]
        kept = {old[ids] for g in groups if (ids := frozenset(c.id for c in g)) in old and touched.isdisjoint(ids)}
        horizon = self._horizon()
        stale = self._stale(change, horizon) - (known.keys() - kept)
        others = [[*claims] for claims in self._claims_of(stale).values()]
        self._drop((known.keys() - kept) | stale)
        self._write([*([c.id for c in g] for g in again), *others], horizon)
        self._answer(outlines, groups)

    def _add_blocks(self) -> list[tuple[str, str]]:
        """Puts claims that are new in the record, whether they count or not, to their blocks. Gives (claim, block)."""
        sql = f"{_PLAIN} ANTI JOIN base.claim_blocks AS b ON b.coding = c.coding AND b.claim = c.id ORDER BY c.id, c.coding"
        found: list[tuple[str, str]] = []
        rows: list[Row] = []
        for coding, claim in self._read(sql):
            block = ties.block(claim, book=self._book)
            found.append((claim.id, block))
            rows.append({"coding": coding, "claim": claim.id, "block": block})
        add_rows(self._cursor, "claim_blocks", _BLOCK_SCHEMA, rows)
        return found

    def _blocks_of(self, codings: list[int]) -> set[str]:
        sql = "SELECT DISTINCT block FROM base.claim_blocks WHERE list_contains(?, coding)"
        return {block for (block,) in fetch(self._cursor, sql, [codings])}

    def _outlines(self, blocks: set[str]) -> Iterator[tuple[Claim, bool]]:
        _table(self._cursor, "blocks", {"block": sorted(blocks)})
        for row in dicts(self._cursor, _OUTLINES):
            yield _outline(row), row["counts"]

    def _read(self, sql: str) -> Iterator[tuple[int, Claim]]:
        for row in dicts(self._cursor, sql):
            yield row["coding"], _outline(row)

    def _known(self, blocks: set[str]) -> dict[str, set[str]]:
        """Tie -> its claims, of the ties of some blocks so far."""
        sql = """
            SELECT tie, list(claim) FROM base.tie_claims
            WHERE tie IN (SELECT tie FROM base.tie_claims WHERE claim IN (
                SELECT claim FROM base.claim_blocks WHERE block IN (SELECT block FROM blocks)))
            GROUP BY tie
        """
        return {tie: set(claims) for tie, claims in fetch(self._cursor, sql, {})}

    def _horizon(self) -> str | None:
        """The day of the latest claim that counts."""
        sql = "SELECT max(published) FROM base.claims JOIN base.counted USING (coding)"
        found: str | None = fetch(self._cursor, sql, {})[0][0]
        return found

    def _stale(self, change: _Change, horizon: str | None) -> set[str]:
        """Ties whose claims are the same, yet that stand otherwise: an announced end has come, or is yet to come again, or
        reports have gone to another story."""
        ends = """
            SELECT id FROM base.ties
            WHERE ("until" <= $horizon AND status NOT IN ('ended', 'rejected')) OR (step = 'presumed' AND since > $horizon)
        """
        found = {id for (id,) in fetch(self._cursor, ends, {"horizon": horizon})}
        if change.retold:
            told = """
                SELECT DISTINCT t.tie FROM base.tie_claims AS t JOIN base.claims AS c ON c.id = t.claim
                WHERE list_contains(?, c.article)
            """
            found |= {id for (id,) in fetch(self._cursor, told, [sorted(change.retold)])}
        return found

    def _claims_of(self, found: set[str]) -> dict[str, list[str]]:
        sql = "SELECT tie, list(claim) FROM base.tie_claims WHERE list_contains(?, tie) GROUP BY tie"
        return dict(fetch(self._cursor, sql, [sorted(found)]))

    def _drop(self, gone: Iterable[str]) -> None:
        asked = sorted(gone)
        self._cursor.execute("DELETE FROM base.ties WHERE list_contains(?, id)", [asked]).fetchall()
        for table in ("tie_claims", "tie_states", "tie_parties"):
            self._cursor.execute(f"DELETE FROM base.{table} WHERE list_contains(?, tie)", [asked]).fetchall()

    def _write(self, groups: Sequence[Sequence[str]], horizon: str | None) -> None:
        told = dict(fetch(self._cursor, "SELECT article, story FROM base.stories", {})) if groups else {}
        for part in _parts(groups, 1_000):
            _table(self._cursor, "wanted", {"id": [id for ids in part for id in ids]})
            claims = {row["id"]: from_row(Claim, row) for row in dicts(self._cursor, _FULL)}
            self._cursor.unregister("wanted")
            ordered = [sorted((claims[id] for id in ids), key=ties.age) for ids in part]
            found = ties.resolved(ordered, horizon=horizon, stories=told, book=self._book)
            add_rows(self._cursor, "ties", _TIE_SCHEMA, map(_tie_row, found))
            links = ({"tie": r.tie.id, "claim": claim.id} for r in found for claim in r.claims)
            add_rows(self._cursor, "tie_claims", _TIE_CLAIM_SCHEMA, links)
            add_rows(self._cursor, "tie_states", _STATE_SCHEMA, (row for r in found for row in _state_rows(r)))
            add_rows(self._cursor, "tie_parties", _PARTY_SCHEMA, (row for r in found for row in _party_rows(r)))

    def _answer(self, outlines: list[tuple[Claim, bool]], groups: list[list[Claim]]) -> None:
        """Every id that ties of these blocks ever had -> the id they have now. Ids given by claims that no longer count
        (of superseded reports, of older codings) lead to the tie that their fellow claims are part of."""
        now = ties.aliases_of(groups)
        ever = now
        if not all(counts for _, counts in outlines):
            ever = ties.aliases([c for c, _ in outlines], book=self._book)
        fellows: dict[str, str] = {}
        for old, group in ever.items():
            if old in now:
                fellows.setdefault(group, now[old])
        found = {**{old: fellows[group] for old, group in ever.items() if group in fellows}, **now}
        gone = sorted({ties.own_id(c.id) for c, _ in outlines})
        _table(self._cursor, "old_ids", {"alias": gone})
        self._cursor.execute("DELETE FROM base.aliases WHERE alias IN (FROM old_ids)").fetchall()
        self._cursor.unregister("old_ids")
        rows = ({"alias": old, "id": id} for old, id in sorted(found.items()) if old != id)
        add_rows(self._cursor, "aliases", _ALIAS_SCHEMA, rows)


_PLAIN = """
    SELECT
        c.coding, c.id, c.article, c.published, c.kind, c."name", c.named, c.parties, c.status, c.step, c."from", c."until",
        c.grain, c.place, c.supports
    FROM base.claims AS c
"""
_OUTLET = Voice("outlet")
_NOWHERE = Span(0, 0, "")


def _outline(row: Row) -> Claim:
    """A claim as far as grouping looks at it."""
    return Claim(
        row["id"], row["article"], None, row["published"], row["kind"], row["name"], row["named"],
        tuple(Party(0, 0, p["text"], p["name"], p["country"], None, p["entity"], p["role"]) for p in row["parties"]),
        TieStatus(row["status"]), row["step"], row["from"], row["until"], row["grain"],
        None if row["place"] is None else Place(0, 0, row["place"]["text"], row["place"]["name"], grain=row["place"]["grain"]),
        _OUTLET, _NOWHERE, row["supports"], None, (),
    )  # fmt: skip


def _tie_row(found: ties.Resolution) -> Row:
    about = {n: to_cell(getattr(found, n)) for n in ("party_articles", "place_article", "voice_article")}
    return {**to_row(found.tie), **about}


def _state_rows(found: ties.Resolution) -> Iterator[Row]:
    ends = [*(state.day for state in found.states[1:]), None]
    for state, end in zip(found.states, ends, strict=True):
        stands = {"status": str(state.status), "step": state.step, "since": state.since, "until": state.until}
        yield {"tie": found.tie.id, "from": state.day, "to": end, **stands}


def _party_rows(found: ties.Resolution) -> Iterator[Row]:
    for party in found.tie.parties:
        code = party.entity or party.country or (party.name or party.text).casefold()
        about = {
            "name": party.name,
            "country": party.country,
            "role": party.role,
            "from": party.from_,
            "until": party.until,
        }
        yield {"tie": found.tie.id, "code": code, **{n: None if v is None else clean(v) for n, v in about.items()}}
