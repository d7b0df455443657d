// As the shared query, but a municipality has two rows: nothing goes on after a UNION there. OPTIONAL MATCH goes on from
// what the keys found, a MATCH would scan its tables whole. `any(…)` over a parameter is beyond Ladybug.
// $keys: their ars. $audiences: reader tokens, not empty.
UNWIND $keys AS key
MATCH (m:Municipality {ars: key})
OPTIONAL MATCH (m)-[:MADE]->(a:Adoption)-[:OF]->(p:Project)
WHERE list_has_any(a.readers, $audiences) AND list_has_any(p.readers, $audiences)
RETURN key AS ars, collect(DISTINCT p.id) AS projects
UNION ALL
UNWIND $keys AS key
MATCH (m:Municipality {ars: key})
OPTIONAL MATCH (m)<-[i:INVOLVES]-(p:Project)
WHERE list_has_any(p.readers, $audiences) AND (i.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND i.asked_at IS NULL))
RETURN key AS ars, collect(DISTINCT p.id) AS projects
