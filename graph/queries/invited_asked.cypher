// People with one of some memberships by an invitation that was not revoked.
// $memberships: as texts, not empty. $reviewing: whether leads and reviewers of all hubs count, too. $limit: most rows.
MATCH (m:InvitedMember)
WHERE m.revoked_at IS NULL
  AND (m.membership IN $memberships
       OR ($reviewing AND (m.membership STARTS WITH 'hub_lead:' OR m.membership STARTS WITH 'reviewer:')))
RETURN DISTINCT m.actor
ORDER BY m.actor
LIMIT $limit
