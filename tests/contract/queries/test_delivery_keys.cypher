// Ids of all deliveries. No parameters.
MATCH (d:Delivery)
RETURN d.id
ORDER BY d.id
