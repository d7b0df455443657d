// Lines of an inbox that their owner has neither read nor got by e-mail, the newest first.
// $actor: whose. $without: a kind that is mailed otherwise, or ''. $limit: most rows.
MATCH (n:Notification {actor: $actor})
WHERE n.read_at IS NULL AND n.mailed_at IS NULL AND n.kind <> $without
RETURN n.id
ORDER BY n.at DESC, n.id
LIMIT $limit
