// How many events wait, and the instant of the oldest.
MATCH (e:OutboxEvent)
RETURN count(*), min(e.at)
