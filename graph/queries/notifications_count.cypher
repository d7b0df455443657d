// How many lines somebody's inbox has.
// $actor: whose. $unread: only those not read yet.
MATCH (n:Notification)
WHERE n.actor = $actor AND (NOT $unread OR n.read_at IS NULL)
RETURN count(*)
