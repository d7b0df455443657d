// Who changed some entities, by the audit trail.
// $entities: global ids.
MATCH (c:Change)
WHERE c.entity IN $entities
RETURN DISTINCT c.entity, c.actor
