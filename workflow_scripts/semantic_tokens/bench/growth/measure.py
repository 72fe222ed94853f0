"""What one run of a stage costs, in a process of its own.

The processes are forked from one that has the libraries loaded, so that a run is not timed with their import. A stage
runs twice on a small vocabulary first: the second time is its fixed cost, and the peak of memory until then is not its
growth.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from semantic_tokens.bench.growth.stages import STAGES, Stage

_LIBRARIES = [
    "torch", "transformers", "tokenizers", "pandas.util", "pyarrow.parquet", "scipy.stats", "sklearn.linear_model",
    "sklearn.model_selection", "sklearn.metrics", "snakemake.iocontainers", "fontTools.unicodedata", "jinja2",
    "semantic_tokens.bench.growth.inputs", "semantic_tokens.models.checkpoint", "semantic_tokens.backbones.published",
]  # fmt: skip
_REPEATS, _LONG = 3, 4.0  # runs, of which the fastest counts; fewer where they take more seconds than that in all


@dataclass(frozen=True)
class GrowthCost:
    """Of a run over `size` tokens: seconds; seconds of the processor, all its threads together, which a busy machine
    hardly changes, of these without and in K-Means' products, and those of a small run; bytes at the peak, and at the
    peak of the small runs before it."""

    size: int
    seconds: float
    cpu_s: float
    products_s: float
    fixed_s: float
    peak: int
    peak_before: int


def cost(name: str, size: int, dim: int, root: Path, products: bool = True) -> GrowthCost:
    """Of the stage of that name. `root` keeps what it reads. Without `products` K-Means deals its rows out instead, and
    only memory is as it would be.

    RuntimeError where the step fails, with the end of its log.
    """
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    _in_a_process(_prepare, name, size, dim, root)
    return _in_a_process(_measure, name, size, dim, root, products)


def _in_a_process(work: Any, name: str, *arguments: Any) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LIBRARIES)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(theirs, work, name, *arguments))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        process.join()
        log = arguments[2] / name / "step.log"
        said = log.read_text(encoding="utf-8")[-2000:] if log.exists() else ""
        raise RuntimeError(f"{name} over {arguments[0]:,} tokens ended with {process.exitcode}\n{said}") from None
    finally:
        process.join()


def _send(to: Connection, work: Any, *arguments: Any) -> None:
    to.send(work(*arguments))


def _prepare(name: str, size: int, dim: int, root: Path) -> None:
    """Make the files that the stage reads, of both sizes."""
    for build in _builds(STAGES[name], size, dim, root, root / name):
        build()


def _measure(name: str, size: int, dim: int, root: Path, products: bool) -> GrowthCost:
    from semantic_tokens.peak_memory import peak_resident

    stage = STAGES[name]
    with _products(stage.kmeans, products) as spent:
        small, large = _builds(stage, size, dim, root, root / name)
        fixed = [_timed(small(), spent) for _ in range(2)][-1]
        before, run = peak_resident(), large()
        runs = [_timed(run, spent)]
        peak = peak_resident()
        while len(runs) < _REPEATS and sum(run[0] for run in runs) < _LONG:
            runs.append(_timed(run, spent))
    seconds, cpu, products_s = (min(figures) for figures in zip(*runs, strict=True))
    return GrowthCost(size, seconds, cpu, products_s, fixed[1], peak, before)


def _builds(stage: Stage, size: int, dim: int, root: Path, folder: Path) -> Iterator[Any]:
    """Functions that make the files and the run: of the smallest vocabulary, and of the one asked for."""
    from functools import partial

    from semantic_tokens.bench.growth.inputs import SMALLEST, Inputs

    for tokens, width in ((SMALLEST, min(dim, 32)), (size, dim)):
        inputs = Inputs(root / f"{stage.kind}-{tokens}x{width}", tokens, width, stage.kind)
        yield partial(stage.build, inputs, folder)


def _timed(run: Any, spent: list[float]) -> tuple[float, float, float]:
    """Seconds; seconds of the processor without K-Means' products, and in them."""
    start, cpu, before = perf_counter(), process_time(), spent[0]
    run()
    products_s = spent[0] - before
    return perf_counter() - start, process_time() - cpu - products_s, products_s


@contextmanager
def _products(kmeans: bool, wanted: bool) -> Iterator[list[float]]:
    """A list whose one number is the processor's seconds that K-Means has spent, inside the context, on scores of rows
    with centroids. Where they are not `wanted`, rows are dealt out to the centroids instead."""
    spent = [0.0]
    if not kmeans:
        yield spent
        return
    from semantic_tokens.grouping.kmeans import capped_kmeans
    from semantic_tokens.grouping.kmeans.bounds import BoundedSearch, Rows

    def timed(function: Any) -> Any:
        def run(*arguments: Any) -> Any:
            start = process_time()
            try:
                return function(*arguments)
            finally:
                spent[0] += process_time() - start

        return run

    def deal(search: BoundedSearch, state: Any, rows: Rows, centroids: Any, near: Any) -> None:
        rows.assignment.copy_(near[rows.ids % len(near)])
        rows.own.fill_(0)

    compare, with_room = BoundedSearch._compare, capped_kmeans._best_with_room
    BoundedSearch._compare = timed(compare if wanted else deal)  # type: ignore[method-assign]
    capped_kmeans._best_with_room = timed(with_room)
    try:
        yield spent
    finally:
        BoundedSearch._compare = compare  # type: ignore[method-assign]
        capped_kmeans._best_with_room = with_room
