// Confirmed adoptions that were to be confirmed again before a day, and whose house was asked before it and has not answered.
// $before: the day, as 2026-11-02. $in_reuse: statuses that are asked about. $skip: rows left out in front. $limit: most rows.
MATCH (a:Adoption)
WHERE a.reconfirm_by < $before AND a.status IN $in_reuse AND a.confirmed_by_owner_at IS NOT NULL
  AND EXISTS { MATCH (a)<-[:REGARDS]-(t:Task {kind: 'RECONFIRM_ADOPTION', is_open: true}) WHERE t.since < $before }
RETURN a.id
ORDER BY a.reconfirm_by, a.id
SKIP $skip LIMIT $limit
