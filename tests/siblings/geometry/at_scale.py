"""Geometry of a table as large as XLM-R's, with answers planted in it: do they come back, how long and how big?

PYTHONPATH=workflow_scripts:tests python -m siblings.geometry.at_scale [--tokens 250002] [--dim 768] [--all-rows]
    [--most-minutes 30] [--most-gib 6]

Prints a line a check, minutes and peak memory; ends with status 1 if an answer is not the planted one, or if it took
more than the limits.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from semantic_tokens.analysis.dictionaries import DictionaryPairs
from semantic_tokens.siblings.geometry.canonical_angles import canonical_angles, random_cosines
from semantic_tokens.siblings.geometry.measure import NEIGHBOURS, measure_table
from semantic_tokens.siblings.geometry.neighbours import nearest_rows
from semantic_tokens.siblings.geometry.separability import held_out_predictions
from semantic_tokens.siblings.geometry.settings import Sample
from semantic_tokens.siblings.geometry.table import EmbeddingTable, blocks

# The first of 20 letters in a row, of ten writing systems.
SCRIPTS = [ord(letter) for letter in "aбαաבاअกაア"]
LETTERS = 20
CLUSTER = NEIGHBOURS + 1  # a token's nearest are then the rest of its cluster
COMMON, SCRIPT, NOISE = 0.5, 0.6, 0.3  # lengths of what is added to a cluster's centre, of length 1
DICTIONARY = 2_000  # clusters whose tokens all translate each other
Check = tuple[str, float, str, bool]  # what, found, planted, whether they agree


def plant(n: int, dim: int, seed: int) -> tuple[EmbeddingTable, np.ndarray, np.ndarray]:
    """(table [n, dim], cluster int [n], script int [n]). Every second cluster is of one script, the others of all ten.
    A row is the sum of a common vector, its cluster's, its script's and noise, times a length of its own."""
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) // CLUSTER
    script = np.where(cluster % 2 == 0, cluster // 2 % len(SCRIPTS), np.arange(n) % len(SCRIPTS))
    centres = rng.standard_normal((cluster[-1] + 1, dim), np.float32) / np.float32(np.sqrt(dim))
    shifts = np.linalg.qr(rng.standard_normal((dim, len(SCRIPTS) + 1)))[0].T.astype(np.float32)
    rows = rng.standard_normal((n, dim), np.float32)
    for start, block in zip(range(0, n, 8_192), blocks(rows)):
        part = slice(start, start + len(block))
        block *= NOISE / np.sqrt(dim)
        block += COMMON * shifts[-1] + centres[cluster[part]] + SCRIPT * shifts[script[part]]
        block *= length_of(np.arange(n)[part], n)[:, None]
    tokens = tuple(_word(i, SCRIPTS[s]) for i, s in enumerate(script.tolist()))
    return EmbeddingTable(rows, np.arange(n), tokens, np.arange(n), n), cluster, script


def length_of(tokens: np.ndarray, n: int) -> np.ndarray:
    """float32: 0.5 to 1.5, in an order that has nothing to do with clusters."""
    return (0.5 + tokens * 7_919 % n / n).astype(np.float32)


def _word(number: int, first_letter: int) -> str:
    digits = [number // LETTERS**place % LETTERS for place in range(5)]
    return "▁" + "".join(chr(first_letter + digit) for digit in digits)


def checks(n: int, dim: int, all_rows: bool, seed: int) -> Iterator[Check]:
    table, cluster, script = plant(n, dim, seed)
    mixed = np.flatnonzero(np.bincount(cluster)[cluster] * (cluster % 2) == CLUSTER)
    listed = np.unique(cluster[mixed])[:DICTIONARY, None] * CLUSTER
    inside = np.array(list(combinations(range(CLUSTER), 2)))
    a, b = (listed + inside[:, 0]).ravel(), (listed + inside[:, 1]).ravel()
    pairs = DictionaryPairs(a, b, np.zeros(len(a), np.int64), np.ones(len(a), bool))
    counts = np.round(1e6 * length_of(np.arange(n), n)).astype(np.int64)
    found = {
        m.measure: m for m in measure_table(table, np.ones(n, bool), pairs, counts, Sample(), seed) if not m.subject
    }
    for name in ("script_separability", "script_separability_as_published"):
        yield _equal(name, found[name].value, 1.0, 0.0)
    diversity = (1 + len(SCRIPTS)) / 2
    for name in ("writing_systems", "writing_systems_as_published"):
        margin = 3 * (len(SCRIPTS) - 1) / 2 / np.sqrt(found[name].n)  # of a sample, half of whose tokens have 1
        yield _equal(name, found[name].value, diversity, margin)
    for name in ("translations_among_neighbours", "translations_found"):
        yield _equal(name, found[name].value, 1.0, 0.0)
    yield _equal("mean_cosine", found["mean_cosine"].value, _expected_cosine(cluster, script), 0.005)
    yield _equal("norm_frequency", found["norm_frequency"].value, 1.0, 0.05)
    dealt = np.random.default_rng(seed).permutation(script) == 0
    right = held_out_predictions(table, dealt, 5_000, seed)
    assert right is not None
    yield _equal("script_separability of dealt scripts", float(right.mean()), 0.5, 2 / np.sqrt(len(right)))
    yield _neighbours(table, cluster, all_rows, seed)
    yield from _angles(table.rows, seed)


def _equal(name: str, found: float, planted: float, margin: float) -> Check:
    return name, found, f"{planted:.4f} ± {margin:.4f}", abs(found - planted) <= margin


def _expected_cosine(cluster: np.ndarray, script: np.ndarray) -> float:
    """Of two different tokens: the vectors that they have in common, over the length of a row, all squared."""
    same_cluster, same_script = (((np.bincount(x) / len(x)) ** 2).sum() for x in (cluster, script))
    return (COMMON**2 + same_cluster + SCRIPT**2 * same_script) / (COMMON**2 + 1 + SCRIPT**2 + NOISE**2)


def _neighbours(table: EmbeddingTable, cluster: np.ndarray, all_rows: bool, seed: int) -> Check:
    """The 50 nearest of tokens in whole clusters, by our search: how many of them are of the token's cluster."""
    whole = np.flatnonzero(np.bincount(cluster)[cluster] == CLUSTER)
    asked = whole if all_rows else np.random.default_rng(seed).choice(whole, 1_000, replace=False)
    near = nearest_rows(table, asked, NEIGHBOURS)
    inside = (cluster[near] == cluster[asked][:, None]).mean()
    return _equal(f"neighbours of {len(asked):,} rows in their cluster", float(inside), 1.0, 0.0)


