"""The sibling papers (arXiv 2311.18034 and 2502.04269), a folder each."""
