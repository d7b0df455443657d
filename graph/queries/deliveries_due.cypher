// Deliveries to be tried now, those that wait longest first, with the webhook of each.
// $now: the instant. $busy: webhooks that are left out. $resting: webhooks that are left out but for pings.
// $limit: most rows. No list is empty.
MATCH (d:Delivery)
WHERE d.due_at <= $now AND d.delivered_at IS NULL AND d.failed_at IS NULL
  AND NOT d.webhook IN $busy AND (d.kind = 'PING' OR NOT d.webhook IN $resting)
RETURN d.id, d.webhook
ORDER BY d.due_at, d.id
LIMIT $limit
