-- What the record says now: the latest coding of every report that no later version supersedes. Reports that were
-- stored and not coded, as those in a language that is not read, are among the articles, without `coded_by`.
-- The columns begin with those that `communique export` writes, in the same order.

CREATE OR REPLACE VIEW articles AS
SELECT
    a.id,
    a.given_id,
    a.title,
    a.outlet,
    a.published,
    c.anchor."from" AS anchor_from,
    c.anchor."until" AS anchor_until,
    a.language,
    a.url,
    a."text",
    a.author,
    s.story,
    r."version" AS coded_by
FROM base.articles AS a
LEFT JOIN base.codings AS c ON c.article = a.id AND c.latest
LEFT JOIN base.runs AS r ON r.run = c.run
LEFT JOIN base.stories AS s ON s.article = a.id
WHERE a.superseded_by IS NULL;

CREATE OR REPLACE VIEW events AS
SELECT
    e.id,
    TRY_CAST(coalesce(e."when"."from", e."when"."until", a.published, c.anchor."from") AS DATE) AS "date",
    CASE
        WHEN coalesce(e."when"."from", e."when"."until") IS NOT NULL THEN 'text'
        WHEN a.published IS NOT NULL THEN 'published'
        WHEN c.anchor IS NOT NULL THEN 'anchor'
    END AS date_source,
    e."when"."from" AS "from",
    e."when"."until" AS "until",
    e."when".grain AS grain,
    e."type",
    e.act,
    e."mode",
    e.contexts,
    e.status,
    e.historical,
    [coalesce(x."name", x."text") FOR x IN e.actors] AS actor_names,
    [x.country FOR x IN e.actors] AS actor_countries,
    [x.sector FOR x IN e.actors] AS actor_sectors,
    [x.entity FOR x IN e.actors] AS actor_entities,
    [coalesce(x."name", x."text") FOR x IN e.recipients] AS recipient_names,
    [x.country FOR x IN e.recipients] AS recipient_countries,
    [x.sector FOR x IN e.recipients] AS recipient_sectors,
    [x.entity FOR x IN e.recipients] AS recipient_entities,
    coalesce(e.place."name", e.place."text") AS place,
    e.place.country AS place_country,
    e.place.geonames_id AS geonames_id,
    e.place.latitude AS latitude,
    e.place.longitude AS longitude,
    e.voice.kind AS voice,
    [coalesce(x."name", x."text") FOR x IN e.voice.sources] AS sources,
    [coalesce(x."name", x."text") FOR x IN e.voice.via] AS via,
    e.voice.stance AS stance,
    e."trigger"."text" AS "trigger",
    e.sentence."text" AS quote,
    e.sentence."start" AS quote_start,
    e.sentence."end" AS quote_end,
    e.quad,
    e.intensity,
    e.score,
    e.article,
    a.outlet,
    a.published,
    a.url,
    e.actors,
    e.recipients,
    e."when",
    e.place AS place_span,
    e.voice AS voice_spans,
    e."trigger" AS trigger_span,
    e.because
FROM base.events AS e
JOIN base.codings AS c USING (coding)
JOIN base.articles AS a ON a.id = e.article
WHERE c.latest AND a.superseded_by IS NULL;

CREATE OR REPLACE VIEW statements AS
SELECT
    s.id,
    [coalesce(x."name", x."text") FOR x IN s.sources] AS sources,
    [x.country FOR x IN s.sources] AS source_countries,
    [x.entity FOR x IN s.sources] AS source_entities,
    [coalesce(x."name", x."text") FOR x IN s.via] AS via,
    s.cue."text" AS cue,
    s.form,
    s.status,
    array_to_string([x."text" FOR x IN s.content], ' … ') AS quote,
    s.content[1]."start" AS quote_start,
    s.content[-1]."end" AS quote_end,
    s.article,
    a.outlet,
    a.published,
    a.url,
    s.sources AS source_spans,
    s.via AS via_spans,
    s.cue AS cue_span,
    s.content
FROM base.statements AS s
JOIN base.codings AS c USING (coding)
JOIN base.articles AS a ON a.id = s.article
WHERE c.latest AND a.superseded_by IS NULL;

