// Q1, the bare limit on Neo4j: one project with hub, topics and five municipalities, as one map. $slug
MATCH (p:Project {slug: $slug})
RETURN p {.slug, .title, .summary, .status, .started,
  hub: head([(p)<-[:OWNS]-(h:Hub) | h {.slug, .name}]),
  topics: COLLECT { MATCH (p)-[:ADDRESSES]->(t:Topic) WITH t ORDER BY t.name_sort RETURN t {.slug, .name_de} },
  municipalities: COLLECT {
    MATCH (p)-[:INVOLVES]->(m:Municipality) WITH m ORDER BY m.name_sort, m.ars LIMIT 5
    RETURN m {.ars, .name, .state, .population} }
}
