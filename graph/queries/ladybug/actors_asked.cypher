// As the shared query; `any(…)` over a parameter is beyond Ladybug.
// $memberships: as texts, not empty. $reviewing: whether leads and reviewers of all hubs count, too. $limit: most rows.
MATCH (a:Actor)
WHERE list_has_any(a.memberships, $memberships)
   OR ($reviewing AND any(m IN a.memberships WHERE m STARTS WITH 'hub_lead:' OR m STARTS WITH 'reviewer:'))
RETURN a.id
ORDER BY a.id
LIMIT $limit
