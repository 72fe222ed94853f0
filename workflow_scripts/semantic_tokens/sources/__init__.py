"""One module an upstream data set: files in the publisher's own layout -> rows of the canonical tables."""
