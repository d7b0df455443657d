// Id and title of each project. No parameters.
MATCH (p:Project)
RETURN p.id, p.title
