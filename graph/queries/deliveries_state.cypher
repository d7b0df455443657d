// How many deliveries wait, the instant since when the oldest does, and how many were given up. No parameters.
MATCH (d:Delivery)
WHERE d.delivered_at IS NULL
RETURN sum(CASE WHEN d.failed_at IS NULL THEN 1 ELSE 0 END),
       min(CASE WHEN d.failed_at IS NULL THEN d.created_at ELSE NULL END),
       sum(CASE WHEN d.failed_at IS NULL THEN 0 ELSE 1 END)
