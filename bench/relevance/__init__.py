"""How well search finds: judged queries, measures, and the systems that are compared (bench/relevance/README.md)."""
