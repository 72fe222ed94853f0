"""What a pretraining step costs (paper, appendix D, Table 3)."""
