// How many searches are remembered, popular or not.
MATCH (s:PopularSearch)
RETURN count(s)
