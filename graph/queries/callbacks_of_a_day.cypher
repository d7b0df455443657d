// How many calls were asked for about an entry since an instant, answered or not.
// $entity: its global id. $since: the instant.
MATCH (t:Task {kind: 'CALL_BACK'})
WHERE t.entity = $entity AND t.since >= $since
RETURN count(t)
