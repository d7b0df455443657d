// Memberships by invitation that were not revoked.
// $actors: whose, as ids of `Actor`; not empty.
MATCH (m:InvitedMember)
WHERE m.actor IN $actors AND m.revoked_at IS NULL
RETURN m.actor, m.membership
