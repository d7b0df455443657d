// Who follows some things, and which of them.
// $targets: global ids. $limit: most rows.
MATCH (f:Follow)
WHERE f.target IN $targets
RETURN f.actor, f.target
ORDER BY f.target, f.actor
LIMIT $limit
