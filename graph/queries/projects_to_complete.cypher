// Registered projects that leave something open which nobody was asked about yet, and were not asked anything since a day.
// $before: the day, as 2026-11-02. $skip: rows left out in front. $limit: most rows. The fields are those of graph.commands.completing.QUESTIONS.
MATCH (p:Project {origin: 'REGISTERED'})
WHERE p.stage IN ['DRAFT', 'PUBLISHED'] AND p.created_at < $before
  AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(t:Task {kind: 'COMPLETE_ENTRY'}) WHERE t.is_open OR t.since >= $before }
  AND (EXISTS { MATCH (p)<-[:OWNS]-() } OR EXISTS { MATCH (p)-[:REVIEWED_BY]->(:Hub) })
  AND (
    (p.writeup = '' AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'writeup'}) })
    OR (p.effort_days IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'effort_days'}) })
    OR (p.one_off_cost IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'one_off_cost'}) })
    OR (p.yearly_cost IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'yearly_cost'}) })
    OR (p.what_failed IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'what_failed'}) })
    OR (p.lessons_learned IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'lessons_learned'}) })
    OR (p.prerequisites IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'prerequisites'}) })
    OR (p.legal_basis IS NULL AND NOT EXISTS { MATCH (p)<-[:REGARDS]-(:Task {kind: 'COMPLETE_ENTRY', note: 'legal_basis'}) })
  )
RETURN p.id
ORDER BY p.created_at, p.id
SKIP $skip LIMIT $limit
