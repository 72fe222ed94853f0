"""Words of any script, for search and for answer overlap. Scripts written without spaces are split by character."""

import unicodedata

import regex

from semantic_tokens.scripts import UNSPACED

UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th"})
_UNSPACED = "".join(rf"\p{{{script}}}" for script in UNSPACED) + "ー"
_TERM = regex.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+", regex.VERSION1)
_CHARACTER_OR_WORD = regex.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_WORD = regex.compile(r"\S+")


def search_terms(text: str) -> list[str]:
    """Lower-case runs of letters, combining marks and digits; scripts without spaces as single characters and bigrams.

    Bigrams are the usual index unit for unsegmented text (as in Lucene's CJK analyser, which MIRACL's BM25 uses).
    """
    terms: list[str] = []
    for match in _TERM.finditer(unicodedata.normalize("NFKC", text).lower()):
        run = match.group()
        if match["unspaced"]:
            terms.extend(run)
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            terms.append(run)
    return terms


def word_spans(text: str, lang: str) -> list[tuple[int, int]]:
    """(start, end) of every word: runs without white space; in zh, ja and th each Han, Kana or Thai character is one.

    This is the mixed segmentation by which MLQA (Lewis et al. 2020) scores Chinese.
    """
    pattern = _CHARACTER_OR_WORD if lang in UNSPACED_LANGUAGES else _WORD
    return [match.span() for match in pattern.finditer(text)]
