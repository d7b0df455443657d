// Deliveries that arrived or were given up long ago.
// $before: the instant. $limit: most rows.
MATCH (d:Delivery)
WHERE d.delivered_at < $before OR d.failed_at < $before
RETURN d.id
LIMIT $limit
