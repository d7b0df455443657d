// The projects of municipalities: what they adopted or are involved in; a registered involvement counts once confirmed.
// What the audience may not see, adoptions and projects, is left out. A row for each municipality that there is.
// $keys: their ars. $audiences: reader tokens, not empty.
UNWIND $keys AS key
MATCH (m:Municipality {ars: key})
OPTIONAL MATCH (m)-[:MADE]->(a:Adoption)-[:OF]->(p:Project)
WHERE any(r IN a.readers WHERE r IN $audiences) AND any(r IN p.readers WHERE r IN $audiences)
WITH m, collect(DISTINCT p.id) AS adopted
OPTIONAL MATCH (p:Project)-[i:INVOLVES]->(m)
WHERE any(r IN p.readers WHERE r IN $audiences) AND (i.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND i.asked_at IS NULL))
WITH m, adopted, collect(DISTINCT p.id) AS involved
RETURN m.ars, adopted + involved
