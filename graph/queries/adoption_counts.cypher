// How many adoptions of each status projects have that the audience may see, confirmed ones apart.
// $projects: their ids. $audiences: reader tokens, not empty.
UNWIND $projects AS key
MATCH (p:Project {id: key})<-[:OF]-(a:Adoption)
WHERE any(r IN p.readers WHERE r IN $audiences) AND any(r IN a.readers WHERE r IN $audiences)
RETURN p.id, a.status, a.confirmed_by_owner_at IS NOT NULL AS is_confirmed, count(*) AS number
