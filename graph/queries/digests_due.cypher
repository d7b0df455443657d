// People whose digest of one kind is due.
// $digest: `DAILY` or `WEEKLY`. $before: since when the last one counts. $limit: most rows.
MATCH (a:Actor {digest: $digest})
WHERE a.email IS NOT NULL AND coalesce(a.digest_at, a.created_at) < $before
RETURN a.id
ORDER BY a.id
LIMIT $limit
