"""Table 3 of a run: what a pretraining step costs, next to the plain library's cost and what the paper prints."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from semantic_tokens import csv_rows
from semantic_tokens.report.figures.style import PALETTE, RC, save

_MEASURED = ("peak_mib", "above_state_mib", "steps_per_second")
PRINTED = ("parameters_millions", "gpu_memory_gb", "steps_per_second")
_SERIES = {"": "ours", "library_": "plain library", "printed_": "paper (an A100)"}
# column -> its name on the page
COLUMNS = {
    "dim": "d",
    "ratio": "Ratio",
    "groups": "Groups",
    "parameters_millions": "Parameters (M)",
    "printed_parameters_millions": "Paper: parameters (M)",
    "peak_mib": "Peak (MiB)",
    "above_state_mib": "Above state (MiB)",
    "library_peak_mib": "Library: peak (MiB)",
    "library_above_state_mib": "Library: above state (MiB)",
    "printed_gpu_memory_gb": "Paper: memory (GB)",
    "steps_per_second": "Steps/s",
    "library_steps_per_second": "Library: steps/s",
    "printed_steps_per_second": "Paper: steps/s",
}
ABOUT = ("machine", "batch_size", "sequence_length", "steps")
Row = Mapping[str, Any]


def rows(measured: Iterable[Path], printed: Path) -> list[dict[str, Any]]:
    """A row, COLUMNS and ABOUT, for each dimension and ratio of the JSON files of measurements, in their order.

    A file holds what `analysis.efficiency.cost.StepCost` has, and ABOUT. `printed` is reference/table3.csv; what the
    paper does not print is None. Raises KeyError where one of the two implementations was not measured.
    """
    costs: dict[tuple[int, int], dict[str, dict[str, Any]]] = {}
    for path in measured:
        cost = json.loads(Path(path).read_text(encoding="utf-8"))
        costs.setdefault((cost["dim"], cost["percent"]), {})[cost["implementation"]] = cost
    paper = {
        (int(row["dim"]), round(100 * float(row["ratio"])), row["measure"]): float(row["value"])
        for row in csv_rows.read(printed)
    }
    return [_row(found["ours"], found["library"], paper) for found in costs.values()]


def _row(ours: Row, library: Row, paper: Mapping[tuple[int, int, str], float]) -> dict[str, Any]:
    dim, percent = ours["dim"], ours["percent"]
    row = {
        "dim": dim,
        "ratio": percent / 100,
        "groups": ours["groups"],
        "parameters_millions": ours["parameters"] / 1e6,
    }
    row |= {name: ours[name] for name in (*_MEASURED, *ABOUT)}
    row |= {f"library_{name}": library[name] for name in _MEASURED}
    return row | {f"printed_{name}": paper.get((dim, percent, name)) for name in PRINTED}


def write(table: Sequence[Row], path: Path) -> None:
    """Write the rows as CSV."""
    csv_rows.write((*COLUMNS, *ABOUT), table, path)


def introduction(table: Sequence[Row]) -> str:
    """What was measured, on what, and what the columns mean."""
    machines = " and ".join(dict.fromkeys(row["machine"] for row in table))
    first = table[0]
    return f"""A step of masked-LM pretraining at mBERT's shape with random weights, by the number of embedding
dimensions and the grouping ratio. It is compared with the same model trained as the library does it, with the logits of
every token, and with what the paper prints in Table 3.

Measured on {machines}: {first["batch_size"]} sequences of {first["sequence_length"]} tokens a step, the median of
{first["steps"]} steps, each row and implementation in a separate process. The paper measured on one A100 with
80 GB and 128 sequences of unstated length, so compare its columns only in proportion, as in the figure.

Parameters are those of the encoder with its pooler, as published. Peak: of the process on a CPU, reserved memory on a
GPU. Above state: the most that the model needed beyond its weights and the two moments of AdamW, so for gradients,
activations and logits."""


def name_of(row: Row) -> str:
    """`d 768, 5%`."""
    return f"d {row['dim']}, {round(100 * row['ratio'])}%"


def draw(table: Sequence[Row], svg: Path, png: Path) -> None:
    """Memory and speed of each row over those of the first row: ours, the library's, and the paper's where printed."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    panels = {
        "Peak memory": ("peak_mib", "library_peak_mib", "printed_gpu_memory_gb"),
        "Steps per second": tuple(f"{series}steps_per_second" for series in _SERIES),
    }
    with mpl.rc_context(RC):
        figure = Figure(figsize=(10, 1.2 + 0.45 * len(table)), layout="constrained")
        for axes, (title, columns) in zip(figure.subplots(1, 2, sharey=True), panels.items()):
            for i, (column, label) in enumerate(zip(columns, _SERIES.values())):
                places = [number + 0.26 * (i - 1) for number in range(len(table))]
                axes.barh(places, relative(table, column), height=0.24, label=label, color=PALETTE[i])
            axes.axvline(1, color="#666666", linewidth=0.8)
            axes.set(title=title, xlabel=f"over that of {name_of(table[0])}")
            axes.set_yticks(range(len(table)), list(map(name_of, table)))
        axes.invert_yaxis()  # of both, which share it
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        save(figure, svg, png)


def relative(table: Sequence[Row], column: str) -> list[float]:
    """Each value over the first row's; NaN, which draws nothing, where one of the two is missing."""
    first = table[0][column]
    return [float("nan") if row[column] is None or first is None else row[column] / first for row in table]
