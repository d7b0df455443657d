// Id, title and version of each project. No parameters.
MATCH (p:Project)
RETURN p.id, p.title, p.version
