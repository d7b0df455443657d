// Open questions about what an entry leaves open. No parameters.
MATCH (t:Task {kind: 'COMPLETE_ENTRY', is_open: true})
RETURN t.id, t.note ORDER BY t.id
