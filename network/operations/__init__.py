"""Operations over HTTP: documents, their cost and limits, trusted ones, their running and their use."""
