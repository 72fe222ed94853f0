"""The words and sentences on which all models are probed: sampled once from a seed, then fixed.

Vectors refer to these tables by row: `words` (lang, text, meaning), `word_pairs` (subject, a, b: rows of `words`),
`sentences` (lang, sentence_id, text), `ner` (lang, split, tokens, tags).
"""

import logging
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from semantic_tokens.errors import InputError

FEWEST = 20  # translations, or sentences, below which a pair of languages is left out
PICTURED = 30  # meanings that a picture shows
log = logging.getLogger(__name__)


def choose_words(
    dictionary: Iterable[pd.DataFrame], languages: Sequence[str], n: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(`words`, `word_pairs`): at most `n` translations for each pair of languages, no word twice in a pair of
    languages.

    dictionary: parts of the table word_pairs. Left out are pairs spelt alike, whose vectors are the same whatever a
    model knows, and words without a letter or digit. A subject is `en-sw`, in the order of `languages`. `meaning` is
    the word of the first language that a pictured word translates, empty for all others. Raises InputError where no
    pair of languages has FEWEST translations.
    """
    pairs = _in_order(dictionary, languages)
    rng = np.random.default_rng([seed, 1])
    chosen = []
    for subject, part in pairs.groupby("subject", sort=False):
        part = part.sample(frac=1, random_state=rng).drop_duplicates("word_a").drop_duplicates("word_b")
        if len(part) >= FEWEST:
            chosen.append(part.head(n).assign(subject=subject))
    if not chosen:
        raise InputError(
            f"probing: no pair of the languages {', '.join(languages)} has {FEWEST} translations in the dictionaries"
        )
    sample = pd.concat(chosen)
    for subject in [f"{a}-{b}" for a, b in combinations(languages, 2)]:
        if subject not in set(sample["subject"]):
            log.info("%s: left out, the dictionaries have fewer than %d translations", subject, FEWEST)
    pictured = _pictured(pairs, languages[0], rng)
    ends = [sample[[f"lang_{side}", f"word_{side}"]].set_axis(["lang", "text"], axis=1) for side in "ab"]
    words = pd.concat([pictured, *ends]).fillna({"meaning": ""})
    words = words.drop_duplicates(["lang", "text"], ignore_index=True)
    row = {key: i for i, key in enumerate(zip(words["lang"], words["text"]))}
    rows = {side: [row[key] for key in zip(sample[f"lang_{side}"], sample[f"word_{side}"])] for side in "ab"}
    return words, pd.DataFrame({"subject": sample["subject"].to_numpy(), **rows})


def _in_order(dictionary: Iterable[pd.DataFrame], languages: Sequence[str]) -> pd.DataFrame:
    """Distinct usable pairs of these languages, the language that comes first in `languages` on the left; sorted."""
    place = {lang: i for i, lang in enumerate(languages)}
    columns, kept = ["lang_a", "word_a", "lang_b", "word_b"], []
    for part in dictionary:
        part = part[part["lang_a"].isin(place) & part["lang_b"].isin(place) & (part["lang_a"] != part["lang_b"])]
        part = part[columns]
        swapped = part["lang_a"].map(place) > part["lang_b"].map(place)
        turned = part[swapped].set_axis(["lang_b", "word_b", "lang_a", "word_a"], axis=1)
        both = pd.concat([part[~swapped], turned[columns]])
        usable = [_is_word(a) and _is_word(b) and a != b for a, b in zip(both["word_a"], both["word_b"])]
        kept.append(both[usable].drop_duplicates())
    pairs = pd.concat(kept).drop_duplicates().sort_values(columns, ignore_index=True)
    return pairs.assign(subject=pairs["lang_a"] + "-" + pairs["lang_b"])


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _pictured(pairs: pd.DataFrame, pivot: str, rng: np.random.Generator) -> pd.DataFrame:
    """lang, text, meaning: words of `pivot` that have translations into the most languages, with one into each."""
    own = pairs[pairs["lang_a"] == pivot].sample(frac=1, random_state=rng)
    reach = own.groupby("word_a", sort=False)["lang_b"].nunique().sort_values(ascending=False, kind="stable")
    meanings = reach.index[:PICTURED]
    own = own[own["word_a"].isin(meanings)].drop_duplicates(["word_a", "lang_b"]).drop_duplicates(["lang_b", "word_b"])
    translated = own[["lang_b", "word_b", "word_a"]].set_axis(["lang", "text", "meaning"], axis=1)
    return pd.concat([pd.DataFrame({"lang": pivot, "text": meanings, "meaning": meanings}), translated])


def choose_sentences(parallel: pd.DataFrame, languages: Sequence[str], n: int, seed: int) -> pd.DataFrame:
    """`sentences`: rows of the table parallel such that each pair of languages that has them has `n` in common.

    Raises InputError where no pair of languages has FEWEST sentences in common.
    """
    ids = np.sort(parallel["sentence_id"].unique())
    order = dict(zip(np.random.default_rng([seed, 2]).permutation(ids), range(len(ids))))
    parallel = parallel.assign(order=parallel["sentence_id"].map(order))
    of = {lang: set(parallel.loc[parallel["lang"] == lang, "order"]) for lang in languages}
    wanted: dict[str, set[int]] = {lang: set() for lang in languages}
    for a, b in combinations(languages, 2):
        common = sorted(of[a] & of[b])[:n]
        if len(common) < FEWEST:
            log.info("%s-%s: left out, %d parallel sentences are fewer than %d", a, b, len(common), FEWEST)
            continue
        for lang in (a, b):
            wanted[lang].update(common)
    parts = [parallel[(parallel["lang"] == lang) & parallel["order"].isin(wanted[lang])] for lang in languages]
    sentences = pd.concat([part.sort_values("order") for part in parts], ignore_index=True)
    if sentences.empty:
        raise InputError(
            f"probing: no pair of the languages {', '.join(languages)} has {FEWEST} parallel sentences in common"
        )
    return sentences[["lang", "sentence_id", "text"]]


def sentence_pairs(sentences: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """subject `en-sw` -> rows of `sentences` in the two languages, translations at the same place, in order of rows."""
    rows = {lang: pd.Series(part.index, part["sentence_id"]) for lang, part in sentences.groupby("lang", sort=False)}
    found = {}
    for a, b in combinations(rows, 2):
        common = rows[a].index.intersection(rows[b].index, sort=False)
        if len(common) >= FEWEST:
            found[f"{a}-{b}"] = (rows[a][common].to_numpy(), rows[b][common].to_numpy())
    return found


def training_half(sentences: pd.DataFrame, seed: int) -> np.ndarray:
    """bool [sentences]: half of the sentences, in all their languages, that a probe may learn from."""
    ids = np.sort(sentences["sentence_id"].unique())
    chosen = np.random.default_rng([seed, 3]).permutation(ids)[: len(ids) // 2]
    return sentences["sentence_id"].isin(chosen).to_numpy()


def choose_ner(tagged: Iterable[pd.DataFrame], languages: Sequence[str], n: int, seed: int) -> pd.DataFrame:
    """`ner`: at most `n` sentences of each language for training and as many for testing, in the order of the table."""
    kept = [part[part["lang"].isin(languages) & part["split"].isin(("train", "test"))] for part in tagged]
    rng = np.random.default_rng([seed, 4])
    shuffled = pd.concat(kept, ignore_index=True).sample(frac=1, random_state=rng)
    return shuffled.groupby(["lang", "split"], sort=False).head(n).sort_index().reset_index(drop=True)
