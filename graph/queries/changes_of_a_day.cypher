// How often somebody did something since an instant, by the audit trail.
// $actor: as `graph.actors.actor_id` names it. $actions: what. $since: the instant.
MATCH (c:Change)
WHERE c.actor = $actor AND c.at >= $since AND c.action IN $actions
RETURN count(c)
