// How many municipalities of each hub offer some services online, in up to two rows to be added up: what they offer
// themselves, and what only the Amt (9 digits) offers that they belong to. One variable path for both takes 30 times as long
// on Ladybug.
// $services: their LeiKa keys; all of a network would be hubs times services.
MATCH (h:Hub)-[:SERVES]->(m:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WHERE s.leika_id IN $services
WITH h, s, count(*) AS number
RETURN h.slug AS hub, s.leika_id AS service, number
UNION ALL
MATCH (h:Hub)-[:SERVES]->(m:Municipality)-[:PART_OF]->(a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WHERE s.leika_id IN $services AND size(a.ars) = 9 AND NOT EXISTS { MATCH (m)-[:OFFERS_ONLINE]->(s) }
RETURN h.slug AS hub, s.leika_id AS service, count(DISTINCT m.ars) AS number
