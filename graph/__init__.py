"""The model of record: nodes, links, units of work and the two databases behind them."""
