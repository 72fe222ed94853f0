"""Backbones, downloaded or trained from scratch, and the token caches that they and their conditions read."""

from dataclasses import replace

from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.config.data import WorldData
from semantic_tokens.config.models import Config, HubBackbone
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.estimate import downloads, facts, items
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.formulas.data import table_bytes, task_tokens
from semantic_tokens.estimate.jobs import Resource, Training, Work
from semantic_tokens.fine_tuning.memory import Update
from semantic_tokens.models.shape import FLOAT, Shape
from semantic_tokens.pretraining.settings import PretrainingSettings

TOKEN_ID = 4  # bytes
CHECKPOINT = 3  # the weights and the optimizer's two moments, in multiples of the weights


def fetch_backbone(job: DagJob, config: Config) -> Work:
    name = job.wildcards["backbone"]
    backbone = config.backbones[name]
    assert isinstance(backbone, HubBackbone)
    shape = shape_of(backbone)
    size, published = downloads.of_backbone(backbone)
    return Work(
        "backbones",
        "download",
        size,
        "exact" if published else "assumed",
        leaves=FLOAT * shape.parameters(shape.vocabulary, shape.dim),
        resource=Resource(f"backbones/{name}", backbone.model or name),
    )


def train_tokenizer(job: DagJob, config: Config) -> Work:
    return Work("backbones", "tokenising", table_bytes(config, "corpus"), "sampled")


def pretrain_backbone(job: DagJob, config: Config) -> Work:
    backbone = config.backbones[job.wildcards["backbone"]]
    assert isinstance(backbone, ScratchBackbone)
    shape, settings = shape_of(backbone), backbone.pretraining
    if backbone.architecture == "bloom":  # it predicts every token
        settings = settings.model_copy(update={"mask_probability": 1.0})
    return masked_lm("backbones", shape, settings, shape.vocabulary, shape.dim)


def make_masked_lm_head(job: DagJob, config: Config) -> Work:
    """Counted as training of the whole, which is at most three times the work: the frozen encoder has no gradients."""
    backbone = config.backbones[job.wildcards["backbone"]]
    assert isinstance(backbone, HubBackbone) and backbone.masked_lm_head is not None
    shape = shape_of(backbone)
    return masked_lm("backbones", shape, backbone.masked_lm_head, shape.vocabulary, shape.dim)


def masked_lm(stage: str, shape: Shape, settings: PretrainingSettings, groups: int, dim: int) -> Work:
    """Masked-LM training over `groups` tokens whose embeddings have `dim` dimensions."""
    tokens, length = settings.steps * settings.batch_size * settings.sequence_length, settings.sequence_length
    work = shape.masked_lm(tokens, length, settings.mask_probability, groups, dim)
    update = Update("masked LM", settings, replace(shape, vocabulary=groups), dim)
    passes = settings.batch_size / (settings.micro_batch or settings.batch_size)
    weights = FLOAT * shape.parameters(groups, dim)
    checkpoint = CHECKPOINT * weights if settings.steps > settings.checkpoint_every else 0
    return Work(
        stage,
        "training",
        work,
        "exact" if shape.known else "assumed",
        leaves=FLOAT * shape.parameters(groups, shape.dim) + checkpoint,
        like=f"masked LM {shape.layers} x {shape.dim}",
        # On a GPU its products are bf16 whatever the config says.
        trainings=(Training(update, "auto", tokens, work, settings.steps, length, passes=passes),),
    )


def reduce_tokenizer(job: DagJob, config: Config) -> Work:
    return Work("tokens", "weights", 0, "exact")


def tokenize_corpus(job: DagJob, config: Config) -> Work:
    return Work(
        "tokens",
        "tokenising",
        table_bytes(config, "corpus"),
        "sampled" if isinstance(config.data, WorldData) else "assumed",
        leaves=items.corpus_tokens(config) * TOKEN_ID,
    )


def tokenize_tasks(job: DagJob, config: Config) -> Work:
    tokens = sum(task_tokens(config, task) for task in job.params["settings"])
    return Work("tokens", "tokenising", tokens * facts.BYTES_A_TOKEN, "sampled", leaves=tokens * TOKEN_ID)


FORMULAS = {
    "fetch_backbone": fetch_backbone,
    "train_tokenizer": train_tokenizer,
    "pretrain_backbone": pretrain_backbone,
    "make_masked_lm_head": make_masked_lm_head,
    "reduce_tokenizer": reduce_tokenizer,
    "tokenize_corpus": tokenize_corpus,
    "tokenize_tasks": tokenize_tasks,
}
