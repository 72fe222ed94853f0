"""Semantic tokens: merge the subwords of a multilingual encoder and measure what survives (arXiv 2411.04530)."""
