"""The model card of an export, README.md: what it is, how it was made, what it keeps, what it must not be used for."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from safetensors import safe_open

from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.composition import PARTS_KEY
from semantic_tokens.models.export.composed import MODEL_TYPE
from semantic_tokens.models.surgery import semantic_embedding_of
from semantic_tokens.sources.fetch import registry
from semantic_tokens.sources.listing import LOCAL_ONLY, OWN

TEMPLATE = Path(__file__).with_name("README.md.j2")


def render(
    form: str,
    condition: Condition,
    partition: VocabularyPartition,
    folder: Path,
    made: Mapping[str, Any],
    scores: Sequence[Mapping[str, Any]],
) -> str:
    """The card as Markdown, for the export whose config.json and model.safetensors are in `folder`.

    partition  over the exported tokenizer's tokens
    made       run, data (`world` or `upstream`), backbone (its settings), sources (of text and words, by name),
               word_pairs (sources of the alignment), semantic_embedding, pretraining (its settings)
    scores     rows of Table 5: task, metric, transfer, score, chance, retained, retained_by_random (None: not measured)
    """
    users_own = [name for name in made["sources"] if name in (*LOCAL_ONLY, OWN)]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    model = made["backbone"].get("model")  # its name in the registry, unless it was trained from scratch
    sizes = partition.group_sizes()
    environment.filters["count"] = "{:,}".format
    environment.filters["percent"] = lambda share: "not measured" if share is None else f"{share:.1%}"
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return environment.get_template(TEMPLATE.name).render(
        form=form,
        parts=config.get(PARTS_KEY),
        composed=config.get("model_type") == MODEL_TYPE,
        condition=condition,
        tokens=len(partition.tokens),
        groups=partition.n_groups,
        sizes={"one": int((sizes == 1).sum()), "largest": int(sizes.max()), "mean": float(sizes.mean())},
        special=len(partition.special_ids),
        details=partition.details,
        config=config,
        weights=_n_weights(folder / "model.safetensors"),
        origin=registry.source(model) if model else None,
        data=[registry.source(name) for name in made["sources"] if name not in users_own],
        users_own=users_own,
        made={**made, "semantic_embedding": semantic_embedding_of(partition, made["semantic_embedding"])},
        scores=scores,
    )


def _n_weights(path: Path) -> int:
    """Numbers in the file; tied tensors are stored once."""
    total = 0
    with safe_open(path, framework="numpy") as file:
        for name in file.keys():  # noqa: SIM118, it is not a dict
            size = 1
            for length in file.get_slice(name).get_shape():
                size *= length
            total += size
    return total
