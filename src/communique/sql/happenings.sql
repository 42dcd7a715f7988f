-- Happenings with the day they are ordered by. Filters and order are appended.
SELECT *
FROM (
    SELECT h.*, coalesce(h."from", h."until", h.first_reported) AS "day" FROM base.happenings AS h
) AS h
