// Projects that $project derives from in at most four steps: (id, steps), no relationship twice on a way.
// Parameters: project.
MATCH path = (:Project {id: $project})-[:DERIVED_FROM*1..4]->(origin:Project)
RETURN origin.id, length(path) ORDER BY length(path), origin.id
