"""Houses, people, topics, services, funding and events, and `node(id)`."""
