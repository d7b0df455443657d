// Municipalities that share at least two projects with one of ours, and which: those that share most, first.
// A project is a municipality's as in projects_of_municipalities.
// $ars: the municipality. $last_project: of its projects, those up to this id. $audiences: reader tokens, not empty.
// $most_candidates: most rows.
MATCH (m:Municipality {ars: $ars})
CALL (m) {
  MATCH (m)-[:MADE]->(a:Adoption)-[:OF]->(p:Project)
  WHERE p.id <= $last_project AND any(r IN a.readers WHERE r IN $audiences) AND any(r IN p.readers WHERE r IN $audiences)
  RETURN p
  UNION
  MATCH (m)<-[i:INVOLVES]-(p:Project)
  WHERE p.id <= $last_project AND any(r IN p.readers WHERE r IN $audiences)
    AND (i.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND i.asked_at IS NULL))
  RETURN p
}
CALL (p) {
  MATCH (p)<-[:OF]-(a:Adoption)<-[:MADE]-(o:Municipality)
  WHERE any(r IN a.readers WHERE r IN $audiences)
  RETURN o
  UNION
  MATCH (p)-[i:INVOLVES]->(o:Municipality)
  WHERE i.confirmed_at IS NOT NULL OR (p.origin <> 'REGISTERED' AND i.asked_at IS NULL)
  RETURN o
}
WITH m, o, collect(p.id) AS projects
WHERE o <> m AND size(projects) >= 2
RETURN o.ars, projects
ORDER BY size(projects) DESC, o.ars
LIMIT $most_candidates
