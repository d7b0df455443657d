// Entities that lost readers or are gone, until the index has confirmed.
// $limit: most rows.
MATCH (e:OutboxEvent)
WHERE e.narrows = true
RETURN e.entity
LIMIT $limit
