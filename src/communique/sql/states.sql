-- How ties stood on $at, with their parties' codes; those of which all of $codes (in small letters) are parties.
SELECT
    s.tie, t.kind, t."name",
    (SELECT list(p.code ORDER BY p.code) FROM base.tie_parties AS p WHERE p.tie = s.tie) AS parties,
    s.status, s.step, s.since, s."until"
FROM base.tie_states AS s
JOIN base.ties AS t ON t.id = s.tie
WHERE coalesce(s."from" <= $at, TRUE) AND coalesce(s."to" > $at, TRUE)
    AND (len($codes) = 0 OR s.tie IN (
        SELECT tie FROM base.tie_parties WHERE list_contains($codes, lower(code))
        GROUP BY tie HAVING count(DISTINCT lower(code)) = len($codes)
    ))
    AND (len($kinds) = 0 OR list_contains($kinds, t.kind))
    AND (len($statuses) = 0 OR list_contains($statuses, s.status))
ORDER BY t.kind, parties, t."name", s.tie
