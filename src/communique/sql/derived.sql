-- What a record derives from its other tables. Every row can be made anew (`communique rebuild`); each column is
-- described in docs/record.md. Records of earlier releases get the tables that they do not have.

CREATE TABLE IF NOT EXISTS base.counted(coding BIGINT NOT NULL, article VARCHAR NOT NULL);

CREATE TABLE IF NOT EXISTS base.signatures(article VARCHAR NOT NULL, digest VARCHAR NOT NULL, bands UBIGINT[] NOT NULL);

CREATE TABLE IF NOT EXISTS base.stories(article VARCHAR NOT NULL, story VARCHAR NOT NULL);

CREATE TABLE IF NOT EXISTS base.quantities(
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    "event" VARCHAR NOT NULL,
    "position" BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    "value" DOUBLE,
    "least" DOUBLE,
    "most" DOUBLE,
    unit VARCHAR,
    about BOOLEAN NOT NULL,
    "start" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "text" VARCHAR NOT NULL,
    because base.reason[] NOT NULL
);

CREATE TABLE IF NOT EXISTS base.event_faces(
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    "event" VARCHAR NOT NULL,
    reported VARCHAR,
    family VARCHAR NOT NULL,
    "mode" VARCHAR,
    actors VARCHAR[] NOT NULL,
    recipients VARCHAR[] NOT NULL,
    persons VARCHAR[] NOT NULL,
    cities VARCHAR[] NOT NULL,
    "from" BIGINT NOT NULL,
    "until" BIGINT NOT NULL,
    stated BOOLEAN NOT NULL,
    "names" VARCHAR[] NOT NULL,
    words VARCHAR[] NOT NULL,
    "start" BIGINT NOT NULL,
    "trigger" VARCHAR NOT NULL,
    lent BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS base.happening_keys(
    coding BIGINT NOT NULL,
    "event" VARCHAR NOT NULL,
    "key" UBIGINT NOT NULL,
    "from" INTEGER NOT NULL,
    "until" INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS base.happenings(
    id VARCHAR NOT NULL,
    "type" VARCHAR NOT NULL,
    act VARCHAR,
    "mode" VARCHAR,
    status VARCHAR NOT NULL,
    actors VARCHAR[] NOT NULL,
    recipients VARCHAR[] NOT NULL,
    "from" VARCHAR,
    "until" VARCHAR,
    grain VARCHAR,
    place base.place,
    place_article VARCHAR,
    reports BIGINT NOT NULL,
    stories BIGINT NOT NULL,
    outlets BIGINT NOT NULL,
    "events" BIGINT NOT NULL,
    first_reported VARCHAR,
    last_reported VARCHAR,
    differing VARCHAR[] NOT NULL
);

CREATE TABLE IF NOT EXISTS base.happening_events(
    happening VARCHAR NOT NULL,
    "event" VARCHAR NOT NULL,
    coding BIGINT NOT NULL,
    article VARCHAR NOT NULL,
    alias VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS base.happening_values(
    happening VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    "value" VARCHAR NOT NULL,
    "least" DOUBLE,
    "most" DOUBLE,
    unit VARCHAR,
    "start" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "text" VARCHAR NOT NULL,
    "event" VARCHAR NOT NULL,
    article VARCHAR NOT NULL,
    story VARCHAR NOT NULL,
    outlet VARCHAR,
    published VARCHAR,
    voice VARCHAR NOT NULL,
    sources VARCHAR[] NOT NULL
);

CREATE TABLE IF NOT EXISTS base.claim_blocks(
    coding BIGINT NOT NULL, claim VARCHAR NOT NULL, block VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS base.ties(
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    "name" VARCHAR,
    parties base.party[] NOT NULL,
    status VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    since VARCHAR,
    "until" VARCHAR,
    place base.place,
    voice base.voice NOT NULL,
    history base.step[] NOT NULL,
    evidence base.evidence[] NOT NULL,
    outlets BIGINT NOT NULL,
    stories BIGINT NOT NULL,
    score DOUBLE NOT NULL,
    because base.reason[] NOT NULL,
    party_articles VARCHAR[] NOT NULL,
    place_article VARCHAR,
    voice_article VARCHAR
);

CREATE TABLE IF NOT EXISTS base.tie_claims(tie VARCHAR NOT NULL, claim VARCHAR NOT NULL);

CREATE TABLE IF NOT EXISTS base.tie_states(
    tie VARCHAR NOT NULL,
    "from" VARCHAR,
    "to" VARCHAR,
    status VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    since VARCHAR,
    "until" VARCHAR
);

CREATE TABLE IF NOT EXISTS base.tie_parties(
    tie VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    "name" VARCHAR,
    country VARCHAR,
    "role" VARCHAR,
    "from" VARCHAR,
    "until" VARCHAR
);

CREATE TABLE IF NOT EXISTS base.aliases(alias VARCHAR NOT NULL, id VARCHAR NOT NULL);
