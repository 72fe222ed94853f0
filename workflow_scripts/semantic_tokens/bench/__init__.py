"""Side-by-side measurements: the cost of our code relative to what its user would use instead (docs/bench.md)."""
