// Q3 with lists instead of maps. $hub
MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality)
WITH h, m ORDER BY m.population DESC, m.ars LIMIT 20
CALL (m) {
  MATCH (m)-[:MADE]->(a:Adoption) WITH a ORDER BY a.since DESC, a.id LIMIT 5
  MATCH (a)-[:OF]->(p:Project) OPTIONAL MATCH (p)<-[:OWNS]-(x:Hub)
  RETURN collect([a.id, a.status, a.since, p.title, x.name]) AS adoptions
}
WITH h, collect([m.ars, m.name, m.population, adoptions]) AS municipalities
RETURN [h.name, municipalities]
