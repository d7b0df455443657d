// Q5 with lists instead of maps. $ids
UNWIND $ids AS id
OPTIONAL MATCH (p:Project {id: id})
RETURN collect([p.id, p.title, head([(p)<-[:OWNS]-(h:Hub) | h.name])])
