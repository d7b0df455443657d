// Q2, the bare limit on Neo4j: 100 projects of a hub with topics, by title. $hub, $limit
MATCH (h:Hub {slug: $hub})-[:OWNS]->(p:Project)
WITH h, p ORDER BY p.title_sort, p.id LIMIT $limit
RETURN collect(p {.id, .slug, .title, .summary, .status, .started, .updated_at, .one_off_cost,
  hub: {name: h.name},
  topics: COLLECT { MATCH (p)-[:ADDRESSES]->(t:Topic) WITH t ORDER BY t.name_sort RETURN t {.name_de} }
})