CREATE OR REPLACE VIEW ties AS
SELECT
    id,
    kind,
    "name",
    [coalesce(x.entity, x.country) FOR x IN parties] AS parties,
    [coalesce(x."name", x."text") FOR x IN parties] AS party_names,
    [x."role" FOR x IN parties] AS roles,
    status,
    step,
    since,
    "until",
    coalesce(place."name", place."text") AS place,
    place.country AS place_country,
    place.geonames_id AS geonames_id,
    place.latitude AS latitude,
    place.longitude AS longitude,
    voice.kind AS voice,
    [coalesce(x."name", x."text") FOR x IN voice.sources] AS sources,
    [coalesce(x."name", x."text") FOR x IN voice.via] AS via,
    voice.stance AS stance,
    outlets,
    stories,
    score,
    len([x FOR x IN evidence IF x."for"]) AS evidence_for,
    len([x FOR x IN evidence IF NOT x."for"]) AS evidence_against,
    [x."text" FOR x IN evidence] AS quotes,
    [x.article FOR x IN evidence] AS articles,
    history,
    evidence,
    parties AS party_spans,
    party_articles,
    place AS place_span,
    place_article,
    voice AS voice_spans,
    voice_article,
    because
FROM base.ties;

CREATE OR REPLACE VIEW problems AS
SELECT source, station, reason, article FROM base.problems;

CREATE OR REPLACE VIEW corrections AS
SELECT target, article, field, "old", "new", "start", "end", quote, "by", made, note FROM base.corrections;

-- What several reports tell of one occurrence. `reports`, `stories`, `outlets` and `events` each say what they count.
CREATE OR REPLACE VIEW happenings AS
SELECT
    id,
    TRY_CAST(coalesce("from", "until", first_reported) AS DATE) AS "date",
    CASE WHEN coalesce("from", "until") IS NOT NULL THEN 'text' WHEN first_reported IS NOT NULL THEN 'reported' END
        AS date_source,
    "from",
    "until",
    grain,
    "type",
    act,
    "mode",
    status,
    actors,
    recipients,
    coalesce(place."name", place."text") AS place,
    place.country AS place_country,
    place.geonames_id AS geonames_id,
    place.latitude AS latitude,
    place.longitude AS longitude,
    reports,
    stories,
    outlets,
    "events",
    first_reported,
    last_reported,
    differing,
    place AS place_span,
    place_article
FROM base.happenings;

CREATE OR REPLACE VIEW happening_events AS
SELECT
    m.happening,
    m."event",
    e."type",
    e.status,
    e.sentence."text" AS quote,
    e.sentence."start" AS quote_start,
    e.sentence."end" AS quote_end,
    m.article,
    s.story,
    a.outlet,
    a.published,
    a.url
FROM base.happening_events AS m
JOIN base.events AS e ON e.coding = m.coding AND e.id = m."event"
JOIN base.articles AS a ON a.id = m.article
LEFT JOIN base.stories AS s ON s.article = m.article;

CREATE OR REPLACE VIEW happening_values AS
SELECT
    happening, field, "value", "least", "most", unit, "text" AS quote, "start" AS quote_start, "end" AS quote_end, "event",
    article, story, outlet, published, voice, sources
FROM base.happening_values;

CREATE OR REPLACE VIEW quantities AS
SELECT
    q."event", q.kind, q."value", q."least", q."most", q.unit, q.about, q."text" AS quote, q."start" AS quote_start,
    q."end" AS quote_end, q.article, a.outlet, a.published
FROM base.quantities AS q
JOIN base.articles AS a ON a.id = q.article;

CREATE OR REPLACE VIEW stories AS
SELECT
    s.story,
    count(*) AS reports,
    count(DISTINCT a.outlet) AS outlets,
    min(a.published) AS first_published,
    max(a.published) AS last_published,
    list(a.id ORDER BY a.published, a.id) AS articles
FROM base.stories AS s
JOIN base.articles AS a ON a.id = s.article
WHERE a.superseded_by IS NULL
GROUP BY s.story;

CREATE OR REPLACE VIEW counts AS
SELECT
    (SELECT count(*) FROM articles) AS reports,
    (SELECT count(DISTINCT story) FROM articles) AS stories,
    (SELECT count(DISTINCT outlet) FROM articles) AS outlets,
    (SELECT count(*) FROM "events") AS "events",
    (SELECT count(*) FROM base.happenings) AS happenings,
    (SELECT count(*) FROM statements) AS statements,
    (SELECT count(*) FROM base.ties) AS ties;

-- How each tie stood on every day: one row a stretch, half-open ISO days, NULL where open.
CREATE OR REPLACE VIEW tie_states AS
SELECT s.tie, t.kind, t."name", s."from", s."to", s.status, s.step, s.since, s."until"
FROM base.tie_states AS s JOIN base.ties AS t ON t.id = s.tie;

CREATE OR REPLACE VIEW tie_parties AS
SELECT tie, code, "name", country, "role", "from", "until" FROM base.tie_parties;
