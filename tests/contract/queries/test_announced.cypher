// All news that nobody was told yet. No parameters.
MATCH (n:News)
RETURN n.kind AS kind, n.entity AS entity
ORDER BY kind, entity
