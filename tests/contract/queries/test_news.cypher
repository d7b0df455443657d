// All news that nobody was told yet.
MATCH (n:News) RETURN n.kind AS kind, n.entity AS entity ORDER BY kind, entity
