"""What a name may be, a backbone's, a study's, a dictionary's or a grouping method's, and paths as names."""

NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"


def file_stem(place: object) -> str:
    """A condition, or a prefix of one, as one part of a path."""
    return str(place).replace("/", "-")
