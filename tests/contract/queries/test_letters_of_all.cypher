// All letters.
MATCH (n:Letter) RETURN n.id AS id, n.email AS email, n.purpose AS purpose ORDER BY id
