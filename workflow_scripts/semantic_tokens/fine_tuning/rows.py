"""The rows of a table that a task trains on, and those that it is scored on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from semantic_tokens.conditions import MS_MARCO, TRANSFERS
from semantic_tokens.errors import InputError


def training_rows(table: pa.Table, transfer: str, split: str = "train") -> np.ndarray:
    """Rows of the split to train on: of all languages ("in-language"), of English alone ("zero-shot") or of MS MARCO.

    Raises InputError when there are none.
    """
    if transfer not in TRANSFERS:
        raise InputError(f"transfer {transfer!r}: allowed: {', '.join(TRANSFERS)}")
    only = {"zero-shot": "en", "ms-marco": MS_MARCO}.get(transfer)
    chosen = pc.not_equal(table["lang"], MS_MARCO) if only is None else pc.equal(table["lang"], only)
    rows = np.flatnonzero(pc.and_(pc.equal(table["split"], split), chosen))
    if not len(rows):
        raise InputError(
            f"transfer {transfer!r}: no rows of split {split!r}{f' in the language {only}' if only else ''}"
        )
    return rows


def drawn_rows(table: pa.Table, rows: np.ndarray, n: int | None, seed: int) -> np.ndarray:
    """Of these rows at most `n` of each language, in their order; all where that is None."""
    if n is None:
        return rows
    languages = np.array(table["lang"].take(rows).to_pylist())
    kept = list[int]()
    for lang in np.unique(languages):
        own = rows[languages == lang].tolist()
        kept += random.Random(f"{seed}/train/{lang}").sample(own, min(n, len(own)))
    return np.sort(np.array(kept, np.int64))


def evaluation_rows(table: pa.Table, split: str) -> dict[str, np.ndarray]:
    """Rows of `split` by language, languages sorted. Raises InputError when there are none."""
    inside = pc.equal(table["split"], split)
    languages = sorted(pc.unique(table["lang"].filter(inside)).to_pylist())
    if not languages:
        raise InputError(f"evaluation split {split!r}: no rows")
    return {lang: np.flatnonzero(pc.and_(inside, pc.equal(table["lang"], lang))) for lang in languages}


def shared_items(
    ids: Mapping[str, Iterable[str]], task: str, item: str, split: str, n: int | None, seed: int
) -> list[str]:
    """Of the ids of each language those that all have, sorted, or `n` of them, drawn.

    Raises InputError for one language alone, and where no id is there in all.
    """
    if len(ids) < 2:
        raise InputError(f"{task}: {item}s in {', '.join(ids)} alone; it takes two languages")
    shared = sorted(set.intersection(*(set(own) for own in ids.values())))
    kept = shared if n is None else random.Random(f"{seed}/{task}/{split}").sample(shared, min(n, len(shared)))
    if not kept:
        raise InputError(f"{task}: no {item} of the split {split!r} is there in all of {', '.join(ids)}")
    return kept
