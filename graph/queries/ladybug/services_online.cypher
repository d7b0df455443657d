// As the shared query; `any(…)` over a parameter is beyond Ladybug.
// $topic: slug of a topic, or "". $audiences: reader tokens, not empty.
MATCH (a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WITH s, count(a) AS recorded
WHERE $topic = '' OR EXISTS {
  MATCH (s)<-[:IMPLEMENTS]-(p:Project)-[:ADDRESSES]->(t:Topic)
  WHERE t.slug = $topic AND list_has_any(p.readers, $audiences)
}
RETURN s.leika_id, s.name, s.name_sort, recorded
