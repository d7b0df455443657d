// Names that people begin to type: hubs, universities, topics, and administrations that still exist, the largest first.
// None of them is guarded.
// $most: most rows of each kind.
MATCH (n:Hub)
WITH n ORDER BY n.slug LIMIT $most
RETURN 'Hub' AS label, n.slug AS key, n.name AS name, coalesce(n.town, '') AS beside, coalesce(n.state, '') AS state,
  '' AS district, 0 AS size
UNION ALL
MATCH (n:University)
WITH n ORDER BY n.ror LIMIT $most
RETURN 'University' AS label, n.ror AS key, n.name AS name, coalesce(n.town, '') AS beside,
  coalesce(n.state, '') AS state, '' AS district, 0 AS size
UNION ALL
MATCH (n:Topic)
WITH n ORDER BY n.slug LIMIT $most
RETURN 'Topic' AS label, n.slug AS key, n.name_de AS name, coalesce(n.name_en, '') AS beside, '' AS state,
  '' AS district, 0 AS size
UNION ALL
MATCH (n:Municipality)
WHERE n.valid_to IS NULL
WITH n ORDER BY coalesce(n.population, 0) DESC, n.ars LIMIT $most
RETURN 'Municipality' AS label, n.ars AS key, n.name AS name, '' AS beside, n.state AS state,
  coalesce(n.district, '') AS district, coalesce(n.population, 0) AS size
