-- What reports say of the happenings $ids, field by field.
SELECT
    v.happening, v.field, v."value", v."least", v."most", v.unit,
    {"start": v."start", "end": v."end", "text": v."text"} AS span,
    {
        "event": v."event", article: v.article, story: v.story, outlet: v.outlet, published: v.published, voice: v.voice,
        sources: v.sources
    } AS told
FROM base.happening_values AS v
WHERE list_contains($ids, v.happening)
ORDER BY v.happening, v.field, v.published, v.article, v."start", v."value"
