"""What a name may be: a backbone's, a study's, a dictionary's, a grouping method's."""

NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"
