"""One module per upstream data set: files in the publisher's layout -> rows of the canonical tables."""
