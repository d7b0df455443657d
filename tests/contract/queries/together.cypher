// What both databases take alike and shared queries may use: subqueries, UNWIND of rows, collect, several labels.
// Parameters: slugs.
UNWIND $slugs AS slug
MATCH (h:Hub {slug: slug})
RETURN h.slug, COUNT { MATCH (h)-[:SERVES]->(:Municipality) }, EXISTS { MATCH (h)-[:OWNS]->(:Project) }
ORDER BY h.slug
