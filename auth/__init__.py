"""Who is asking, and what they may do. Imports nothing else of ours."""
