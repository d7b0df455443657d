// Ids of lines that somebody has not read.
// $actor: whose. $until: not those that came after this instant. $limit: most rows.
MATCH (n:Notification)
WHERE n.actor = $actor AND n.read_at IS NULL AND n.at <= $until
RETURN n.id
ORDER BY n.at, n.id
LIMIT $limit
