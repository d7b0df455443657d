// How many letters wait, the instant since when the first is due and not tried, and how many were given up.
// $now: the instant.
MATCH (l:Letter)
WHERE l.sent_at IS NULL
RETURN sum(CASE WHEN l.failed_at IS NULL THEN 1 ELSE 0 END),
       min(CASE WHEN l.failed_at IS NULL AND l.due_at <= $now THEN l.due_at ELSE NULL END),
       sum(CASE WHEN l.failed_at IS NULL THEN 0 ELSE 1 END)
