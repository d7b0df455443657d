// Q4, the bare limit on Neo4j: municipalities with at least two of the projects that this one adopted or is involved in,
// by Jaccard; of more than 200 those that share most, as Hubnetz answers. $ars
MATCH (m:Municipality {ars: $ars})
CALL (m) {
  MATCH (m)-[:MADE]->(:Adoption)-[:OF]->(p:Project) RETURN p UNION MATCH (m)<-[:INVOLVES]-(p:Project) RETURN p
}
WITH m, collect(p) AS projects
UNWIND projects AS p
CALL (p) {
  MATCH (p)<-[:OF]-(:Adoption)<-[:MADE]-(o:Municipality) RETURN o UNION MATCH (p)-[:INVOLVES]->(o:Municipality) RETURN o
}
WITH m, size(projects) AS own, o, count(*) AS shared WHERE shared >= 2 AND o <> m
WITH own, o, shared ORDER BY shared DESC, o.ars LIMIT 200
CALL (o) {
  CALL (o) {
    MATCH (o)-[:MADE]->(:Adoption)-[:OF]->(p:Project) RETURN p UNION MATCH (o)<-[:INVOLVES]-(p:Project) RETURN p
  }
  RETURN count(p) AS theirs
}
WITH o, shared, toFloat(shared) / (own + theirs - shared) AS similarity ORDER BY similarity DESC, o.ars LIMIT 10
RETURN collect({ars: o.ars, name: o.name, shared: shared, similarity: similarity})
