-- Takes the texts out of a copy of a record: of each report nothing is kept, of each passage its first words, its place and a
-- hash of the whole, by which whoever has the text can check it.
CREATE TABLE base.quotes AS
SELECT DISTINCT article, span."start" AS "start", span."end" AS "end", sha256(span."text") AS sha256
FROM (
    SELECT article, sentence AS span FROM base.events
    UNION ALL SELECT article, unnest(content) FROM base.statements
    UNION ALL SELECT article, span FROM base.claims
)
ORDER BY ALL;

CREATE TEMP MACRO short(quote) AS CASE WHEN length(quote) <= 60 THEN quote ELSE left(quote, 50) || '…' END;
CREATE TEMP MACRO cut(span) AS {'start': span."start", 'end': span."end", 'text': short(span."text")};
CREATE TEMP MACRO cut_evidence(items) AS [
    {'start': x."start", 'end': x."end", 'text': short(x."text"), 'article': x.article, 'outlet': x.outlet, 'published': x.published,
     'for': x."for"} FOR x IN items
];

UPDATE base.articles SET "text" = '';
UPDATE base.events SET sentence = cut(sentence);
UPDATE base.statements SET content = [cut(x) FOR x IN content];
UPDATE base.claims SET span = cut(span);
UPDATE base.ties SET
    evidence = cut_evidence(evidence),
    history = [{'status': h.status, 'step': h.step, 'from': h."from", 'evidence': cut_evidence(h.evidence)} FOR h IN history];
UPDATE base.happening_values SET "text" = short("text");
UPDATE base.quantities SET "text" = short("text");
UPDATE base.event_faces SET words = [], "names" = [];
INSERT INTO base.meta VALUES ('without_text', 'true');
