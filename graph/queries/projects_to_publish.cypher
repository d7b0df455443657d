// Approved projects whose day has come, the longest overdue first.
// $today: as 2026-11-02. $skip: rows left out in front. $limit: most rows.
MATCH (p:Project {stage: 'SUBMITTED'})
WHERE p.approved_at IS NOT NULL AND coalesce(p.publish_from, '') <= $today
RETURN p.id
ORDER BY p.publish_from, p.id
SKIP $skip LIMIT $limit
