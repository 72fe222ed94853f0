"""One module an upstream data set: the publisher's files to rows."""
