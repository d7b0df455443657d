// Every administration with the one that it is part of, NULL if none, by key. No parameters.
MATCH (m:Municipality)
OPTIONAL MATCH (m)-[:PART_OF]->(upper:Municipality)
RETURN m.ars AS ars, upper.ars
ORDER BY ars
