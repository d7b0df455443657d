// Entity and action of each line of the audit trail about a project. No parameters.
MATCH (c:Change)
WHERE c.entity STARTS WITH 'Project:'
RETURN c.entity, c.action
