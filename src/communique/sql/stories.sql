-- Pairs of reports that carry the same copy: half of the shingles of the shorter one are in the other. A shingle that
-- very many reports share is a page's furniture and tells nothing.
WITH
shingle AS (SELECT id AS article, unnest(shingles) AS hash FROM base.articles),
telling AS (SELECT hash FROM shingle GROUP BY hash HAVING count(*) BETWEEN 2 AND 1000),
shared AS (
    SELECT a.article AS one, b.article AS other, count(*) AS n
    FROM shingle AS a
    JOIN telling USING (hash)
    JOIN shingle AS b USING (hash)
    WHERE a.article < b.article
    GROUP BY a.article, b.article
)
SELECT s.one, s.other
FROM shared AS s
JOIN base.articles AS a ON a.id = s.one
JOIN base.articles AS b ON b.id = s.other
WHERE 2 * s.n >= least(len(a.shingles), len(b.shingles)) AND (s.n > 4 OR a.shingles = b.shingles)
ORDER BY s.one, s.other;
