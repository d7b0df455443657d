// Adoptions that are to be confirmed again by a day, and whose house was not asked yet, the longest overdue first.
// $until: the day, as 2026-11-02. $in_reuse: statuses that are asked about. $skip: rows left out in front. $limit: most rows.
MATCH (a:Adoption)
WHERE a.reconfirm_by <= $until AND a.status IN $in_reuse
  AND NOT EXISTS { MATCH (a)<-[:REGARDS]-(:Task {kind: 'RECONFIRM_ADOPTION', is_open: true}) }
RETURN a.id
ORDER BY a.reconfirm_by, a.id
SKIP $skip LIMIT $limit
