// What changed an entity beyond a version, the latest first.
// $entity: its global id. $version: that version. $limit: most rows.
MATCH (c:Change {entity: $entity})
WHERE c.version > $version
RETURN c.id, c.version, c.before, c.after
ORDER BY c.version DESC, c.id DESC
LIMIT $limit
