-- Events with what their report says of itself, and what has become of their coding. Filters and order are appended.
SELECT *
FROM (
    SELECT
        e.*,
        a.outlet,
        a.published,
        a.url,
        k.latest,
        a.superseded_by,
        r."version",
        coalesce(e."when"."from", e."when"."until") IS NOT NULL AS dated,
        coalesce(a.published, k.anchor."from") AS reported,
        CASE
            WHEN coalesce(e."when"."from", e."when"."until") IS NOT NULL THEN 'text'
            WHEN a.published IS NOT NULL THEN 'published'
            WHEN k.anchor IS NOT NULL THEN 'anchor'
        END AS day_source,
        coalesce(e."when"."from", e."when"."until", a.published, k.anchor."from") AS "day"
    FROM base.events AS e
    JOIN base.codings AS k USING (coding)
    JOIN base.runs AS r USING (run)
    JOIN base.articles AS a ON a.id = e.article
) AS e
