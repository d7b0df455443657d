// Entities that the index has not heard of. No parameters.
MATCH (e:OutboxEvent)
RETURN e.entity
