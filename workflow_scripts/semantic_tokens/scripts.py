"""The script (ISO 15924) that a text is written in, and the scripts that put no space between words.

These are the scripts that Unicode's line breaking (UAX #14) breaks without spaces: ideographs, Kana, and those of South
East Asia that need a dictionary.
"""

from functools import cache

from fontTools import unicodedata

UNSPACED = ("Hani", "Bopo", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr")
_NO_SCRIPT = ("Zyyy", "Zinh", "Zzzz")  # common (digits, punctuation, marks of tokenizers), inherited, unknown
NAMES = ("none", *sorted(unicodedata.Scripts.NAMES))


@cache
def of_character(character: str) -> str | None:
    """None for a character that belongs to no script of its own."""
    code = unicodedata.script(character)
    return None if code in _NO_SCRIPT else code


def of_text(text: str) -> str | None:
    """The script of the first character that has one. Japanese is written in three: Hani, Hira and Kana."""
    return next((script for script in map(of_character, text) if script), None)


def number_of(text: str) -> int:
    """The place of a text's script in `NAMES`, 0 where it has none."""
    return _NUMBERS[of_text(text)]


def is_unspaced(text: str) -> bool:
    """Whether all characters are of scripts without spaces, and one is a letter or a number: CJK punctuation alone is
    none. The mark of long Kana vowels, shared by two scripts, is of such a script too."""
    return all(map(_is_unspaced, text)) and any(unicodedata.category(c)[0] in "LN" for c in text)


@cache
def _is_unspaced(character: str) -> bool:
    return not unicodedata.script_extension(character).isdisjoint(UNSPACED)


_NUMBERS = {None: 0} | {name: number for number, name in enumerate(NAMES)}
