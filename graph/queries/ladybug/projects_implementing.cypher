// As the shared query; the list is cut after it was collected, since Ladybug has no CALL {}.
// $services: their LeiKa keys. $most: most projects of each. $audiences: reader tokens, not empty.
UNWIND $services AS key
MATCH (s:Service {leika_id: key})
OPTIONAL MATCH (s)<-[:IMPLEMENTS]-(p:Project)
WHERE p.stage = 'PUBLISHED' AND list_has_any(p.readers, $audiences)
WITH key, p.id AS id, p.title_sort AS title
ORDER BY title, id LIMIT 1000000
WITH key, collect(id) AS ids
RETURN key, size(ids) AS number, list_slice(ids, 1, $most) AS first
