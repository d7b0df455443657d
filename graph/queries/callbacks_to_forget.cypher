// Calls asked for before an instant whose words are still kept, the oldest first.
// $before: the instant. $limit: most rows.
MATCH (t:Task {kind: 'CALL_BACK'})
WHERE t.since < $before AND t.note IS NOT NULL
RETURN t.id
ORDER BY t.since, t.id
LIMIT $limit
