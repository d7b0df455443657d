// Memberships by invitation that somebody holds at a house.
// $actor: whose. $house: global id.
MATCH (m:InvitedMember)
WHERE m.actor = $actor AND m.house = $house AND m.revoked_at IS NULL
RETURN m.id, m.membership
ORDER BY m.id
