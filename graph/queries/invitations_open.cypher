// Invitations that somebody may still accept.
// $house: global id, "" for any. $inviter: who sent them, as the audit trail names it, "" for anybody. $now: the instant.
// $limit: most rows.
MATCH (i:Invitation)
WHERE ($house = '' OR i.house = $house) AND ($inviter = '' OR i.invited_by = $inviter)
  AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $now
RETURN i.id
ORDER BY i.created_at, i.id
LIMIT $limit