def _angles(rows: np.ndarray, seed: int) -> Iterator[Check]:
    """A table that shares half of its dimensions, turned, and is noise in the others."""
    n, dim = rows.shape
    rng, half = np.random.default_rng(seed + 1), dim // 2
    other = rng.standard_normal((n, dim), np.float32)
    other[:, :half] = rows[:, :half] @ np.linalg.qr(rng.standard_normal((half, half), np.float32))[0]
    cosines = np.cos(canonical_angles(rows, other))
    noise = random_cosines(n - half, dim - half, dim - half, rng)  # beside the shared half
    yield _equal("canonical cosines of the shared half, the least", float(cosines[:half].min()), 1.0, 1e-8)
    yield _equal("canonical cosines of the noise, the mean", float(cosines[half:].mean()), float(noise.mean()), 0.005)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=250_002)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--all-rows", action="store_true", help="the neighbours of every row, not of 1,000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-minutes", type=float, default=30)
    parser.add_argument("--most-gib", type=float, default=6)
    given, start, agreed = parser.parse_args(arguments), time.perf_counter(), True
    print(f"{given.tokens:,} x {given.dim}")
    for name, found, planted, agrees in checks(given.tokens, given.dim, given.all_rows, given.seed):
        minutes = (time.perf_counter() - start) / 60
        print(f"{'ok ' if agrees else 'NOT'} {name}: {found:.6g}, planted {planted}  ({minutes:.1f} min)", flush=True)
        agreed &= agrees
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    minutes = (time.perf_counter() - start) / 60
    inside = minutes <= given.most_minutes and peak <= given.most_gib
    limits = f"at most {given.most_minutes:g} minutes and {given.most_gib:g} GiB"
    print(f"{'ok ' if inside else 'NOT'} {limits}: {minutes:.1f} minutes, peak memory {peak:.2f} GiB")
    return 0 if agreed and inside else 1


if __name__ == "__main__":
    sys.exit(main())
