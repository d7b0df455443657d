// Which of the entities somebody other than one actor has changed, by the audit trail.
// $entities: global ids; $actor: as `graph.actors.actor_id` names it.
MATCH (change:Change)
WHERE change.entity IN $entities AND change.actor <> $actor
RETURN DISTINCT change.entity
