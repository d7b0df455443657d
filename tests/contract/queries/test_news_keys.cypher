// The keys of all news. No parameters.
MATCH (n:News)
RETURN n.id
ORDER BY n.at, n.id
