"""What conditions are made of: embedding tables, alignment, groups, models over them, pretraining, exports."""

from semantic_tokens.conditions import Condition, n_groups
from semantic_tokens.config.data import WorldData
from semantic_tokens.config.models import Config
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.estimate import facts, items
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.formulas.backbones import masked_lm
from semantic_tokens.estimate.jobs import Work
from semantic_tokens.models.shape import FLOAT, TRAINING, Shape

PARTITION_ROW = 24  # bytes: a token, its group and its cosine, compressed


def over_groups(config: Config, condition: Condition) -> tuple[Shape, int]:
    """The backbone's shape, and how many groups the condition has: of composed rows, nearly as many as tokens."""
    shape = shape_of(config.backbones[condition.backbone])
    composed = condition.grouping.traits.composes_rows
    return shape, shape.vocabulary if composed else n_groups(shape.vocabulary, condition.grouping)


def extract_embeddings(job: DagJob, config: Config) -> Work:
    size = _table_bytes(config, Condition.from_wildcards(job.wildcards))
    return Work("alignment", "weights", size, "exact", leaves=size)


def align(job: DagJob, config: Config) -> Work:
    condition, settings = Condition.from_wildcards(job.wildcards), config.alignment
    rates = 1 if condition.alignment_method == "shuffled" else len(settings.learning_rates)
    pairs = items.token_pairs(config, settings.source_sets[condition.source_set or ""])
    similarities = rates * settings.epochs * pairs * settings.batch_size
    return Work(
        "alignment",
        "alignment",
        TRAINING * 2 * similarities * condition.dim,
        "sampled" if isinstance(config.data, WorldData) else "assumed",
        leaves=_table_bytes(config, condition),
        like=f"d{condition.dim}",
    )


def group(job: DagJob, config: Config) -> Work:
    """The grouping that a condition's model has, or the same with another seed, for its stability."""
    condition = Condition.from_wildcards(job.wildcards)
    vocabulary = config.backbones[condition.backbone].vocabulary
    iterations = min(config.grouping.max_iterations, facts.KMEANS_ITERATIONS)
    flops = condition.grouping.traits.flops_per_iteration
    groups = n_groups(vocabulary, condition.grouping)
    return Work(
        "groups",
        "kmeans" if flops else "weights",
        iterations * flops(vocabulary, groups, condition.dim) if flops else _table_bytes(config, condition),
        "assumed" if flops else "exact",
        leaves=PARTITION_ROW * vocabulary,
        like=f"{condition.grouping.method} d{condition.dim}",
    )


def build_model(job: DagJob, config: Config) -> Work:
    shape, groups = over_groups(config, Condition.from_wildcards(job.wildcards))
    size = FLOAT * shape.parameters(groups, shape.dim)  # a truncated table is saved with its zeros
    read = FLOAT * shape.parameters(shape.vocabulary, shape.dim)
    return Work("models", "weights", read + size, "exact", leaves=size)


def continue_pretraining(job: DagJob, config: Config) -> Work:
    condition = Condition.from_wildcards(job.wildcards)
    shape, groups = over_groups(config, condition)
    return masked_lm("pretrain", shape, config.pretraining, groups, condition.dim)


def export_model(job: DagJob, config: Config) -> Work:
    """`expanded` repeats a group's row for each of its tokens."""
    shape, groups = over_groups(config, Condition.from_wildcards(job.wildcards))
    rows = shape.vocabulary if job.wildcards["form"] == "expanded" else groups
    read, size = (FLOAT * shape.parameters(n, shape.dim) for n in (groups, rows))
    return Work("exports", "weights", read + size, "exact", leaves=size)


def _table_bytes(config: Config, condition: Condition) -> float:
    return FLOAT * config.backbones[condition.backbone].vocabulary * condition.dim


FORMULAS = {
    "extract_embeddings": extract_embeddings,
    "align": align,
    "group": group,
    "build_model": build_model,
    "continue_pretraining": continue_pretraining,
    "export_model": export_model,
}
