// Saved searches that were not run since an instant, those that waited longest first.
// $before: the instant. $limit: most rows.
MATCH (s:SavedSearch)
WHERE coalesce(s.ran_at, '') < $before
RETURN s.id, s.actor, s.name, s.query, s.filter
ORDER BY coalesce(s.ran_at, ''), s.id
LIMIT $limit
