// Sessions of one person, or of one session at the issuer.
// $iss: the issuer. $sub: the person, $sid: the issuer's session; "" in either stands for any.
MATCH (s:Session)
WHERE s.iss = $iss AND ($sub = '' OR s.sub = $sub) AND ($sid = '' OR s.sid = $sid)
RETURN s.id
ORDER BY s.id
