"""What is wrong with a config: where, the value there, and the rule that it breaks."""

KeyPath = tuple[str | int, ...]
ABSENT = object()  # the value of a key that the config does not have
Problem = tuple[KeyPath, object, str]
