// News that nobody was told of yet and that may be tried now, the oldest first.
// $now: the instant. $limit: most rows.
MATCH (n:News)
WHERE n.due_at <= $now
RETURN n.id, n.kind, n.entity, n.actor, n.at, n.attempts, n.due_at
ORDER BY n.at, n.id
LIMIT $limit
