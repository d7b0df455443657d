// News that nobody was told of yet and that may be tried now, the oldest first.
// Those of other kinds wait for a process of the version that wrote them.
// $now: the instant. $kinds: `NewsKind`s. $limit: most rows.
MATCH (n:News)
WHERE n.due_at <= $now AND n.kind IN $kinds
RETURN n.id, n.kind, n.entity, n.house, n.actor, n.at, n.attempts, n.due_at
ORDER BY n.at, n.id
LIMIT $limit
