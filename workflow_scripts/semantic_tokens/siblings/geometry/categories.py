"""Unicode categories of tokens: the rule of Hyperpolyglot (arXiv 2311.18034), and the same without tokenizer marks.

A character's category is the first word of its Unicode name for a letter (LATIN, CJK, ...) and its major class for
anything else; a token's is that of most of its characters, of equals the one that stands first. As published, the word
mark of SentencePiece is one of the characters: a one-letter word counts as Symbol, since the mark stands first.

A first word need not be a writing system. The corrected rule takes NFKC forms first, in which letters of another width,
font or position (FULLWIDTH, HALFWIDTH, MATHEMATICAL, SCRIPT, FEMININE, MICRO, KELVIN) are ordinary ones. As systems of
their own still count MODIFIER (letters such as the apostrophe), IDEOGRAPHIC and KATAKANA-HIRAGANA (marks that repeat or
lengthen); OLD, NEW, TAI and LINEAR each stand for several systems.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np

from semantic_tokens.grouping.surface import readable, surfaces

Rule = Literal["paper", "corrected"]
CLASSES = {
    "M": "Mark",
    "N": "Number",
    "P": "Punctuation",
    "S": "Symbol",
    "Z": "Separator",
    "C": "Control",
}
NO_TEXT = "Empty"  # a token that is nothing but a mark


def categories(tokens: Sequence[str], rule: Rule) -> np.ndarray:
    """str [n]: the category of each token; `corrected` takes `▁` and `##` away first, and NFKC forms of the rest."""
    if rule == "paper":
        return np.array([category(text) for text in readable(tokens)])
    return np.array([category(unicodedata.normalize("NFKC", text)) for text in surfaces(tokens).texts])


def category(text: str) -> str:
    """The category of most characters; ties go to the first."""
    counts = Counter(map(_of_character, text))
    return counts.most_common(1)[0][0] if counts else NO_TEXT


def is_writing_system(name: str) -> bool:
    """Whether a category is one of letters: their names are in capitals, those of classes are not."""
    return name.isupper()


def writing_systems(of_tokens: np.ndarray) -> np.ndarray:
    """int [n]: a number for each token's writing system, from 0 on; -1 for a token that is not of letters."""
    names, codes = np.unique(of_tokens, return_inverse=True)
    numbers = np.where([is_writing_system(name) for name in names], np.arange(len(names)), -1)
    return numbers[codes]


@cache
def _of_character(character: str) -> str:
    major = unicodedata.category(character)[0]
    return unicodedata.name(character, "UNNAMED").split(" ")[0] if major == "L" else CLASSES[major]
