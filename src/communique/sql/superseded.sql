-- A report that comes again under the same address, or under the same given id and no other outlet, supersedes what
-- came before it. Run when new reports are in; $first is the `seq` of the first of them.
WITH coded AS (SELECT * FROM base.articles WHERE id IN (SELECT article FROM base.codings))
UPDATE base.articles AS older
SET superseded_by = newer.id
FROM (
    SELECT older, arg_min(id, seq) AS id
    FROM (
        SELECT o.id AS older, n.id, n.seq
        FROM base.articles AS o JOIN coded AS n ON n.url = o.url AND n.seq > o.seq
        WHERE n.seq >= $first AND o.superseded_by IS NULL
        UNION ALL
        SELECT o.id AS older, n.id, n.seq
        FROM base.articles AS o JOIN coded AS n ON n.given_id = o.given_id AND n.seq > o.seq
        WHERE n.seq >= $first AND o.superseded_by IS NULL AND coalesce(n.outlet = o.outlet, TRUE)
    )
    GROUP BY older
) AS newer
WHERE older.id = newer.older;
