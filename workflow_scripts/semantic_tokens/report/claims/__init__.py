"""The claims ledger: what the papers say, decided by one rule."""
