// Somebody's webhooks, the oldest first.
// $actor: whose. $limit: most rows.
MATCH (w:Webhook)
WHERE w.actor = $actor
RETURN w.id, w.url, w.kinds, w.failures, w.disabled_at, w.created_at
ORDER BY w.created_at, w.id
LIMIT $limit
