// Events that the index has not heard of: what must vanish first, then the oldest.
// $limit: most rows.
MATCH (e:OutboxEvent)
RETURN e.entity, e.fence, e.narrows
ORDER BY e.narrows DESC, e.at, e.id
LIMIT $limit
