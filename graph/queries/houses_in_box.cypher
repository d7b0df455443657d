// Houses between two latitudes and two longitudes: municipalities and associations, hubs (one without coordinates lies
// where its town does, if one municipality of its state has that name) and universities. None of them is guarded.
// $south, $north, $west, $east: degrees. $without: kinds of municipality to leave out. $most: most rows of each kind.
MATCH (m:Municipality)
WHERE m.lat >= $south AND m.lat <= $north AND m.lon >= $west AND m.lon <= $east AND NOT m.kind IN $without
WITH m ORDER BY m.ars LIMIT $most
RETURN 'Municipality' AS label, m.ars AS key, m.lat AS lat, m.lon AS lon
UNION ALL
MATCH (u:University)
WHERE u.lat >= $south AND u.lat <= $north AND u.lon >= $west AND u.lon <= $east
WITH u ORDER BY u.ror LIMIT $most
RETURN 'University' AS label, u.ror AS key, u.lat AS lat, u.lon AS lon
UNION ALL
MATCH (h:Hub)
WHERE h.lat >= $south AND h.lat <= $north AND h.lon >= $west AND h.lon <= $east
WITH h ORDER BY h.slug LIMIT $most
RETURN 'Hub' AS label, h.slug AS key, h.lat AS lat, h.lon AS lon
UNION ALL
MATCH (h:Hub), (m:Municipality)
WHERE (h.lat IS NULL OR h.lon IS NULL) AND m.state = h.state AND NOT m.kind IN $without AND m.lat IS NOT NULL
  AND m.lon IS NOT NULL AND (m.name = h.town OR m.name STARTS WITH (h.town + ', '))
WITH h.slug AS key, count(*) AS towns, min(m.lat) AS lat, min(m.lon) AS lon
WHERE towns = 1 AND lat >= $south AND lat <= $north AND lon >= $west AND lon <= $east
WITH key, lat, lon ORDER BY key LIMIT $most
RETURN 'Hub' AS label, key, lat, lon
