"""Senses of words next to scores, and the timed steps of Table 3."""

from dataclasses import replace

from semantic_tokens.conditions import Grouping, n_groups
from semantic_tokens.config.models import Config, HubBackbone
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.estimate import facts
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.formulas.analyses import text_seconds, tokens_of
from semantic_tokens.estimate.jobs import Training, Work
from semantic_tokens.fine_tuning.memory import Update

MASKED = 0.15  # share of the tokens of a timed step, as in the paper


def measure_polysemy(job: DagJob, config: Config) -> Work:
    tokens = tokens_of(config, job.params["groupings"])
    seconds = tokens * facts.MEASURED["measure_polysemy"] + text_seconds(job, config)
    return Work("before_after", "measuring", seconds, "sampled")


def measure_efficiency(job: DagJob, config: Config) -> Work:
    """Timed steps at mBERT's shape, after one that is not timed; `library` has the logits of all tokens."""
    dim, percent, load = int(job.wildcards["dim"]), int(job.wildcards["percent"]), job.params["load"]
    shape = shape_of(HubBackbone.model_validate({"kind": "hub", "model": "mbert"}))
    groups = n_groups(shape.vocabulary, Grouping("full") if percent == 100 else Grouping("kmeans-cosine", percent))
    length, steps = load["sequence_length"], load["steps"] + 1
    tokens = steps * load["batch_size"] * length
    work = shape.masked_lm(tokens, length, MASKED if job.wildcards["implementation"] == "ours" else 1, groups, dim)
    update = Update("masked LM", None, replace(shape, vocabulary=groups), dim)
    training = Training(update, "auto", tokens, work, steps, length, passes=1)
    like = f"masked LM {shape.layers} x {shape.dim}"
    return Work("efficiency", "training", work, "exact", like=like, trainings=(training,))


FORMULAS = {"measure_polysemy": measure_polysemy, "measure_efficiency": measure_efficiency}
