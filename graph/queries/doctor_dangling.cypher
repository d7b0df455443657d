// Records that lost the node they say something about.
// $limit: rows at most, of each kind.
MATCH (n:Adoption)
WHERE NOT EXISTS { MATCH (n)-[:OF]->(:Project) } OR NOT EXISTS { MATCH (n)<-[:MADE]-() }
RETURN 'Adoption' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:ExperienceReport)
WHERE NOT EXISTS { MATCH (n)-[:ABOUT]->(:Adoption) }
RETURN 'ExperienceReport' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:Result)
WHERE NOT EXISTS { MATCH (n)<-[:HAS_RESULT]-(:Project) }
RETURN 'Result' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:Document)
WHERE NOT EXISTS { MATCH (n)<-[:HAS_DOCUMENT]-(:Project) }
RETURN 'Document' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:Need)
WHERE NOT EXISTS { MATCH (n)<-[:HAS]-() }
RETURN 'Need' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:Answer)
WHERE NOT EXISTS { MATCH (n)-[:TO]->(:Question) }
RETURN 'Answer' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:Expert)
WHERE NOT EXISTS { MATCH (n)-[:WORKS_AT]->() }
RETURN 'Expert' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:ReviewComment)
WHERE NOT EXISTS { MATCH (n)-[:REMARKS_ON]->(:Project) }
RETURN 'ReviewComment' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:Task)
WHERE NOT EXISTS { MATCH (n)-[:REGARDS]->() }
RETURN 'Task' AS label, n.id AS key LIMIT $limit
