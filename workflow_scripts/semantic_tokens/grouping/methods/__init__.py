"""The grouping methods, one module each."""
