"""The only error that a user's input can cause."""


class InputError(ValueError):
    """Bad input: the message names the file and row, or the config key, the value found and what is allowed."""
