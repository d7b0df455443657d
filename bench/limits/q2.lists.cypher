// Q2 with lists instead of maps. $hub, $limit
MATCH (h:Hub {slug: $hub})-[:OWNS]->(p:Project)
WITH h, p ORDER BY p.title_sort, p.id LIMIT $limit
RETURN collect([p.id, p.slug, p.title, p.summary, p.status, p.started, p.updated_at, p.one_off_cost, h.name,
  COLLECT { MATCH (p)-[:ADDRESSES]->(t:Topic) WITH t ORDER BY t.name_sort RETURN t.name_de }
])
