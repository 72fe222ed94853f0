"""One module per upstream data set: the publisher's files to rows."""
