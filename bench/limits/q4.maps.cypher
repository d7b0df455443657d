// Q4, the bare limit on Neo4j: municipalities that adopted at least two of the same projects. $ars
MATCH (m:Municipality {ars: $ars})
CALL (m) {
  MATCH (m)-[:MADE]->(:Adoption)-[:OF]->(:Project)<-[:OF]-(:Adoption)<-[:MADE]-(o:Municipality)
  WITH m, o, count(*) AS shared WHERE shared >= 2 AND o <> m
  WITH o, shared,
       toFloat(shared) / (COUNT { (m)-[:MADE]->() } + COUNT { (o)-[:MADE]->() } - shared) AS similarity
  ORDER BY similarity DESC, o.ars LIMIT 10
  RETURN collect({ars: o.ars, name: o.name, shared: shared, similarity: similarity}) AS peers
}
RETURN peers
