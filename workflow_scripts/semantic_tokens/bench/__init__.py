"""Side-by-side measurements: what our code costs, over what its user would take instead (docs/bench.md)."""
