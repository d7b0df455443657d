// As the shared query; `any(…)` over a parameter is beyond Ladybug.
// $duties: whose tasks, as tokens. $audiences: reader tokens. $limit: most rows. No list is empty.
MATCH (t:Task {is_open: true})
WHERE list_has_any(t.doers, $duties) AND list_has_any(t.readers, $audiences)
RETURN t.id, t.kind, t.entity, t.subject, t.note, t.since, t.due
ORDER BY coalesce(t.due, '9999'), t.since, t.id
LIMIT $limit
