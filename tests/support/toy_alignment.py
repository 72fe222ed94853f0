"""Settings of an alignment of a toy table, and its pairs."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from semantic_tokens.alignment.pairs import TokenPairs


@dataclass
class Settings:
    temperature: float = 0.1
    batch_size: int = 64
    epochs: int = 10
    learning_rates: tuple[float, ...] = (0.1,)  # rows of the toys have unit entries
    held_out: float = 0.1
    language_sampling: float = 0.7


def cliques(n_concepts: int, n_languages: int, forms: int = 1) -> TokenPairs:
    """Every form of a concept paired with every form in every other language; token = (concept, language, form)."""
    names = [(i, j) for i in range(n_languages) for j in range(i + 1, n_languages)]
    triples = [
        ((concept * n_languages + i) * forms + x, (concept * n_languages + j) * forms + y, number)
        for number, (i, j) in enumerate(names)
        for concept in range(n_concepts)
        for x in range(forms)
        for y in range(forms)
    ]
    a, b, language_pair = np.array(triples).T
    return TokenPairs(a, b, language_pair, tuple((f"l{i}", f"l{j}") for i, j in names), pa.table({}))
