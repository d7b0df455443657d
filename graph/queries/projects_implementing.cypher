// How many published projects implement each service, of those the audience may see, and the first of them by title.
// $services: their LeiKa keys. $most: most projects of each. $audiences: reader tokens, not empty.
UNWIND $services AS key
MATCH (s:Service {leika_id: key})
CALL (s) {
  MATCH (s)<-[:IMPLEMENTS]-(p:Project)
  WHERE p.stage = 'PUBLISHED' AND any(r IN p.readers WHERE r IN $audiences)
  RETURN count(p) AS number
}
CALL (s) {
  MATCH (s)<-[:IMPLEMENTS]-(p:Project)
  WHERE p.stage = 'PUBLISHED' AND any(r IN p.readers WHERE r IN $audiences)
  WITH p ORDER BY p.title_sort, p.id LIMIT $most
  RETURN collect(p.id) AS ids
}
RETURN key, number, ids
