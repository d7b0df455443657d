// Services whose online status is recorded anywhere, each with how many administrations offer it online.
// $topic: slug of a topic that a project which implements the service addresses; "" for all services.
// $audiences: reader tokens, not empty: of which projects that is taken.
MATCH (a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
WITH s, count(a) AS recorded
WHERE $topic = '' OR EXISTS {
  MATCH (s)<-[:IMPLEMENTS]-(p:Project)-[:ADDRESSES]->(:Topic {slug: $topic})
  WHERE any(r IN p.readers WHERE r IN $audiences)
}
RETURN s.leika_id, s.name, s.name_sort, recorded
