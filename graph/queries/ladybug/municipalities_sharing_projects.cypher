// As the shared query, but a municipality has up to four rows, neither counted nor cut: nothing goes on after a UNION
// there. One path from end to end each: a path that goes on after a WITH scans its tables whole, 15 times as slow.
// $ars: the municipality. $last_project: of its projects, those up to this id. $audiences: reader tokens, not empty.
MATCH (m:Municipality {ars: $ars})-[:MADE]->(a:Adoption)-[:OF]->(p:Project)<-[:OF]-(b:Adoption)<-[:MADE]-(o:Municipality)
WHERE p.id <= $last_project AND list_has_any(a.readers, $audiences) AND list_has_any(p.readers, $audiences)
  AND list_has_any(b.readers, $audiences)
RETURN o.ars AS ars, collect(DISTINCT p.id) AS projects
UNION ALL
MATCH (m:Municipality {ars: $ars})-[:MADE]->(a:Adoption)-[:OF]->(p:Project)-[j:INVOLVES]->(o:Municipality)
WHERE p.id <= $last_project AND list_has_any(a.readers, $audiences) AND list_has_any(p.readers, $audiences)
  AND (j.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND j.asked_at IS NULL))
RETURN o.ars AS ars, collect(DISTINCT p.id) AS projects
UNION ALL
MATCH (m:Municipality {ars: $ars})<-[i:INVOLVES]-(p:Project)<-[:OF]-(b:Adoption)<-[:MADE]-(o:Municipality)
WHERE p.id <= $last_project AND list_has_any(p.readers, $audiences) AND list_has_any(b.readers, $audiences)
  AND (i.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND i.asked_at IS NULL))
RETURN o.ars AS ars, collect(DISTINCT p.id) AS projects
UNION ALL
MATCH (m:Municipality {ars: $ars})<-[i:INVOLVES]-(p:Project)-[j:INVOLVES]->(o:Municipality)
WHERE p.id <= $last_project AND list_has_any(p.readers, $audiences)
  AND (i.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND i.asked_at IS NULL))
  AND (j.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND j.asked_at IS NULL))
RETURN o.ars AS ars, collect(DISTINCT p.id) AS projects
