-- The claims that count: those of the latest coding of each report that no later version supersedes. Asked for what
-- was known by $known_by, a version counts as long as the next one was not yet published.
SELECT c.*
FROM base.claims AS c
JOIN base.codings AS k USING (coding)
JOIN base.articles AS a ON a.id = c.article
LEFT JOIN base.articles AS n ON n.id = a.superseded_by
WHERE k.latest AND (a.superseded_by IS NULL OR n.published > $known_by)
ORDER BY c.id, c.coding;
