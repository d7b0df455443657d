// What is known of somebody who comes in: as what last seen, and each membership by invitation that holds.
// $actor: whose. `is_there` tells whether the graph still has the house of a membership.
MATCH (a:Actor)
WHERE a.id = $actor
RETURN a.seen_at AS seen_at, coalesce(a.email, '') AS email, a.memberships AS memberships, '' AS invited, true AS is_there
UNION ALL
MATCH (m:InvitedMember)
WHERE m.actor = $actor AND m.revoked_at IS NULL
OPTIONAL MATCH (hub:Hub) WHERE hub.slug = m.house_key AND m.house STARTS WITH 'Hub:'
OPTIONAL MATCH (town:Municipality) WHERE town.ars = m.house_key AND m.house STARTS WITH 'Municipality:'
OPTIONAL MATCH (university:University) WHERE university.ror = m.house_key AND m.house STARTS WITH 'University:'
OPTIONAL MATCH (firm:Organisation) WHERE firm.slug = m.house_key AND m.house STARTS WITH 'Organisation:'
RETURN '' AS seen_at, '' AS email, [''] AS memberships, m.membership AS invited,
       coalesce(hub.slug, town.ars, university.ror, firm.slug) IS NOT NULL AS is_there
