// Sessions of one person, or of one session at the issuer.
// $iss: the issuer. $sub: the person; $sid: the issuer's session; either may be NULL, which stands for any.
MATCH (s:Session)
WHERE s.iss = $iss AND ($sub IS NULL OR s.sub = $sub) AND ($sid IS NULL OR s.sid = $sid)
RETURN s.id
ORDER BY s.id
