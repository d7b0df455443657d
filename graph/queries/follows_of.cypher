// What somebody follows, the latest first.
// $actor: whose. $limit: most rows.
MATCH (f:Follow)
WHERE f.actor = $actor
RETURN f.id, f.target, f.created_at
ORDER BY f.created_at DESC, f.id
LIMIT $limit
