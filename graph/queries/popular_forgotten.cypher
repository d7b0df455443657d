// Searches that nobody has used for a time, the longest first.
// $before: instant of the youngest use that is forgotten. $limit: most rows.
MATCH (s:PopularSearch)
WHERE s.last_used_at < $before
RETURN s.text, s.last_used_at
ORDER BY s.last_used_at, s.text
LIMIT $limit
