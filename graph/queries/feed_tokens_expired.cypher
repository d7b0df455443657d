// Feed addresses that are over for long.
// $before: instant that they expired before. $limit: most rows.
MATCH (f:FeedToken)
WHERE f.expires_at < $before
RETURN f.id
LIMIT $limit
