// The event of a ping that waits to be sent to a webhook.
// $webhook: its id.
MATCH (d:Delivery)
WHERE d.webhook = $webhook AND d.kind = 'PING' AND d.delivered_at IS NULL AND d.failed_at IS NULL
RETURN d.news
LIMIT 1
