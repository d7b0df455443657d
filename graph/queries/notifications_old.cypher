// Lines of inboxes that were read before an instant, or came before another one.
// $read_before, $before: the instants. $limit: most rows.
MATCH (n:Notification)
WHERE n.at < $before OR n.read_at < $read_before
RETURN n.id
LIMIT $limit
