// As the shared query; `any(…)` over a parameter is beyond Ladybug.
// $audiences: reader tokens, not empty. $in_reuse: statuses of adoptions that count.
MATCH (h:Hub)
RETURN 'hubs' AS name, count(h) AS number
UNION ALL
MATCH (:Hub)-[:SERVES]->(m:Municipality)
RETURN 'municipalities' AS name, count(DISTINCT m.ars) AS number
UNION ALL
MATCH (u:University)
RETURN 'universities' AS name, count(u) AS number
UNION ALL
MATCH (p:Project)
WHERE p.stage = 'PUBLISHED' AND list_has_any(p.readers, $audiences)
RETURN 'projects' AS name, count(p) AS number
UNION ALL
MATCH (a:Adoption)-[:OF]->(p:Project)
WHERE a.confirmed_by_owner_at IS NOT NULL AND a.status IN $in_reuse AND list_has_any(a.readers, $audiences)
  AND p.stage = 'PUBLISHED' AND list_has_any(p.readers, $audiences)
RETURN 'confirmed_adoptions' AS name, count(a) AS number
UNION ALL
MATCH (n:Need)
WHERE n.status = 'OPEN' AND list_has_any(n.readers, $audiences)
RETURN 'open_needs' AS name, count(n) AS number
