// How many saved searches are due, and since when the longest waiting was not run.
// $before: the instant; what was run since is not due.
MATCH (s:SavedSearch)
WHERE coalesce(s.ran_at, '') < $before
RETURN count(*), min(coalesce(s.ran_at, s.created_at))
