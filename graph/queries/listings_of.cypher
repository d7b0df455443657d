// Entries of experts that are about one person: by her account, or by an address of hers while no account spoke for her.
// $actor: her pseudonym. $emails: her address, as it may be stored. $limit: most rows.
MATCH (e:Expert)
WHERE e.is_person AND (e.actor = $actor OR (e.actor IS NULL AND e.email IN $emails))
RETURN e.id
ORDER BY e.id
LIMIT $limit
