"""What needs a GPU to measure, in ten minutes: `python -m semantic_tokens.bench.gpu`; `--small` tries it without one.

The masked-LM step at mBERT's shape over all tokens and 5% of them; one update of each task at the paper's batch, its
time and its peak next to the calculator's; K-Means back ends against their peers at the numbers of rows of mBERT and
XLM-R, from the same first centroids. One JSON object a line, at once; what no time was left for is named.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from semantic_tokens.bench import masked_lm
from semantic_tokens.bench.gpu_time import Line, peak_gb, timed
from semantic_tokens.bench.gpu_updates import TASKS, update_line
from semantic_tokens.grouping.kmeans.spherical_kmeans import initial_rows, spherical_kmeans
from semantic_tokens.models.shape import Shape

SECONDS = 480  # after which nothing new begins
ITERATIONS, DIRECTIONS = 5, 4_000
ROWS, PERCENTS = {"mbert": 119_547, "xlm-r": 250_002}, (5, 20, 40)
PAPERS_GB = {"mlm-step-100": 74.6, "mlm-step-05": 19.1}  # its Table 3
SHAPES = {
    "mbert": Shape(119_547, 768, 12, 12, 3_072, 512, 2),
    "xlmr-large": Shape(250_002, 1_024, 24, 16, 4_096, 514, 1),
}
SMALL = Shape(500, 32, 2, 2, 64, 512, 2)


def parts(device: str, small: bool) -> dict[str, Callable[[], Iterator[Line]]]:
    """What is measured, by name, what matters most first."""
    found: dict[str, Callable[[], Iterator[Line]]] = {}
    for row in masked_lm.GROUPS:
        found[row] = partial(masked_lm_line, row, device, small)
    for backbone, shape in ({"small": SMALL} if small else SHAPES).items():
        for task in TASKS:
            found[f"{task} {backbone}"] = partial(_update, task, backbone, shape, device, small)
    for backbone, rows in ({"small": 2_000} if small else ROWS).items():
        for percent in PERCENTS:
            found[f"kmeans {backbone} {percent}%"] = partial(kmeans_lines, rows, 16 if small else 768, percent, device)
    return found


def masked_lm_line(row: str, device: str, small: bool) -> Iterator[Line]:
    """Seconds of one step of ours at 128 x 128 tokens, once warm, and its peak next to the paper's."""
    sizes = (2_000, 64, 2, 4) if small else (masked_lm.GROUPS[row], 768, 12, 128)
    step = masked_lm.ours(masked_lm.Setup(*sizes, device))
    step()
    _, seconds = timed(step, device)
    yield {"what": "masked-lm", "row": row, "seconds": seconds, **peak_gb(device), "paper_gb": PAPERS_GB[row]}


def _update(task: str, backbone: str, shape: Shape, device: str, small: bool) -> Iterator[Line]:
    yield update_line(task, backbone, shape, device, small)


def kmeans_lines(rows: int, dim: int, percent: int, device: str) -> Iterator[Line]:
    """Seconds of a number of iterations by every back end that is installed, and how far its objective is from ours."""
    points = structured_rows(rows, dim, device)
    k = rows * percent // 100
    start = points[initial_rows(points, k, seed=0)]

    def ours(backend: Any) -> Tensor:
        return spherical_kmeans(points, k, seed=0, max_iterations=ITERATIONS, init=start, backend=backend).assignment

    wanted = None
    runs: dict[str, Callable[[], Tensor]] = {"torch": partial(ours, "torch"), **_peers(points, k, start, ours)}
    for name, run in runs.items():
        line: Line = {"what": "kmeans", "rows": rows, "percent": percent, "backend": name, "iterations": ITERATIONS}
        try:
            found, seconds = timed(run, device)
        except Exception as error:  # a back end that fails must not end the others
            yield line | {"failed": f"{type(error).__name__}: {error}"}
            continue
        value = objective(points, found, k)
        wanted = value if wanted is None else wanted
        yield line | {"seconds": seconds, "objective": value, "objective_over_torchs": value / wanted}


def _peers(points: Tensor, k: int, start: Tensor, ours: Callable[[Any], Tensor]) -> dict[str, Callable[[], Tensor]]:
    peers: dict[str, Callable[[], Tensor]] = {}
    if points.is_cuda and find_spec("cuml"):
        peers["cuml"] = partial(ours, "cuml")
    if points.is_cuda and find_spec("flash_kmeans"):
        from flash_kmeans import batch_kmeans_Cosine

        def flash() -> Tensor:
            first = start.unsqueeze(0)
            return batch_kmeans_Cosine(points.unsqueeze(0), k, max_iters=ITERATIONS, tol=-1, init_centroids=first)[0][0]

        peers["flash-kmeans"] = flash
    if points.is_cuda and find_spec("fastkmeans"):  # draws its own first centroids
        from fastkmeans import FastKMeans

        def fast() -> Tensor:
            model = FastKMeans(points.shape[1], k, niter=ITERATIONS - 1, tol=-1, seed=0, device="cuda")
            model.train(points.cpu().numpy())
            return torch.from_numpy(model.predict(points.cpu().numpy())).to(points.device)

        peers["fastkmeans"] = fast
    return peers


def structured_rows(rows: int, dim: int, device: str) -> Tensor:
    """Unit rows [rows, dim] around a few thousand directions, as word embeddings lie: K-Means of noise is no test."""
    generator = torch.Generator(device).manual_seed(0)
    directions = torch.randn(min(DIRECTIONS, rows), dim, device=device, generator=generator)
    chosen = torch.randint(len(directions), (rows,), device=device, generator=generator)
    noise = torch.randn(rows, dim, device=device, generator=generator)
    return torch.nn.functional.normalize(directions[chosen] + noise)


def objective(points: Tensor, assignment: Tensor, k: int) -> float:
    """Mean over the rows of 1 - cosine to the direction of their cluster's sum."""
    sums = torch.zeros(k, points.shape[1], device=points.device).index_add_(0, assignment.long(), points)
    return 1 - float(sums.norm(dim=1).double().sum()) / len(points)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m semantic_tokens.bench.gpu", description=__doc__)
    parser.add_argument("--small", action="store_true", help="toy sizes, on any device")
    small = parser.parse_args().small
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu" and not small:
        raise SystemExit("bench.gpu: torch sees no GPU; --small tries the script without one")
    print(
        json.dumps({"device": torch.cuda.get_device_name() if device == "cuda" else "cpu", "torch": torch.__version__})
    )
    begun = time.monotonic()
    for name, part in parts(device, small).items():
        if time.monotonic() - begun > SECONDS:
            print(json.dumps({"what": name, "left_out": f"{SECONDS} s were over"}), flush=True)
            continue
        if device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        try:
            for line in part():
                print(json.dumps(line), flush=True)
        except Exception as error:  # a part that fails, for lack of memory say, must not end the others
            print(json.dumps({"what": name, "failed": f"{type(error).__name__}: {error}"}), flush=True)


if __name__ == "__main__":
    main()
