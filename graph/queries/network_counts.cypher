// How much there is of each kind, of what the audience may see.
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
WHERE p.stage = 'PUBLISHED' AND any(r IN p.readers WHERE r IN $audiences)
RETURN 'projects' AS name, count(p) AS number
UNION ALL
MATCH (a:Adoption)-[:OF]->(p:Project)
WHERE a.confirmed_by_owner_at IS NOT NULL AND a.status IN $in_reuse AND any(r IN a.readers WHERE r IN $audiences)
  AND p.stage = 'PUBLISHED' AND any(r IN p.readers WHERE r IN $audiences)
RETURN 'confirmed_adoptions' AS name, count(a) AS number
UNION ALL
MATCH (n:Need)
WHERE n.status = 'OPEN' AND any(r IN n.readers WHERE r IN $audiences)
RETURN 'open_needs' AS name, count(n) AS number
