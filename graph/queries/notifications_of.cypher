// Lines of somebody's inbox, the latest first, after a place in that order.
// $actor: whose. $unread: only those not read yet. $at, $id: the place; '~' stands before all. $limit: most rows.
MATCH (n:Notification)
WHERE n.actor = $actor AND (NOT $unread OR n.read_at IS NULL) AND (n.at < $at OR (n.at = $at AND n.id < $id))
RETURN n.id, n.kind, n.entity, n.reason, n.at, n.read_at
ORDER BY n.at DESC, n.id DESC
LIMIT $limit
