"""Words and sentences: of the embedded world's lexicon where it has the language, else of syllables in its script.

Word i means the same in every language, so that dictionaries and parallel sentences agree.
"""

import random
from functools import cache
from itertools import count

from semantic_tokens.world.lexicon import LANGUAGES, read_lexicon

LATIN = (list("bdfghjklmnprstwyz"), list("aeiou"))
_ARABIC = (list("بتجدرزسشفقكلمنه"), ["ا", "و", "ي", ""])
_CYRILLIC = (list("бвгджзклмнпрстфхцш"), list("аеиоу"))
# language -> beginnings and ends of its syllables; every other language of the paper is written in Latin letters
SYLLABLES: dict[str, tuple[list[str], list[str]]] = {
    "am": (list("ለመሰረበተነከወዘየደገጠፈ"), ["", "ላ", "ም", "ስ"]),
    "ar": _ARABIC,
    "fa": (["پ", "چ", "ژ", "گ", *_ARABIC[0]], ["ا", "و", "ی", ""]),
    "ur": (["ٹ", "ڈ", "ں", "گ", *_ARABIC[0]], ["ا", "و", "ی", "ے"]),
    "bg": _CYRILLIC,
    "ru": _CYRILLIC,
    "bn": (list("কখগচজটডতদনপবমযরলশসহ"), ["া", "ি", "ু", "ে", "ো"]),
    "hi": (list("कखगचजटडतदनपबमयरलवशसह"), ["ा", "ि", "ु", "े", "ो"]),
    "te": (list("కగచజటడతదనపబమయరలవశసహ"), ["ా", "ి", "ు", "ె", "ో"]),
    "th": (list("กขคงจชดตทนบปพมยรลวสห"), ["า", "ิ", "ุ", "ี", "ู"]),
    "el": (list("βγδζθκλμνπρστφχ"), list("αεηιου")),
    "ja": ([chr(c) for c in range(0x304B, 0x3094)], ["", "い", "う", "ん"]),
    "ko": ([chr(0xAC00 + 588 * i) for i in range(19)], [chr(0xAC00 + 28 * i) for i in range(0, 200, 9)]),
    "zh": ([chr(c) for c in range(0x4E00, 0x5A00)], [chr(c) for c in range(0x6200, 0x6400)]),
}
_NO_SPACES = ("ja", "th", "zh")
_FULL_STOP = {"ja": "。", "zh": "。", "hi": "।", "bn": "।", "ur": "۔", "am": "።", "th": ""}


def made_word(lang: str, rng: random.Random) -> str:
    """A word that means nothing."""
    beginnings, ends = SYLLABLES.get(lang, LATIN)
    return "".join(rng.choice(beginnings) + rng.choice(ends) for _ in range(rng.randint(2, 4)))


@cache
def words(lang: str, n: int) -> tuple[str, ...]:
    """`n` distinct words; the i-th means the same in every language."""
    concepts = list(read_lexicon().concepts.values()) if lang in LANGUAGES else []
    found = dict.fromkeys(concept.forms[lang][0] for concept in concepts[:n])
    rng = random.Random(f"words/{lang}")
    while len(found) < n:
        found.setdefault(made_word(lang, rng))
    return tuple(found)


def joined(lang: str, chosen: list[str]) -> str:
    """A sentence of these words."""
    return ("" if lang in _NO_SPACES else " ").join(chosen) + _FULL_STOP.get(lang, ".")


def sentence(lang: str, meanings: list[int]) -> str:
    """A sentence of the words of these numbers."""
    known = words(lang, WORDS)
    return joined(lang, [known[i] for i in meanings])


def meanings(rng: random.Random, length: int) -> list[int]:
    """`length` numbers of words."""
    return [rng.randrange(WORDS) for _ in range(length)]


def pieces(languages: list[str], n: int) -> list[str]:
    """`n` distinct words for a vocabulary: those that the data is made of, then others, the languages in turn."""
    found = dict.fromkeys(word for lang in languages for word in words(lang, WORDS))
    rng = random.Random("pieces")
    for i in count():
        if len(found) >= n:
            return list(found)[:n]
        found.setdefault(made_word(languages[i % len(languages)], rng))
    raise AssertionError("count() does not end")


WORDS = 240  # that the data is made of, a language
