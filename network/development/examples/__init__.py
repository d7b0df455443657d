"""What development shows beside the facts: a made-up network, entered by the sample accounts through the commands of everybody.

**Nothing here may be taken for a fact.** The houses that own, adopt, host, seek and offer are made up, as their names say; so
are the services they offer. Houses that exist are only asked and only read: their hubs have a made-up project to review, their
sample accounts follow one and have a draft that nobody else sees. Thus no page says of one that it does anything; only where
services are counted, theirs lack the made-up ones. Every title begins with `cast.MARK`, every text and every list of sources
says that it is made up; the marks are in the data, so that they also stand in the API, in tables and in e-mails.

They are not taken out one by one: what they leave in trail and inboxes is meant to stay. Who wants to be rid of them starts
with an empty store.
"""
