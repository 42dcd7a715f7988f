-- Statements with what their report says of itself, and what has become of their coding. Filters are appended.
SELECT *
FROM (
    SELECT s.*, a.outlet, a.published, a.url, a.seq, k.latest, a.superseded_by, r."version"
    FROM base.statements AS s
    JOIN base.codings AS k USING (coding)
    JOIN base.runs AS r USING (run)
    JOIN base.articles AS a ON a.id = s.article
) AS s
