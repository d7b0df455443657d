// As the shared query, word for word but for `list_has_any`: `any(…)` over a parameter is beyond Ladybug here.
// What the audience may not see, adoptions and projects, neither counts nor shows.
// $ars: the municipality. $audiences: reader tokens, not empty. $limit: most rows.
// $most_projects, $most_candidates: where the search is cut, by project id, and by shared projects and ars.
MATCH (m:Municipality {ars: $ars})
OPTIONAL MATCH (m)-[:MADE]->(a:Adoption)-[:OF]->(p:Project)
WHERE list_has_any(a.readers, $audiences) AND list_has_any(p.readers, $audiences)
WITH m, collect(DISTINCT p.id) AS adopted
OPTIONAL MATCH (p:Project)-[i:INVOLVES]->(m)
WHERE list_has_any(p.readers, $audiences) AND (i.confirmed_at IS NOT NULL OR p.origin <> 'REGISTERED')
WITH adopted, collect(DISTINCT p.id) AS involved
UNWIND adopted + involved AS id
WITH DISTINCT id
ORDER BY id LIMIT $most_projects
WITH collect(id) AS ids
WITH ids, size(ids) AS own
UNWIND ids AS id
MATCH (p:Project {id: id})
OPTIONAL MATCH (o:Municipality)-[:MADE]->(a:Adoption)-[:OF]->(p)
WHERE list_has_any(a.readers, $audiences)
WITH own, p.id AS id, collect(DISTINCT o.ars) AS adopters
OPTIONAL MATCH (p:Project {id: id})-[i:INVOLVES]->(o:Municipality)
WHERE i.confirmed_at IS NOT NULL OR p.origin <> 'REGISTERED'
WITH own, id, adopters, collect(DISTINCT o.ars) AS involved
UNWIND adopters + involved AS peer
WITH own, peer, collect(DISTINCT id) AS shared
WHERE peer <> $ars AND size(shared) >= 2
WITH own, peer, shared, size(shared) AS n
ORDER BY n DESC, peer LIMIT $most_candidates
OPTIONAL MATCH (o:Municipality {ars: peer})-[:MADE]->(a:Adoption)-[:OF]->(p:Project)
WHERE list_has_any(a.readers, $audiences) AND list_has_any(p.readers, $audiences)
WITH own, peer, shared, n, collect(DISTINCT p.id) AS adopted
OPTIONAL MATCH (p:Project)-[i:INVOLVES]->(o:Municipality {ars: peer})
WHERE list_has_any(p.readers, $audiences) AND (i.confirmed_at IS NOT NULL OR p.origin <> 'REGISTERED')
WITH own, peer, shared, n, adopted, collect(DISTINCT p.id) AS involved
UNWIND adopted + involved AS id
WITH own, peer, shared, n, count(DISTINCT id) AS total
RETURN peer, n, n * 1.0 / (own + total - n) AS similarity, shared
ORDER BY similarity DESC, peer
LIMIT $limit
