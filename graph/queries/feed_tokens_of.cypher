// Somebody's feed addresses, the latest first.
// $actor: whose. $limit: most rows.
MATCH (f:FeedToken)
WHERE f.actor = $actor
RETURN f.id, f.name, f.form, f.page, f.created_at, f.expires_at, f.used_on
ORDER BY f.created_at DESC, f.id
LIMIT $limit
