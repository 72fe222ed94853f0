"""How the pictures of siblings name and draw models."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from semantic_tokens.conditions import PARTS
from semantic_tokens.report.figures.style import PALETTE

Model = tuple[Any, ...]  # its PARTS, as a table of measures has them
GREY = "#8a8a8a"
_MARKERS = "osD^vPX*hp<>"


def names(table: pd.DataFrame) -> dict[Model, str]:
    """Model -> its name in pictures, in the table's order: the parts in which models differ."""
    models = table[list(PARTS)].drop_duplicates()
    several_dims = any(part["dim"].nunique() > 1 for _, part in models.groupby("backbone"))
    found = {}
    for model in models.itertuples(index=False):
        merged = model.grouping if model.ratio == 1 else f"{model.grouping} {100 * model.ratio:.0f}%"
        parts = [model.backbone]
        parts += [f"d{model.dim}"] * several_dims
        parts += [merged] * (model.grouping != "full")
        parts += [model.alignment] * (model.alignment != "none")
        parts += ["continually pretrained"] * (model.pretraining == "mlm")
        found[tuple(model)] = ", ".join(parts)
    return found


def rows_of(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The rows of one model."""
    return table[(table[list(PARTS)] == pd.Series(model, PARTS)).all(axis=1)]


def styles(models: Iterable[Model]) -> dict[Model, dict[str, Any]]:
    """A colour and a marker for each model before continual pretraining, the same with an open marker after it."""
    models = list(models)
    origins = list(dict.fromkeys(model[:-1] for model in models))
    found = {}
    for model in models:
        i = origins.index(model[:-1])
        color, pretrained = PALETTE[i % len(PALETTE)], model[-1] == "mlm"
        marker = _MARKERS[i % len(_MARKERS)]
        found[model] = {"color": color, "marker": marker, "markerfacecolor": "white" if pretrained else color}
    return found
