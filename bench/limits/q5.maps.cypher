// Q5, the bare limit on Neo4j: 100 projects by id, with title and hub. $ids
UNWIND $ids AS id
OPTIONAL MATCH (p:Project {id: id})
RETURN collect(p {.id, .title, hub: head([(p)<-[:OWNS]-(h:Hub) | h {.name}])})
