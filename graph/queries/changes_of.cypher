// The audit trail of one entity, the latest first.
// $entity: its global id. $at, $id: after which line to go on; $at '9' begins. $limit: most rows.
MATCH (c:Change {entity: $entity})
WHERE c.at < $at OR (c.at = $at AND c.id < $id)
RETURN c.id, c.at, c.actor, c.action, c.version, c.before, c.after, c.memberships
ORDER BY c.at DESC, c.id DESC
LIMIT $limit
