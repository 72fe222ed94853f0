"""The user's own data: any data set of the hub, or local files, by an entry of the config."""
