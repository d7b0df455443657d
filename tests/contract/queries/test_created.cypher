// What the audit trail says was created, once per line. No parameters.
MATCH (c:Change)
WHERE c.action = 'create'
RETURN c.entity
