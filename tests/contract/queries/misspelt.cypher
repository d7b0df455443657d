// No statement of any database.
// Parameters: none.
MATCH (h:Hub) RETRUN h.slug
