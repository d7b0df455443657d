// Whose doing it was that an entity is there, by the audit trail.
// $entity: global id.
MATCH (c:Change)
WHERE c.entity = $entity
RETURN c.actor
ORDER BY c.at, c.id
LIMIT 1
