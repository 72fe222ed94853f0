"""The only error in building the embedded world: the config asks for more than it has to tell."""

from semantic_tokens.errors import InputError


class TooFew(InputError):
    """`most` is what the language `lang` has where `asked` is wanted; `key` is the config's, below `data`."""

    def __init__(self, key: str, asked: int, most: int, lang: str) -> None:
        super().__init__(f"data.{key} = {asked}: must be at most {most}, all that the embedded world has in {lang!r}")
        self.key, self.most = key, most


def least(errors: list[TooFew]) -> TooFew:
    """The error to raise among those of all languages: for the first key, what every language has."""
    return min((error for error in errors if error.key == errors[0].key), key=lambda error: error.most)
