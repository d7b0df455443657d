// How many municipalities of a hub offer each service online, in up to two rows to be added up: what they offer themselves,
// and what only the Amt (9 digits) offers that they belong to. One variable path for both takes 30 times as long on Ladybug.
// $hub: slug.
MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WITH s, count(*) AS number
RETURN s.leika_id AS service, number
UNION ALL
MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality)-[:PART_OF]->(a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WHERE size(a.ars) = 9 AND NOT EXISTS { MATCH (m)-[:OFFERS_ONLINE]->(s) }
RETURN s.leika_id AS service, count(DISTINCT m.ars) AS number
