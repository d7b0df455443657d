// People who can be written to and hold one of some memberships, as last seen.
// $memberships: e.g. hub_lead:zeitz, not empty. $limit: most rows.
MATCH (a:Actor)
WHERE a.email IS NOT NULL AND any(m IN a.memberships WHERE m IN $memberships)
RETURN a.id
ORDER BY a.id
LIMIT $limit
