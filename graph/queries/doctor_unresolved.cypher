// Administrations and universities whose key is one of ours for want of an official one; not those of made-up examples.
// $limit: rows at most.
MATCH (n:Municipality)
WHERE n.ars STARTS WITH 'local:' AND NOT n.name STARTS WITH 'Beispiel: '
RETURN 'Municipality' AS label, n.ars AS key LIMIT $limit
UNION ALL
MATCH (n:University)
WHERE n.ror STARTS WITH 'local:' AND NOT n.name STARTS WITH 'Beispiel: '
RETURN 'University' AS label, n.ror AS key LIMIT $limit
