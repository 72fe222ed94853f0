"""The tokens of a backbone as the page shows them: text, script, kind, and how often each language has them."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from fontTools import unicodedata as scripts

from semantic_tokens.grouping.surface import surfaces
from semantic_tokens.grouping.vocabulary import UNUSED
from semantic_tokens.pretraining.token_cache import TokenCache
from semantic_tokens.report.pages.groups.columns import script
from semantic_tokens.scripts import NAMES, is_unspaced, number_of

LINE_FEED = "␊"  # in place of one in a byte-level token, for line feeds part the tokens
CONTINUES, SPECIAL, NUMBER, PUNCTUATION = 1, 2, 4, 8  # bits of a token's kind; data.js has the same


def tokens_script(backbone: str, tokens: Sequence[str], special_ids: Sequence[int], text: TokenCache | None) -> str:
    """The script of a backbone's V tokens; without a text, nothing is known of languages and counts."""
    texts, begins = surfaces(tokens)
    texts = [text or token for text, token in zip(texts, tokens)]  # a bare mark has no text of its own
    written = np.fromiter(map(number_of, texts), np.int64, len(texts))
    used = np.unique(written)
    columns: dict[str, np.ndarray | str] = {
        "text": "\n".join(text.replace("\n", LINE_FEED) for text in texts),
        "kind": kinds(tokens, texts, begins, special_ids),
        "script": np.searchsorted(used, written),
    }
    header: dict[str, Any] = {
        "tokens": len(tokens),
        "scripts": [[NAMES[i], scripts.script_name(NAMES[i], "") if i else ""] for i in used.tolist()],
        "languages": None,
    }
    if text is not None:
        header["languages"] = list(text.names)
        columns |= occurrences(text.counts(len(tokens)))
    return script(f"{backbone}/tokens", header, columns)


def kinds(
    tokens: Sequence[str], texts: Sequence[str], begins: Sequence[bool], special_ids: Sequence[int]
) -> np.ndarray:
    """int64 [V]: the bits of each token. One continues a word where it does not begin one and its script has spaces."""
    kind = np.zeros(len(tokens), np.int64)
    for i, (text, starts) in enumerate(zip(texts, begins)):
        category = {unicodedata.category(character)[0] for character in text}
        if not starts and not is_unspaced(text):
            kind[i] |= CONTINUES
        if category == {"N"}:
            kind[i] |= NUMBER
        elif category and category <= {"P", "S"}:
            kind[i] |= PUNCTUATION
    special = [*special_ids, *(i for i, token in enumerate(tokens) if token[:1] == "[" and UNUSED.fullmatch(token))]
    kind[special] = SPECIAL
    return kind


def occurrences(counts: np.ndarray) -> dict[str, np.ndarray | str]:
    """Counts [languages, V] without their zeros: for each token in how many languages it occurs, then, token by token
    and the most frequent first, which ones and how often."""
    tokens, languages = np.nonzero(counts.T)
    found = counts[languages, tokens]
    order = np.lexsort((languages, -found, tokens))
    return {
        "spread": (counts > 0).sum(axis=0),
        "language": languages[order],
        "count": found[order],
    }
