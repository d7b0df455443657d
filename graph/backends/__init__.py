"""How the graph is kept: the statements that both databases take, and one room for each of them."""
