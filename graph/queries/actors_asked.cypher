// People who had one of some memberships when last seen.
// $memberships: as texts, not empty. $reviewing: whether leads and reviewers of all hubs count, too. $limit: most rows.
MATCH (a:Actor)
WHERE any(m IN a.memberships WHERE m IN $memberships)
   OR ($reviewing AND any(m IN a.memberships WHERE m STARTS WITH 'hub_lead:' OR m STARTS WITH 'reviewer:'))
RETURN a.id
ORDER BY a.id
LIMIT $limit
