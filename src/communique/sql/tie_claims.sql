-- The claims that ties rest on, tie by tie; those ties only that have claims about all of $codes (in small letters).
SELECT t.tie, c.*
FROM base.tie_claims AS t
JOIN base.claims AS c ON c.id = t.claim
JOIN base.counted USING (coding)
WHERE len($codes) = 0 OR t.tie IN (
    SELECT tie FROM (
        SELECT t.tie, unnest(list_filter($codes, lambda x: x IN (lower(p.party.entity), lower(p.party.country)))) AS code
        FROM base.tie_claims AS t
        JOIN (SELECT id, coding, unnest(parties) AS party FROM base.claims) AS p ON p.id = t.claim
    )
    GROUP BY tie HAVING count(DISTINCT code) = len($codes)
)
