"""What the jobs of `geometry` have to do."""

from math import comb

from semantic_tokens.config.models import Config
from semantic_tokens.estimate import facts
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.jobs import Work

STAGE = "geometry"
CANONICAL_ANGLES = 16  # x V d^2 FLOP: orthogonal bases of two tables and of two random ones
# Tokens and width of a table, share of its tokens whose neighbours are searched, seconds of a core (docs/geometry.md).
AT_SCALE = (250_002, 768, 0.01, 324)
COMPARED = 14e-6  # seconds per token of a pair of tables 32 wide (docs/bench.md, `growth-compare-geometry`)


def measure_geometry(job: DagJob, config: Config) -> Work:
    """Nearest rows of a share of the tokens, each compared with all."""
    backbone, share = config.backbones[job.wildcards["backbone"]], job.params["sample"]["neighbour_share"]
    tokens, dim, measured_share, seconds = AT_SCALE
    size = (backbone.vocabulary / tokens) ** 2 * (int(job.wildcards["dim"]) / dim) * (share / measured_share)
    return Work(STAGE, "measuring", seconds * size, "sampled")


def compare_geometry(job: DagJob, config: Config) -> Work:
    """Each model with its backbone, and the backbones with one another."""
    names = job.params["conditions"]
    backbones = [config.backbones[name] for name in dict.fromkeys(name.split("/")[0] for name in names)]
    pairs = len(names) - len(backbones) + comb(len(backbones), 2)
    tokens, dim = max(b.vocabulary for b in backbones), max(b.dim for b in backbones)
    angles = CANONICAL_ANGLES * tokens * dim**2 / facts.CORE_FLOPS
    seconds = pairs * (tokens * COMPARED + angles)
    return Work(STAGE, "measuring", seconds, "assumed")


FORMULAS = {"measure_geometry": measure_geometry, "compare_geometry": compare_geometry}
FREE = {"draw_geometry": "draws figures and a page"}
UNKNOWN = {"project_geometry": "UMAP of a sample of each table, which no benchmark times"}
