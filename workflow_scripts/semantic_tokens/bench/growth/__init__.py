"""How the cost of each stage grows with the vocabulary: the rows `growth-*` of `make bench` (docs/bench.md)."""
