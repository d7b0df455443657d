// Published projects that nobody confirmed since a day, nobody was asked about, and somebody answers for.
// $before: the day, as 2026-11-02. $skip: rows left out in front. $limit: most rows.
MATCH (p:Project {stage: 'PUBLISHED'})
WHERE coalesce(p.confirmed_at, '') < $before
  AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'CONFIRM_CURRENT', is_open: true}) }
  AND (EXISTS { MATCH (p)<-[:OWNS]-() } OR EXISTS { MATCH (p)-[:REVIEWED_BY]->(:Hub) })
RETURN p.id
ORDER BY coalesce(p.confirmed_at, ''), p.id
SKIP $skip LIMIT $limit
