// What is kept for signing in, and is over: sessions that ended or that nobody used, sign-ins that nobody finished, and
// used tokens that would not work again anyway.
// $now: the instant. $idle: instant of the last use that still counts. $limit: most rows of each kind.
MATCH (n:Session)
WHERE n.expires_at <= $now OR n.touched_at <= $idle
RETURN 'Session' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:SignIn)
WHERE n.expires_at <= $now
RETURN 'SignIn' AS label, n.id AS key LIMIT $limit
UNION ALL
MATCH (n:SeenToken)
WHERE n.expires_at <= $now
RETURN 'SeenToken' AS label, n.id AS key LIMIT $limit
