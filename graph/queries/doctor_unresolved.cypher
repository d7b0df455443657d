// Administrations and universities whose key is one of ours for want of an official one.
// $limit: rows at most.
MATCH (n:Municipality)
WHERE n.ars STARTS WITH 'local:'
RETURN 'Municipality' AS label, n.ars AS key LIMIT $limit
UNION ALL
MATCH (n:University)
WHERE n.ror STARTS WITH 'local:'
RETURN 'University' AS label, n.ror AS key LIMIT $limit
