// Webhooks that are in use and take news of a kind.
// $kind: `NewsKind`. $limit: most rows.
MATCH (w:Webhook)
WHERE w.disabled_at IS NULL AND (w.kinds IS NULL OR size(w.kinds) = 0 OR $kind IN w.kinds)
RETURN w.id, w.actor
ORDER BY w.id
LIMIT $limit
