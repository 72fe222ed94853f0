"""The typed config: sections, defaults, contradictions, and one clear message for each."""
