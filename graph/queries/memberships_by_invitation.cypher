// Memberships by invitation, and whether they were revoked.
// $actors: whose, as ids of `Actor`; not empty.
MATCH (m:InvitedMember)
WHERE m.actor IN $actors
RETURN m.actor, m.membership, m.revoked_at IS NOT NULL
