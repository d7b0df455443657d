// Letters to be tried now, those that wait longest first.
// $now: the instant. $limit: most rows.
MATCH (l:Letter)
WHERE l.sent_at IS NULL AND l.failed_at IS NULL AND l.due_at <= $now
RETURN l.id
ORDER BY l.due_at, l.id
LIMIT $limit
