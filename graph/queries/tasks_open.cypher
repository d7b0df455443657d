// Open tasks that ask somebody, the most urgent first.
// $duties: whose tasks, as tokens. $audiences: reader tokens. $limit: most rows. No list is empty.
MATCH (t:Task {is_open: true})
WHERE any(d IN t.doers WHERE d IN $duties) AND any(r IN t.readers WHERE r IN $audiences)
RETURN t.id, t.kind, t.entity, t.subject, t.note, t.since, t.due
ORDER BY coalesce(t.due, '9999'), t.since, t.id
LIMIT $limit
