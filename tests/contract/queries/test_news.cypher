// News of one kind, the oldest first. $kind: which.
MATCH (n:News {kind: $kind})
RETURN n.entity, n.id, n.actor ORDER BY n.at, n.id
