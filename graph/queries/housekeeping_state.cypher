// How many approved projects wait although their day has come, and the day of the longest overdue.
// $today: as 2026-11-02.
MATCH (p:Project {stage: 'SUBMITTED'})
WHERE p.approved_at IS NOT NULL AND coalesce(p.publish_from, '') <= $today
RETURN count(*), min(CASE WHEN coalesce(p.publish_from, '') > p.approved_at THEN p.publish_from ELSE p.approved_at END)
