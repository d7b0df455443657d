// Submissions that may have waited too long for their own reviewers, the oldest first.
// $before: a day, as 2026-11-02. $skip: rows left out in front. $limit: most rows.
MATCH (p:Project {stage: 'SUBMITTED'})
WHERE p.submitted_at < $before AND p.opened_to_reviewers_at IS NULL
RETURN p.id
ORDER BY p.submitted_at, p.id
SKIP $skip LIMIT $limit
