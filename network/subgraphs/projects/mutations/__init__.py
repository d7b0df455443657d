"""What the projects subgraph lets callers change: inputs that become commands of `graph.commands`."""
