"""Cross-lingual subword alignment (CLSA): token pairs from dictionaries, InfoNCE on the embedding table (section
2.2)."""
