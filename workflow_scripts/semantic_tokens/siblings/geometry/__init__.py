"""Geometry of embedding tables: what Hyperpolyglot (arXiv 2311.18034) measures, before and after our operations."""
