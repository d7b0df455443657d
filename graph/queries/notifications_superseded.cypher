// Lines that nobody has read and that a newer one of the same kind about the same entity makes pointless.
// $entity: global id. $kind: `NewsKind`. $actors: whose; not empty.
MATCH (n:Notification)
WHERE n.entity = $entity AND n.kind = $kind AND n.read_at IS NULL AND n.actor IN $actors
RETURN n.id
