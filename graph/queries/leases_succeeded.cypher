// When the work behind each lease last went well. No parameters.
MATCH (l:Lease)
WHERE l.succeeded_at IS NOT NULL
RETURN l.name, l.succeeded_at
