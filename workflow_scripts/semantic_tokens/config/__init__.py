"""The typed config: sections, defaults, what contradicts what, and one clear message for each."""
