// Somebody's saved searches, by name.
// $actor: whose. $limit: most rows.
MATCH (s:SavedSearch)
WHERE s.actor = $actor
RETURN s.id, s.name, s.query, s.filter, s.created_at, s.ran_at
ORDER BY s.name, s.id
LIMIT $limit
