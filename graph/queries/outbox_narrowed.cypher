// Entities that lost readers or are gone, until the index has confirmed.
MATCH (e:OutboxEvent)
WHERE e.narrows = true
RETURN e.entity
