// Q1 with lists instead of maps. $slug
MATCH (p:Project {slug: $slug})
RETURN [p.slug, p.title, p.summary, p.status, p.started,
  head([(p)<-[:OWNS]-(h:Hub) | [h.slug, h.name]]),
  COLLECT { MATCH (p)-[:ADDRESSES]->(t:Topic) WITH t ORDER BY t.name_sort RETURN [t.slug, t.name_de] },
  COLLECT {
    MATCH (p)-[:INVOLVES]->(m:Municipality) WITH m ORDER BY m.name_sort, m.ars LIMIT 5
    RETURN [m.ars, m.name, m.state, m.population] }
]
