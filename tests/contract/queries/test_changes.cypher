// The whole audit trail. No parameters.
MATCH (c:Change)
RETURN c.entity, c.action, c.actor, c.before, c.after
ORDER BY c.at, c.id
