// The personal values of the audit trail. No parameters.
MATCH (p:PersonalValues)
RETURN p.entity, p.before, p.after
ORDER BY p.created_at, p.id
