// Deliveries that an index of what is due leads to.
// $before: the instant.
MATCH (d:Delivery)
WHERE d.due_at <= $before
RETURN d.id
