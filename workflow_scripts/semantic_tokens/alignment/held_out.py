"""Held-out translation: which pairs are held out of training, and how often they are found (precision@1).

Two rows of an embedding table share no parameter: a token without a training pair never moves, so a test on tokens
unseen in training would measure nothing. What alignment can generalise to is a link that it was not shown: if dog-chien
and dog-Hund are trained, is chien-Hund found? Hence a query is a word with one target language; all its translations
into that language are held out, and every word concerned keeps another partner in training."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from semantic_tokens.alignment.pairs import TokenPairs, in_either_order
from semantic_tokens.conditions import ROUND_TRIP


@dataclass(frozen=True, eq=False)
class HeldOut:
    """training: bool [n], the pairs that may be trained on; queries: for each target language the kept-back words
    (token ids) and their translations; candidates: for each target language all its token ids in any pair."""

    training: np.ndarray
    queries: dict[str, list[tuple[int, tuple[int, ...]]]]
    candidates: dict[str, np.ndarray]


def hold_out(pairs: TokenPairs, share: float, seed: int) -> HeldOut:
    """Hold out random words' translations until they make up `share` of the distinct pairs, or no word is left that
    can be held out (`queries` is then smaller, possibly empty). No pair that is held out stays in the training under
    another pair of languages. Round-Trip pairs are not translations: they are neither queries nor partners.
    """
    codes = in_either_order(pairs.a, pairs.b)
    languages = sorted({language for name in pairs.names for language in name} - {ROUND_TRIP})
    number = {language: i for i, language in enumerate(languages)} | {ROUND_TRIP: -1}
    numbers = np.array([[number[language] for language in name] for name in pairs.names])
    first, second = numbers[pairs.language_pair].T
    real = np.flatnonzero(first >= 0)
    edges, edge = np.unique(codes[real], return_inverse=True)
    directed = _directed(pairs.a[real], first[real], pairs.b[real], second[real], edge)
    kept_back, queries = _draw(directed, edges, share, seed)
    return HeldOut(
        training=~np.isin(codes, edges[kept_back]),
        queries={languages[target]: found for target, found in sorted(queries.items())},
        candidates={languages[i]: np.unique(directed[2, directed[1] == i]) for i in np.unique(directed[1])},
    )


def _directed(a: np.ndarray, lang_a: np.ndarray, b: np.ndarray, lang_b: np.ndarray, edge: np.ndarray) -> np.ndarray:
    """int64 [4, n], sorted: word, language of the other, other, edge; each translation once in either direction."""
    both = np.concatenate([[a, lang_b, b, edge], [b, lang_a, a, edge]], axis=1)
    both = both[:, np.lexsort(both[2::-1])]
    return both[:, np.diff(both[:3], prepend=-1).any(axis=0)]


def _draw(
    directed: np.ndarray, edges: np.ndarray, share: float, seed: int
) -> tuple[np.ndarray, dict[int, list[tuple[int, tuple[int, ...]]]]]:
    """Take queries in random order while every word concerned keeps a partner.

    Gives bool [edges], the pairs that are held out, and by target language the queries.
    """
    word, language, others, edge = directed
    bounds = np.append(np.flatnonzero(np.diff(directed[:2], prepend=-1).any(axis=0)), len(word))
    partners = np.bincount(np.concatenate([edges >> 32, edges & 0xFFFFFFFF]))  # not yet held out
    kept_back = np.zeros(len(edges), dtype=bool)
    queries: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    wanted, n_kept_back = share * len(edges), 0
    order = np.random.default_rng(seed).permutation(len(bounds) - 1)
    for unit in order[_may_be_spared(word, others, bounds, partners)[order]]:
        start, stop = bounds[unit : unit + 2]
        asked, gold, mine = word[start], others[start:stop], edge[start:stop]
        if n_kept_back + 1 > wanted:
            break
        # A part of them may be held out already, as another word's query.
        fits = n_kept_back + len(gold) <= wanted and not kept_back[mine].any()
        if fits and len(gold) < partners[asked] and (partners[gold] > 1).all():
            queries[int(language[start])].append((int(asked), tuple(gold.tolist())))
            kept_back[mine] = True
            partners[asked] -= len(gold)
            partners[gold] -= 1
            n_kept_back += len(gold)
    return kept_back, queries


def _may_be_spared(word: np.ndarray, others: np.ndarray, bounds: np.ndarray, partners: np.ndarray) -> np.ndarray:
    """bool [queries]: whether all words concerned have a partner besides; numbers of partners only fall, so the rest
    can never be taken, and looking at them one by one is most of the time with a large dictionary."""
    starts = bounds[:-1]
    others_have_more = np.minimum.reduceat(partners[others], starts) > 1 if len(starts) else np.empty(0, dtype=bool)
    return others_have_more & (np.diff(bounds) < partners[word[starts]])


def precision_at_1(embeddings: Tensor, held_out: HeldOut, block: int = 1024) -> float:
    """Share of the queries whose nearest token of the target language (cosine, itself excluded) is a translation.

    embeddings: [V, d]. NaN without queries.
    """
    hits = total = 0
    for language, queries in sorted(held_out.queries.items()):
        candidates = torch.from_numpy(held_out.candidates[language]).to(embeddings.device)
        targets = torch.nn.functional.normalize(embeddings[candidates], dim=1)
        for start in range(0, len(queries), block):
            part = queries[start : start + block]
            words = torch.tensor([word for word, _ in part], device=embeddings.device)
            cosine = torch.nn.functional.normalize(embeddings[words], dim=1) @ targets.T
            cosine[words[:, None] == candidates] = -torch.inf
            found = candidates[cosine.argmax(dim=1)].tolist()
            hits += sum(token in gold for token, (_, gold) in zip(found, part, strict=True))
            total += len(part)
    return hits / total if total else float("nan")
