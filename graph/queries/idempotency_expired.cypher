// Records of units that committed before an instant, the oldest first.
// $before: the instant. $limit: most rows.
MATCH (r:Idempotency)
WHERE r.at < $before
RETURN r.id
ORDER BY r.at, r.id
LIMIT $limit
