// Hub and project of each ownership. No parameters.
MATCH (h:Hub)-[:OWNS]->(p:Project)
RETURN h.slug, p.id
