// All deliveries to webhooks. No parameters.
MATCH (d:Delivery)
RETURN d.webhook, d.kind, d.entity
ORDER BY d.webhook, d.id
