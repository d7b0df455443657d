// Which municipalities of a hub offer services online; what an Amt (9 digits) offers, its municipalities offer.
// $hub: slug. $services: their LeiKa keys. $limit: most rows.
MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality)-[:PART_OF*0..1]->(a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WHERE (a.ars = m.ars OR size(a.ars) = 9) AND s.leika_id IN $services
WITH DISTINCT s.leika_id AS service, m.ars AS ars
RETURN service, ars ORDER BY service, ars LIMIT $limit
