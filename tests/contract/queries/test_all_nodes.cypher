// Label and key of the nodes that these tests make. No parameters.
MATCH (n:Municipality) RETURN 'Municipality' AS label, n.ars AS key
UNION ALL
MATCH (n:Project) RETURN 'Project' AS label, n.id AS key
UNION ALL
MATCH (n:Adoption) RETURN 'Adoption' AS label, n.id AS key
