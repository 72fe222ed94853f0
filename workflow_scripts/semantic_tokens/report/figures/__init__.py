"""Pictures of scores, as files that are the same bytes for the same numbers."""
