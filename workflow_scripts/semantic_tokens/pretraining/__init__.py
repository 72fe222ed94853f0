"""Pretraining, from scratch or continual: packed token cache, keyed masking, resumable loop (section 2.4)."""
