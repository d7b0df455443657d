// How many follow some things; without those that nobody does.
// $targets: global ids. $limit: most rows.
MATCH (f:Follow)
WHERE f.target IN $targets
WITH f.target AS target, count(*) AS number
RETURN target, number
ORDER BY number DESC, target
LIMIT $limit
