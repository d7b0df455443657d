// Letters that were sent or given up long ago.
// $before: the instant. $limit: most rows.
MATCH (l:Letter)
WHERE l.sent_at < $before OR l.failed_at < $before
RETURN l.id
LIMIT $limit
