"""Projects and what hangs on them: adoptions, reports, results, needs, questions."""
