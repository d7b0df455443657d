// Letters about one thing. $entity: global id.
MATCH (l:Letter)
WHERE l.entity = $entity
RETURN l.id
ORDER BY l.created_at, l.id
