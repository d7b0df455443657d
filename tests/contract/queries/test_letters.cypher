// The keys of all letters. No parameters.
MATCH (l:Letter)
RETURN l.id
ORDER BY l.id
