"""Cross-lingual subword alignment (CLSA): dictionaries to token pairs, InfoNCE on the embedding table (section 2.2)."""
