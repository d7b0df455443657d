// How many municipalities offer each service online whose online status is recorded anywhere: a row for each service and
// hub that serves some of them, and one with NULL for those that no hub serves. What an Amt (9 digits) offers, each of
// its municipalities offers.
// $topic: slug of a topic that projects implementing the service address, "" for all services.
// $audiences: reader tokens, not empty; they decide which projects count for $topic.
MATCH (a:Municipality)-[:OFFERS_ONLINE]->(s:Service)
