// News that wait to be told. No parameters.
MATCH (n:News)
RETURN n.kind, n.entity, n.id
ORDER BY n.created_at, n.id
