// Webhooks that are in use and take news of a kind.
// $kind: `NewsKind`. $actors: whose alone, where $personal says so; not empty. $limit: most rows.
MATCH (w:Webhook)
WHERE w.disabled_at IS NULL AND (NOT $personal OR w.actor IN $actors) AND (w.kinds IS NULL OR size(w.kinds) = 0 OR $kind IN w.kinds)
RETURN w.id, w.actor
ORDER BY w.id
LIMIT $limit
