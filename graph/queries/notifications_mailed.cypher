// Lines of an inbox that one digest holds, the newest first.
// $actor: whose. $at: the instant at which the digest was written.
MATCH (n:Notification {actor: $actor, mailed_at: $at})
RETURN n.id
ORDER BY n.at DESC, n.id
