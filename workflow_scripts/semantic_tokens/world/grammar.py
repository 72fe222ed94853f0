"""How each language puts a clause together: word order, adpositions, negation, questions and spacing.

The grammar is deliberately small. It gives each language its own order and function words, so that a model must read
the clause to know who did what; it does not inflect (word forms are drawn from the lexicon as they stand).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semantic_tokens.world.lexicon import Lexicon


@dataclass(frozen=True)
class Word:
    """One token of a sentence; `label` is its BIO entity tag, `role` the clause role that it fills."""

    text: str
    label: str = "O"
    role: str = ""


@dataclass(frozen=True)
class Profile:
    """Orders are strings over S(ubject) V(erb) O(bject) L(ocation) T(ime) N(egation); P is a copular predicate."""

    order: str
    copular_order: str
    adjective_first: bool
    prepositions: bool
    question_first: bool
    generic_first: bool  # "Company X" rather than "X Company"
    year_first: bool = True  # "year 1987" rather than "1987 year"
    year_is_locative: bool = False
    family_first: bool = False
    space: str = " "
    stop: str = "."
    question_mark: str = "?"


PROFILES = {
    "en": Profile("SNVOLT", "SVNP", True, True, True, False),
    "es": Profile("SNVOLT", "SNVP", False, True, True, True),
    "ru": Profile("TSNVOL", "SNVP", True, True, True, True, year_first=False),
    "ar": Profile("NVSOLT", "NVSP", False, True, True, True, question_mark="؟"),
    "hi": Profile("STLONV", "SPNV", True, False, False, False, year_first=False, stop="।"),
    "sw": Profile("SNVOLT", "SNVP", False, True, True, True),
    "tr": Profile("STLOVN", "SPNV", True, False, False, False, year_first=False, year_is_locative=True),
    "zh": Profile(
        "STLNVO", "SNVP", True, True, False, False, year_first=False, family_first=True,
        space="", stop="。", question_mark="？",
    ),
}  # fmt: skip

# clause role -> the words that fill it
Roles = Mapping[str, Sequence[Word]]


def clause(lang: str, roles: Roles, copular: bool = False) -> list[Word]:
    """Put the roles in the language's order; each word is marked with its role."""
    profile = PROFILES[lang]
    order = profile.copular_order + "LT" if copular else profile.order
    return [Word(word.text, word.label, role) for role in order for word in roles.get(role, ())]


def statement(lang: str, words: Sequence[Word]) -> list[Word]:
    return [*words, Word(PROFILES[lang].stop)]


def question(lang: str, roles: Roles, asked: str, question_words: Sequence[Word], copular: bool = False) -> list[Word]:
    """Ask for one role: the question word is fronted or stays in place, as the language does."""
    if PROFILES[lang].question_first:
        rest = clause(lang, {role: words for role, words in roles.items() if role != asked}, copular)
        words = [*question_words, *rest]
    else:
        words = clause(lang, {**roles, asked: question_words}, copular)
    return [*words, Word(PROFILES[lang].question_mark)]


def adpositional(lang: str, adposition: Sequence[Word], phrase: Sequence[Word]) -> list[Word]:
    return [*adposition, *phrase] if PROFILES[lang].prepositions else [*phrase, *adposition]


def modified(lang: str, adjective: Sequence[Word], noun: Sequence[Word]) -> list[Word]:
    return [*adjective, *noun] if PROFILES[lang].adjective_first else [*noun, *adjective]


def written(lang: str, words: Sequence[Word]) -> tuple[str, list[int]]:
    """The text of a word sequence and the character offset at which each word starts."""
    space, text, starts = PROFILES[lang].space, "", []
    for word in words:
        glued = not text or word.text in {".", "。", "।", "?", "؟", "？", ",", "，"}
        text += "" if glued else space
        starts.append(len(text))
        text += word.text
    return text, starts


def function_word(lexicon: Lexicon, lang: str, gloss: str) -> list[Word]:
    """The language's word for a gloss; empty where it has none (articles in Russian)."""
    forms = lexicon.function_words[gloss][lang]
    return [Word(forms[0])] if forms else []
