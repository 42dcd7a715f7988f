-- The base tables of a record. Each column is described in docs/record.md.
-- Nested columns are structs and lists of structs, with the field names of `communique code --json`.

CREATE SCHEMA base;

CREATE TYPE base.span AS STRUCT("start" BIGINT, "end" BIGINT, "text" VARCHAR);
CREATE TYPE base.actor AS STRUCT(
    "start" BIGINT, "end" BIGINT, "text" VARCHAR, "name" VARCHAR, country VARCHAR, sector VARCHAR, entity VARCHAR
);
CREATE TYPE base.party AS STRUCT(
    "start" BIGINT, "end" BIGINT, "text" VARCHAR, "name" VARCHAR, country VARCHAR, sector VARCHAR, entity VARCHAR,
    "role" VARCHAR, "from" VARCHAR, "until" VARCHAR
);
CREATE TYPE base.place AS STRUCT(
    "start" BIGINT, "end" BIGINT, "text" VARCHAR, "name" VARCHAR, geonames_id BIGINT, country VARCHAR,
    latitude DOUBLE, longitude DOUBLE, grain VARCHAR
);
CREATE TYPE base.times AS STRUCT(
    "start" BIGINT, "end" BIGINT, "text" VARCHAR, "from" VARCHAR, "until" VARCHAR, grain VARCHAR
);
CREATE TYPE base.anchor AS STRUCT("from" VARCHAR, "until" VARCHAR, inferred BOOLEAN, because VARCHAR);
CREATE TYPE base.reason AS STRUCT(field VARCHAR, file VARCHAR, line BIGINT, "row" VARCHAR);
CREATE TYPE base.voice AS STRUCT(
    kind VARCHAR, sources base.actor[], via base.actor[], cue base.span, stance VARCHAR
);
CREATE TYPE base.evidence AS STRUCT(
    "start" BIGINT, "end" BIGINT, "text" VARCHAR, article VARCHAR, outlet VARCHAR, published VARCHAR, "for" BOOLEAN
);
CREATE TYPE base.step AS STRUCT(status VARCHAR, step VARCHAR, "from" VARCHAR, evidence base.evidence[]);

CREATE TABLE base.meta("key" VARCHAR NOT NULL, "value" VARCHAR NOT NULL);

CREATE TABLE base.runs(run BIGINT NOT NULL, "version" VARCHAR NOT NULL);

CREATE TABLE base.articles(
    seq BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    given_id VARCHAR,
    title VARCHAR,
    outlet VARCHAR,
    published VARCHAR,
    language VARCHAR,
    url VARCHAR,
    author VARCHAR,
    "text" VARCHAR NOT NULL,
    superseded_by VARCHAR
);

CREATE TABLE base.codings(
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    run BIGINT NOT NULL,
    latest BOOLEAN NOT NULL,
    digest VARCHAR NOT NULL,
    anchor base.anchor,
    actors base.actor[] NOT NULL,
    places base.place[] NOT NULL,
    times base.times[] NOT NULL
);

CREATE TABLE base.events(
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    "position" BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    "type" VARCHAR NOT NULL,
    act VARCHAR,
    "mode" VARCHAR,
    contexts VARCHAR[] NOT NULL,
    status VARCHAR NOT NULL,
    historical BOOLEAN NOT NULL,
    actors base.actor[] NOT NULL,
    recipients base.actor[] NOT NULL,
    place base.place,
    "when" base.times,
    voice base.voice NOT NULL,
    "trigger" base.span NOT NULL,
    sentence base.span NOT NULL,
    quad VARCHAR NOT NULL,
    intensity DOUBLE,
    score DOUBLE NOT NULL,
    because base.reason[] NOT NULL
);

CREATE TABLE base.statements(
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    "position" BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    sources base.actor[] NOT NULL,
    via base.actor[] NOT NULL,
    cue base.span,
    content base.span[] NOT NULL,
    form VARCHAR NOT NULL,
    status VARCHAR NOT NULL
);

CREATE TABLE base.claims(
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    "position" BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    outlet VARCHAR,
    published VARCHAR,
    kind VARCHAR NOT NULL,
    "name" VARCHAR,
    named BOOLEAN NOT NULL,
    parties base.party[] NOT NULL,
    status VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    "from" VARCHAR,
    "until" VARCHAR,
    grain VARCHAR,
    place base.place,
    voice base.voice NOT NULL,
    span base.span NOT NULL,
    supports BOOLEAN NOT NULL,
    "event" VARCHAR,
    because base.reason[] NOT NULL
);

CREATE TABLE base.problems(
    seq BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    station VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    article VARCHAR
);

CREATE TABLE base.corrections(
    seq BIGINT NOT NULL,
    target VARCHAR NOT NULL,
    article VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    "old" VARCHAR,
    "new" VARCHAR,
    "start" BIGINT,
    "end" BIGINT,
    quote VARCHAR,
    "by" VARCHAR,
    made TIMESTAMP NOT NULL,
    note VARCHAR
);
