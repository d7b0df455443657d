// Single-use links that are over for long.
// $before: instant that they expired before. $limit: most rows.
MATCH (l:SingleUseLink)
WHERE l.expires_at < $before
RETURN l.id
LIMIT $limit
