"""All measures of one embedding table, put together."""

from pathlib import Path

import numpy as np

from semantic_tokens import csv_rows
from semantic_tokens.analysis.dictionaries import DictionaryPairs
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.geometry.anisotropy import anisotropy, frequency_effects
from semantic_tokens.siblings.geometry.categories import Rule, categories, writing_systems
from semantic_tokens.siblings.geometry.diversity import diversity
from semantic_tokens.siblings.geometry.neighbours import nearest_rows, nearest_tokens
from semantic_tokens.siblings.geometry.separability import separability
from semantic_tokens.siblings.geometry.settings import Sample
from semantic_tokens.siblings.geometry.table import EmbeddingTable, of_most_members
from semantic_tokens.siblings.geometry.translations import translated, translations

NEIGHBOURS = 50
EXAMPLES, SHOWN = 12, 8  # words, and of each neighbours, that the page lists
RULES: dict[Rule, str] = {"corrected": "", "paper": "_as_published"}  # what the rule adds to the name of a measure


def measure_table(
    table: EmbeddingTable,
    shared: np.ndarray | None,
    pairs: DictionaryPairs | None,
    counts: np.ndarray | None,
    sample: Sample,
    seed: int,
) -> list[Measure]:
    """Every measure of the table; those that need dictionaries (pairs) or a text (counts) only where there are any.

    shared  bool [N]: the tokens that all compared vocabularies have; the published figures are of these. None where the
            table is of no compared backbone: separability and writing systems as published are then left out
    counts  int [N]: how often each token occurs in a text
    """
    published = None if shared is None else table.only(shared)
    found = count_categories(table)
    parts: dict[Rule, EmbeddingTable | None] = {"corrected": table, "paper": published}
    for rule, part in parts.items():
        if part is not None:
            found += separability(
                part, categories(part.tokens, rule), sample.category_tokens, sample.tokens_per_class, seed,
                f"script_separability{RULES[rule]}", letters_alone=rule == "corrected",
            )  # fmt: skip
    found += neighbour_diversity(table, published, sample.neighbour_share, seed)
    if pairs is not None:
        found += neighbour_translations(table, pairs, sample.neighbour_share, seed)
    found += anisotropy(table)
    return found if counts is None else found + frequency_effects(table, counts)


def count_categories(table: EmbeddingTable) -> list[Measure]:
    """`category_tokens` and `category_tokens_as_published`: how many tokens each category has."""
    found = []
    for rule, suffix in RULES.items():
        names, sizes = np.unique(categories(table.tokens, rule), return_counts=True)
        found += [Measure(f"category_tokens{suffix}", str(c), float(n), len(table)) for c, n in zip(names, sizes)]
    return found


def neighbour_diversity(
    table: EmbeddingTable, published: EmbeddingTable | None, share: float, seed: int
) -> list[Measure]:
    """Distinct writing systems among the 50 nearest of a random `share` of the tokens.

    writing_systems               letters only, marks removed, the token itself not counted
    writing_systems_with_itself   the token counted as a 51st
    writing_systems_of_groups     among the 50 nearest other rows, each counted as what most of its members are
    writing_systems_as_published  the published rule and code: 51 with the token, of the tokens that all vocabularies
                                  share, where Number, Symbol and the like count as systems
    writing_systems_as_published_without_itself   the same without the token, as the paper words it; neither where
                                  vocabularies share fewer than 51 tokens, or the table is of none of them
    """
    systems = writing_systems(categories(table.tokens, "corrected"))
    asked = draw(np.arange(len(table)), share * len(table), seed)
    rows, near = nearest(table, asked, seed)
    with_itself = [np.append(found, token) for token, found in zip(asked, near)]
    found = [
        *diversity(systems, near, NEIGHBOURS, "writing_systems"),
        *diversity(systems, with_itself, NEIGHBOURS + 1, "writing_systems_with_itself"),
        *diversity(of_most_members(table, systems), list(rows), NEIGHBOURS, "writing_systems_of_groups"),
    ]
    if published is None or len(published) <= NEIGHBOURS:
        return found
    return found + _published_diversity(published, share, seed)


def _published_diversity(table: EmbeddingTable, share: float, seed: int) -> list[Measure]:
    _, systems = np.unique(categories(table.tokens, "paper"), return_inverse=True)
    asked = draw(np.arange(len(table)), share * len(table), seed)
    _, near = nearest(table, asked, seed)
    with_itself = [np.append(found, token) for token, found in zip(asked, near)]
    return [
        *diversity(systems, with_itself, NEIGHBOURS + 1, "writing_systems_as_published"),
        *diversity(systems, near, NEIGHBOURS, "writing_systems_as_published_without_itself"),
    ]


def neighbour_translations(table: EmbeddingTable, pairs: DictionaryPairs, share: float, seed: int) -> list[Measure]:
    """Of all pairs, and of those that an alignment on the dictionaries does not train on; see `translated`."""
    found = []
    for held_out, name in ((False, "translations"), (True, "held_out_translations")):
        wanted = translations(table, pairs, held_out)
        asked = draw(np.array(sorted(wanted), np.int64), share * len(table), seed)
        found += translated(wanted, asked.tolist(), nearest(table, asked, seed)[1], len(table), name)
    return found


def write_examples(table: EmbeddingTable, pairs: DictionaryPairs | None, condition: str, seed: int, path: Path) -> None:
    """CSV `condition, token, neighbours`: random words that dictionaries have and their nearest tokens, translations in
    brackets. Conditions of one backbone show the same words. Without dictionaries no word is shown."""
    wanted = {} if pairs is None else translations(table, pairs, held_out=False)
    asked = draw(np.array(sorted(wanted), np.int64), EXAMPLES, seed)
    rows = []
    for token, near in zip(asked.tolist(), nearest(table, asked, seed)[1]):
        shown = (f"[{table.tokens[i]}]" if i in wanted[token] else table.tokens[i] for i in near[:SHOWN].tolist())
        rows.append({"condition": condition, "token": table.tokens[token], "neighbours": "  ".join(shown)})
    csv_rows.write(("condition", "token", "neighbours"), rows, path)


def nearest(table: EmbeddingTable, asked: np.ndarray, seed: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """(the 50 nearest rows of each token's row, the 50 nearest tokens of each token)."""
    rows = nearest_rows(table, table.row_of[asked], NEIGHBOURS)
    return rows, nearest_tokens(table, asked, rows, NEIGHBOURS, seed)


def draw(tokens: np.ndarray, n: float, seed: int) -> np.ndarray:
    """ceil(n) of the tokens, at least two and at most all, ascending."""
    size = min(len(tokens), max(2, int(np.ceil(n))))
    return np.sort(np.random.default_rng(seed).choice(tokens, size, replace=False))
