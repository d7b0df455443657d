"""The three subgraphs: types with attributes and links, thin resolvers."""
