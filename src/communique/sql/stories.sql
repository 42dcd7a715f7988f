-- Pairs of reports that carry the same copy: half of the shingles of the shorter one are in the other. A shingle that
-- very many reports share is a page's furniture and tells nothing. Of the reports that share one, each is compared with
-- the next few by id: enough to link all copies of a text, however many there are.
WITH
shingle AS (SELECT id AS article, unnest(shingles) AS hash FROM base.articles),
holder AS (
    SELECT
        article,
        list(article) OVER (PARTITION BY hash ORDER BY article ROWS BETWEEN 1 FOLLOWING AND 8 FOLLOWING) AS others,
        count(*) OVER (PARTITION BY hash) AS holders
    FROM shingle
),
pair AS (SELECT article AS one, unnest(others) AS other FROM holder WHERE holders BETWEEN 2 AND 1000),
shared AS (SELECT one, other, count(*) AS n FROM pair GROUP BY one, other)
SELECT s.one, s.other
FROM shared AS s
JOIN base.articles AS a ON a.id = s.one
JOIN base.articles AS b ON b.id = s.other
WHERE 2 * s.n >= least(len(a.shingles), len(b.shingles)) AND (s.n > 4 OR a.shingles = b.shingles)
ORDER BY s.one, s.other;
