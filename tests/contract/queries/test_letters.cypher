// Letters about an entity.
// Parameters: entity.
MATCH (n:Letter) WHERE n.entity = $entity RETURN n.id AS id ORDER BY id
