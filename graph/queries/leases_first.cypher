// When anybody first held a lease here: as good as the first start. No parameters.
MATCH (l:Lease)
RETURN min(l.created_at)
