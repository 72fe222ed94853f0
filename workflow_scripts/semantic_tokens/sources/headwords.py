"""The word that an entry of a dictionary is about: `die Königin` is about `Königin`, `to float` about `float`.

Definite articles and the infinitive mark are dropped where one word is left behind them; no entry of two words could be
one subword. Indefinite articles stay: they are part of the meaning of `a few`, `ein wenig`, `un peu`. So do reflexives
(`se laver`) and what may be a preposition as well (German `zu`, Portuguese `a`).
"""

from semantic_tokens.sources.files import Skipped

IN_FRONT: dict[str, tuple[str, ...]] = {
    "de": ("der", "die", "das"),
    "en": ("the", "to"),
    "es": ("el", "la", "los", "las"),
    "fr": ("le", "la", "les", "l'", "l’"),
    "it": ("il", "lo", "la", "i", "gli", "le", "l'", "l’"),
    "nl": ("de", "het"),
}
NOTE = "a leading article or infinitive marker, dropped"


def headword(entry: str, lang: str, line: int, skipped: Skipped) -> str:
    """The entry, which has no blanks at its ends, without what stands in front of its one word; that is noted."""
    if lang not in IN_FRONT or not (" " in entry or "'" in entry or "’" in entry):
        return entry
    for front in IN_FRONT[lang]:
        start = front if front[-1] in "'’" else f"{front} "
        word = entry[len(start) :].strip()
        if entry[: len(start)].lower() == start and word and " " not in word:
            skipped.note(line, NOTE)
            return word
    return entry
