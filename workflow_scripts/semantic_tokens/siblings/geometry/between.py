"""Measures between models: tokens that their vocabularies share, and canonical angles between their tables."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.siblings.geometry.canonical_angles import canonical_angles, random_cosines
from semantic_tokens.siblings.geometry.overlap import shared_counts, shared_rows
from semantic_tokens.siblings.geometry.table import EmbeddingTable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Spectrum:
    """Canonical cosines of two models on their shared tokens, descending, and those of random tables of the sizes."""

    first: str
    second: str
    shared_tokens: int
    cosines: tuple[float, ...]
    random: tuple[float, ...]


def compared(conditions: Sequence[Condition]) -> list[tuple[Condition, Condition]]:
    """(model, what it is compared with): each with its backbone as it was, and such backbones with one another."""
    chosen, found = set(conditions), []
    originals = [c for c in conditions if c == c.original]
    for condition in conditions:
        before = condition.original
        if condition != before and before in chosen:
            found.append((condition, before))
    return found + [(a, b) for i, a in enumerate(originals) for b in originals[i + 1 :]]


def spectra(
    pairs: Sequence[tuple[Condition, Condition]], read: Callable[[Condition], EmbeddingTable], seed: int
) -> Iterator[Spectrum]:
    """Canonical cosines of each pair; `read` gives the table of a condition, of which two are held at a time."""
    for number, (one, other) in enumerate(pairs):
        spectrum = _spectrum(one, other, read, np.random.default_rng([seed, number]))
        if spectrum is not None:
            yield spectrum


def _spectrum(
    one: Condition, other: Condition, read: Callable[[Condition], EmbeddingTable], rng: np.random.Generator
) -> Spectrum | None:
    """A separate function, so that the tables of a pair are freed before those of the next are read."""
    a, b = read(one), read(other)
    rows_a, rows_b = shared_rows(a, b)
    widths = a.rows.shape[1], b.rows.shape[1]
    if len(rows_a) < max(widths):  # any two spaces of so few tokens meet
        log.info("%s and %s share %d tokens, %d are needed: left out", one, other, len(rows_a), max(widths))
        return None
    cosines = np.cos(canonical_angles(a.rows[rows_a], b.rows[rows_b]))
    random = random_cosines(len(rows_a), *widths, rng)
    return Spectrum(str(one), str(other), len(rows_a), tuple(cosines.tolist()), tuple(random.tolist()))


def measures(
    conditions: Sequence[Condition], spectra: Sequence[Spectrum], read: Callable[[Condition], EmbeddingTable]
) -> dict[Condition, list[Measure]]:
    """For each condition, with the other condition or backbone as subject:

    canonical_cosine  the mean over the canonical angles, 1 where one table is the other rotated, or in any way linearly
                      mapped; n = shared tokens, chance = that of random tables of the sizes
    shared_tokens     of the first condition of each backbone: the share of its tokens that the other has too; n = how
                      many
    """
    found: dict[Condition, list[Measure]] = {condition: [] for condition in conditions}
    for s in spectra:
        mean, chance = float(np.mean(s.cosines)), float(np.mean(s.random))
        found[Condition.parse(s.first)].append(
            Measure("canonical_cosine", s.second, mean, s.shared_tokens, chance=chance)
        )
    first_of = {condition.backbone: condition for condition in reversed(conditions)}
    vocabularies = {backbone: read(condition).tokens for backbone, condition in first_of.items()}
    for (a, b), shared in shared_counts(vocabularies).items():
        if a != b:
            share = shared / len(vocabularies[a])
            found[first_of[a]].append(Measure("shared_tokens", b, share, shared))
    return found


def save(spectra: Sequence[Spectrum], path: Path) -> None:
    Path(path).write_text(json.dumps([asdict(spectrum) for spectrum in spectra], indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> list[Spectrum]:
    return [Spectrum(**spectrum) for spectrum in json.loads(Path(path).read_text(encoding="utf-8"))]
