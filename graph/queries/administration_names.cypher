// Every administration by key, name, kind, district and state, for looking keys up by name.
MATCH (administration:Municipality)
RETURN administration.ars, administration.name, administration.kind, administration.district, administration.state
ORDER BY administration.ars
