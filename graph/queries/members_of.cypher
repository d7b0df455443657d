// Who acts for a house: by invitation, and as issuers said when somebody was here last.
// $house: global id. $memberships: those that name it, as texts. $limit: most rows of either kind.
MATCH (m:InvitedMember)
WHERE m.house = $house AND m.revoked_at IS NULL
OPTIONAL MATCH (a:Actor) WHERE a.id = m.actor
RETURN m.id AS invited, m.actor AS actor, m.membership AS membership, m.since AS since,
       coalesce(a.name, '') AS name, coalesce(a.email, '') AS email, coalesce(a.is_listed, false) AS is_listed
LIMIT $limit
UNION ALL
MATCH (a:Actor)
UNWIND a.memberships AS membership
WITH a, membership
WHERE membership IN $memberships
RETURN '' AS invited, a.id AS actor, membership AS membership, a.created_at AS since,
       coalesce(a.name, '') AS name, coalesce(a.email, '') AS email, coalesce(a.is_listed, false) AS is_listed
LIMIT $limit
