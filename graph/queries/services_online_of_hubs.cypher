// How many municipalities of each hub offer each service online; what an Amt (9 digits) offers, its municipalities offer.
MATCH (h:Hub)-[:SERVES]->(m:Municipality)-[:PART_OF*0..1]->(a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WHERE a.ars = m.ars OR size(a.ars) = 9
RETURN h.slug, s.leika_id, count(DISTINCT m.ars)
