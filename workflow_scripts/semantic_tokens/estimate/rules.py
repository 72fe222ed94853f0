"""The rules of the workflow once more, as amounts of work: what they read, compute and leave for a given config.

Left out: collecting scores, tables, figures and the page (seconds each), and what is made only on demand: exports, and
`geometry`, `probing`, `transfer`, `before_after` and `efficiency` with the backbones that only they read.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.conditions import Condition, Unit, n_groups
from semantic_tokens.config.loading import units
from semantic_tokens.config.models import Config
from semantic_tokens.estimate import facts, items
from semantic_tokens.estimate.jobs import Plan, Training, plan
from semantic_tokens.estimate.shapes import shape_of
from semantic_tokens.estimate.shared_rules import SharedRules, once
from semantic_tokens.fine_tuning.memory import Update, host_memory
from semantic_tokens.models.shape import FLOAT, TRAINING, Shape

PARTITION_ROW = 24  # bytes: a token, its group and its cosine, compressed


def plan_of(config: Config) -> Plan:
    """Every job that the studies of the config need."""
    rules = _ConditionRules(config)
    wanted: list[tuple[str, Iterable[str]]] = []
    for condition, by_unit in units(config).items():
        wanted += [(rules.score(condition, unit, by_unit), names) for unit, names in by_unit.items()]
        if condition.grouping.traits.depends_on_start:
            every = {name for names in by_unit.values() for name in names}
            wanted += [(rules.partition(condition, seed), every) for seed in config.grouping.stability_seeds]
    return plan(rules.jobs, wanted)


class _ConditionRules(SharedRules):
    """Those of the conditions: embeddings, groups, models, scores."""

    @once
    def embeddings(self, condition: Condition) -> str:
        output = f"conditions/{condition.backbone}/d{condition.dim}/none/embeddings"
        shape = shape_of(self.config.backbones[condition.backbone])
        size = FLOAT * shape.vocabulary * condition.dim
        needs = [self.backbone(condition.backbone), self.tokenizer(condition.backbone)]
        return self._job(
            output, "extract_embeddings", "alignment", needs, kind="weights", work=size, known="exact", leaves=size
        )

    @once
    def aligned(self, condition: Condition) -> str:
        if condition.alignment == "none":
            return self.embeddings(condition)
        settings, method = self.config.alignment, condition.alignment_method
        needs = [self.embeddings(condition), self.tokenizer(condition.backbone), self.table("word_pairs")]
        if method == "shuffled":  # trained at the rate that CLSA chose
            needs.append(self.aligned(replace(condition, alignment=f"clsa-{condition.source_set}")))
        rates = 1 if method == "shuffled" else len(settings.learning_rates)
        pairs = items.token_pairs(self.config, settings.source_sets[condition.source_set or ""])
        similarities = rates * settings.epochs * pairs * settings.batch_size
        vocabulary = self.config.backbones[condition.backbone].vocabulary
        return self._job(
            f"conditions/{condition.aligned}/embeddings",
            "align",
            "alignment",
            needs,
            kind="alignment",
            work=TRAINING * 2 * similarities * condition.dim,
            known="sampled" if self.world else "assumed",
            leaves=FLOAT * vocabulary * condition.dim,
            threads=self.threads,
            like=f"d{condition.dim}",
            benchmark=f"align/{condition.backbone}-d{condition.dim}-{condition.alignment}.tsv",
        )

    @once
    def partition(self, condition: Condition, again: int | None = None) -> str:
        """The grouping that the condition's model has, or the same `again` with another seed, for its stability."""
        method, vocabulary = condition.grouping.method, self.config.backbones[condition.backbone].vocabulary
        needs = [self.aligned(condition), self.tokenizer(condition.backbone)]
        if condition.grouping.traits.needs_languages:
            backbone = self.config.backbones[condition.backbone]
            own = backbone.pretraining if isinstance(backbone, ScratchBackbone) else self.config.pretraining
            needs.append(self.corpus_tokens(condition.backbone, "full", own))
        if condition.grouping.lexicon:
            needs.append(self.table("word_pairs"))
        iterations = min(self.config.grouping.max_iterations, facts.KMEANS_ITERATIONS)
        flops = condition.grouping.traits.flops_per_iteration
        first, seed = again is None, "" if again is None else f"-{again}"
        return self._job(
            f"{'conditions' if first else 'stability'}/{condition.grouped}/partition{seed}",
            "group" if first else "group_again",
            "groups",
            needs,
            kind="kmeans" if flops else "weights",
            work=iterations * flops(vocabulary, n_groups(vocabulary, condition.grouping), condition.dim)
            if flops
            else FLOAT * vocabulary * condition.dim,
            known="assumed" if flops else "exact",
            leaves=PARTITION_ROW * vocabulary,
            threads=self.threads,
            like=f"{method} d{condition.dim}",
            benchmark=f"group{'' if first else '_again'}/{_dashed(condition.grouped)}{seed}.tsv",
        )

    @once
    def grouped_model(self, condition: Condition) -> str:
        shape, groups = self._over_groups(condition)
        size = FLOAT * shape.parameters(groups, shape.dim)  # a truncated table is saved with its zeros
        read = FLOAT * shape.parameters(shape.vocabulary, shape.dim)
        needs = [self.backbone(condition.backbone), self.aligned(condition), self.partition(condition)]
        return self._job(
            f"conditions/{condition.grouped}/none",
            "build_model",
            "models",
            needs,
            kind="weights",
            work=read + size,
            known="exact",
            leaves=size,
        )

    @once
    def model(self, condition: Condition) -> str:
        if condition.pretraining == "none":
            return self.grouped_model(condition)
        shape, groups = self._over_groups(condition)
        text = self.corpus_tokens(condition.backbone, condition.tokenizer, self.config.pretraining)
        needs = [self.grouped_model(condition), self.partition(condition), text]
        amounts = self._pretraining(shape, self.config.pretraining, groups, condition.dim)
        amounts |= {"benchmark": f"continue_pretraining/{_dashed(condition.grouped)}.tsv"}
        return self._job(f"conditions/{condition}", "continue_pretraining", "pretrain", needs, **amounts)

    def score(self, condition: Condition, unit: Unit, wanted: Collection[Unit]) -> str:
        bundle = unit.scored_with(wanted, self.config.compute.bundles)
        shape, _ = self._over_groups(condition)
        name = f"{'+'.join(bundle)}@{unit.transfer}#{unit.seed}"
        tokenised = next(whole for whole in self.config.compute.bundles if unit.task in whole)
        tokens = self.task_tokens(condition.backbone, condition.tokenizer, tokenised)
        needs = [self.model(condition), self.partition(condition), tokens, *self._task_tables(bundle)]
        trainings = tuple(self._fine_tuning(condition, task, unit.transfer) for task in bundle)
        retrieval = self.config.tasks.retrieval
        if unit.task == "retrieval" and retrieval is not None and retrieval.shards is not None:
            return self._in_shards(condition, name, needs, shape, trainings[0], retrieval.shards)
        return self._job(
            f"conditions/{condition}/scores/{name}",
            "score",
            f"score {' '.join(bundle)}",
            needs,
            kind="training",
            work=sum(training.work + training.reading for training in trainings),
            trainings=trainings,
            known="sampled" if shape.known else "assumed",
            threads=self.threads,
            like=f"{' '.join(bundle)} {shape.layers} x {shape.dim}",
            benchmark=f"score/{_dashed(condition.grouped)}-{condition.pretraining}/{name}.tsv",
        )

    def _fine_tuning(self, condition: Condition, task: str, transfer: str) -> Training:
        """Of a task, and the evaluation after it."""
        config, (shape, groups) = self.config, self._over_groups(condition)
        reading = items.reading(config, task, transfer)
        return Training(
            Update(task, config.tasks.named()[task], replace(shape, vocabulary=groups), condition.dim),
            config.compute.precision,
            trained=reading.training,
            work=shape.forward(TRAINING * reading.training, reading.length),
            updates=reading.updates,
            length=reading.length,
            read=reading.evaluation,
            reading=shape.forward(reading.evaluation, reading.length),
            host=host_memory(shape, condition.dim),
        )

    def _in_shards(
        self, condition: Condition, name: str, needs: list[str], shape: Shape, whole: Training, shards: int
    ) -> str:
        """Retrieval as jobs of its own: training, encoding and search."""
        output = f"conditions/{condition}/scores/{name}"
        measured = f"{_dashed(condition.grouped)}-{condition.pretraining}/{name}"
        amounts: dict[str, Any] = {
            "kind": "training",
            "known": "sampled" if shape.known else "assumed",
            "threads": self.threads,
            "like": f"retrieval {shape.layers} x {shape.dim}",
        }
        stage = "score retrieval"
        training = replace(whole, read=0, reading=0)
        part = replace(whole, trained=0, work=0, updates=0, read=whole.read / shards, reading=whole.reading / shards)
        trained = self._job(
            f"{output}.model",
            "train_retriever",
            stage,
            needs,
            work=training.work,
            trainings=(training,),
            benchmark=f"train_retriever/{measured}.tsv",
            **amounts,
        )
        encoded = [
            self._job(
                f"{output}.vectors/{shard}",
                "encode_passages",
                stage,
                [*needs, trained],
                work=part.reading,
                trainings=(part,),
                benchmark=f"encode_passages/{measured}-{shard}-of-{shards}.tsv",
                **amounts,
            )
            for shard in range(shards)
        ]
        pairs = items.searched_pairs(self.config, "retrieval")
        return self._job(
            output, "search_passages", stage, [*needs, *encoded], kind="searching", work=pairs, known="sampled"
        )

    def _over_groups(self, condition: Condition) -> tuple[Shape, int]:
        shape = shape_of(self.config.backbones[condition.backbone])
        return shape, n_groups(shape.vocabulary, condition.grouping)


def _dashed(path: str) -> str:
    """A condition's path as the names of logs and benchmarks have it."""
    return path.replace("/", "-")
