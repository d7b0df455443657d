// As the shared query, but a municipality has up to two rows: nothing goes on after a UNION there, and behind an UNWIND
// a path scans its tables whole. `any(…)` over a parameter is beyond Ladybug.
// $keys: their ars. $audiences: reader tokens, not empty.
MATCH (m:Municipality)-[:MADE]->(a:Adoption)-[:OF]->(p:Project)
WHERE m.ars IN $keys AND list_has_any(a.readers, $audiences) AND list_has_any(p.readers, $audiences)
RETURN m.ars AS ars, collect(DISTINCT p.id) AS projects
UNION ALL
MATCH (m:Municipality)<-[i:INVOLVES]-(p:Project)
WHERE m.ars IN $keys AND list_has_any(p.readers, $audiences) AND (i.confirmed_at IS NOT NULL OR p.origin <> 'REGISTERED')
RETURN m.ars AS ars, collect(DISTINCT p.id) AS projects
