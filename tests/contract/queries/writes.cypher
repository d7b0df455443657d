// Writes, so that a read refuses it.
// Parameters: slug.
CREATE (h:Hub {slug: $slug}) RETURN h.slug
