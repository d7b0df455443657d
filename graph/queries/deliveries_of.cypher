// What was sent to a webhook or waits for it, the latest first.
// $webhook: its id. $limit: most rows.
MATCH (d:Delivery)
WHERE d.webhook = $webhook
RETURN d.id, d.news, d.kind, d.entity, d.at, d.due_at, d.attempts, d.answer, d.delivered_at, d.failed_at
ORDER BY d.at DESC, d.id
LIMIT $limit
