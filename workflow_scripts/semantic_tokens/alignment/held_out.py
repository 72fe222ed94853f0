"""Held-out translation: which pairs are kept back from the training, and how often they are found (precision@1).

An embedding table has no parameter in common between two rows: a token that is in no training pair never moves, so a
test on tokens unseen in training would measure nothing. What alignment can generalise is the link that it was not
shown: dog-chien and dog-Hund are trained, is chien-Hund found? Hence a query is a word with one target language; all
its translations into that language are kept back, and every word concerned keeps another partner in training.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from semantic_tokens.alignment.pairs import TokenPairs


@dataclass(frozen=True, eq=False)
class HeldOut:
    """training: bool [n], the pairs that may be trained on; queries: for each target language the kept-back words
    (token ids) and their translations; candidates: for each target language all its token ids in any pair."""

    training: np.ndarray
    queries: dict[str, list[tuple[int, tuple[int, ...]]]]
    candidates: dict[str, np.ndarray]


def hold_out(pairs: TokenPairs, share: float, seed: int) -> HeldOut:
    """Keep back random words' translations until they make up `share` of the distinct pairs, or no word is left that
    can be kept back (`queries` is then smaller, possibly empty). No pair that is kept back stays in the training under
    another pair of languages."""
    translations: dict[tuple[int, str], set[int]] = defaultdict(set)
    partners: dict[int, set[int]] = defaultdict(set)
    tokens: dict[str, set[int]] = defaultdict(set)
    edges = list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
    for (a, b), name in zip(edges, pairs.language_pair.tolist(), strict=True):
        for word, other, language in ((a, b, pairs.names[name][1]), (b, a, pairs.names[name][0])):
            translations[word, language].add(other)
            tokens[language].add(other)
            partners[word].add(other)
    wanted = share * sum(len(others) for others in partners.values()) / 2
    queries, kept_back = _draw(translations, partners, wanted, seed)
    training = np.array([frozenset(edge) not in kept_back for edge in edges])
    candidates = {language: np.array(sorted(found)) for language, found in tokens.items()}
    return HeldOut(training, queries, candidates)


def _draw(
    translations: dict[tuple[int, str], set[int]], partners: dict[int, set[int]], wanted: float, seed: int
) -> tuple[dict[str, list[tuple[int, tuple[int, ...]]]], set[frozenset[int]]]:
    """Take queries in random order while every word concerned keeps a partner; what is taken leaves `partners`."""
    units = sorted(translations)
    queries: dict[str, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    kept_back: set[frozenset[int]] = set()
    for unit in np.random.default_rng(seed).permutation(len(units)).tolist():
        word, language = units[unit]
        others = translations[word, language]
        if len(kept_back) + len(others) > wanted:
            continue
        whole = others <= partners[word]  # a part may be kept back already, as another word's query
        if whole and len(others) < len(partners[word]) and all(len(partners[other]) > 1 for other in others):
            queries[language].append((word, tuple(sorted(others))))
            kept_back |= {frozenset((word, other)) for other in others}
            partners[word] -= others
            for other in others:
                partners[other].remove(word)
    return dict(queries), kept_back


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
