// As the shared query; a way of Ladybug repeats relationships unless TRAIL forbids it.
// Parameters: project.
MATCH path = (:Project {id: $project})-[:DERIVED_FROM* TRAIL 1..4]->(origin:Project)
RETURN origin.id, length(path) ORDER BY length(path), origin.id
