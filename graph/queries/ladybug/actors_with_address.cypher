// As the shared query; `any(…)` over a parameter is beyond Ladybug.
// $memberships: e.g. hub_lead:zeitz, not empty. $limit: most rows.
MATCH (a:Actor)
WHERE a.email IS NOT NULL AND list_has_any(a.memberships, $memberships)
RETURN a.id
ORDER BY a.id
LIMIT $limit
