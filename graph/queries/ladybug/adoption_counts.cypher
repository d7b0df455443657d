// As the shared query; `any(…)` over a parameter is beyond Ladybug.
// $projects: their ids. $audiences: reader tokens, not empty.
UNWIND $projects AS key
MATCH (p:Project {id: key})<-[:OF]-(a:Adoption)
WHERE list_has_any(p.readers, $audiences) AND list_has_any(a.readers, $audiences)
RETURN p.id, a.status, a.confirmed_by_owner_at IS NOT NULL AS is_confirmed, count(*) AS number
