// Where all letters go, and what for. No parameters.
MATCH (l:Letter)
RETURN l.id AS id, l.email AS email, l.purpose AS purpose
ORDER BY id
