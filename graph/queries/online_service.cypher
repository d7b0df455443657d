// What is recorded of one service of one administration, as far as it offers it online itself; for everybody.
// $municipality: ARS. $service: LeiKa key.
MATCH (:Municipality {ars: $municipality})-[o:OFFERS_ONLINE]->(:Service {leika_id: $service})
RETURN o.url, o.since, o.source
