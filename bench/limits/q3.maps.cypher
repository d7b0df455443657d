// Q3, the bare limit on Neo4j: hub, 20 municipalities, five adoptions each, their projects and hubs. $hub
MATCH (h:Hub {slug: $hub})-[:SERVES]->(m:Municipality)
WITH h, m ORDER BY m.population DESC, m.ars LIMIT 20
CALL (m) {
  MATCH (m)-[:MADE]->(a:Adoption) WITH a ORDER BY a.since DESC, a.id LIMIT 5
  MATCH (a)-[:OF]->(p:Project) OPTIONAL MATCH (p)<-[:OWNS]-(x:Hub)
  RETURN collect(a {.id, .status, .since, project: p {.title, hub: x {.name}}}) AS adoptions
}
WITH h, collect(m {.ars, .name, .population, adoptions: adoptions}) AS municipalities
RETURN {name: h.name, municipalities: municipalities}
