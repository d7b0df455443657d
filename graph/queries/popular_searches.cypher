// Popular searches that begin as a text does, or one of whose words does; those used last, first.
// $prefix: folded text. $inside: the same after a space. $since: instant of the oldest use that counts. $most: most rows.
MATCH (s:PopularSearch)
WHERE s.is_popular AND s.last_used_at >= $since AND (s.text STARTS WITH $prefix OR s.text CONTAINS $inside)
RETURN s.text, s.display
ORDER BY s.last_used_at DESC, s.text
LIMIT $most
