// How many news nobody was told of yet, and the instant of the oldest. No parameters.
MATCH (n:News)
RETURN count(*), min(n.at)
