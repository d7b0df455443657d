// Lines of the audit trail about some entities.
// $entities: global ids.
MATCH (c:Change)
WHERE c.entity IN $entities
RETURN c.id
