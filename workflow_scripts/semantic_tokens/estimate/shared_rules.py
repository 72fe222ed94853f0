"""The rules that all conditions share, as amounts of work: data, backbones and tokens."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from typing import Any

from semantic_tokens.config.data import WorldData
from semantic_tokens.config.models import Config, HubBackbone
from semantic_tokens.estimate import downloads, facts, items
from semantic_tokens.estimate.jobs import Job, Training
from semantic_tokens.estimate.shapes import shape_of
from semantic_tokens.fine_tuning.memory import Update
from semantic_tokens.models.shape import FLOAT, Shape
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.sources.listing import with_pool
from semantic_tokens.tasks import declared

TOKEN_ID = 4  # bytes
WORD_PAIR = 20  # bytes, compressed
CHECKPOINT = 3  # the weights and the optimizer's two moments, in multiples of the weights
RANKED = ("retrieval", "rerank")


def once(rule: Callable[..., str]) -> Callable[..., str]:
    """A rule whose amounts are worked out once for the same arguments."""

    @wraps(rule)
    def entered(rules: "SharedRules", *arguments: Any) -> str:
        key = f"{rule.__name__}{arguments}"
        if key not in rules.outputs:
            rules.outputs[key] = rule(rules, *arguments)
        return rules.outputs[key]

    return entered


class SharedRules:
    """A method a rule: enters the job and those that it needs in `jobs`, and returns its output."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.jobs: dict[str, Job] = {}
        self.outputs: dict[str, str] = {}
        self.threads = config.compute.threads
        self.world = isinstance(config.data, WorldData)

    def _job(self, output: str, rule: str, stage: str, needs: Iterable[str], **amounts: Any) -> str:
        self.jobs.setdefault(output, Job(output, rule, stage, tuple(dict.fromkeys(needs)), **amounts))
        return output

    # --- data ---

    @once
    def table(self, name: str) -> str:
        """A canonical table; `collection` stands for queries, passages and judgements."""
        if self.world:
            size = sum(self._table_bytes(table) for table in ("corpus", *self.config.tasks.named()))
            return self._job(
                "data", "generate_world", "data", (), kind="generating", work=size, known="sampled", leaves=size
            )
        rules = {"corpus": "read_corpus", "word_pairs": "read_word_pairs", "collection": "read_collection"}
        sources, size = self._sources(name), self._table_bytes(name)
        read = max(size, sum(downloads.of_source(self.config, source).size for source in sources))
        return self._job(
            f"data/{name}",
            rules.get(name, "read_task"),
            "data",
            [self.source(source) for source in sources],
            kind="reading",
            work=read,
            known="assumed",
            leaves=size,
        )

    @once
    def source(self, name: str) -> str:
        size, published = downloads.of_source(self.config, name)
        known = "exact" if published else "assumed"
        return self._job(f"sources/{name}", "obtain_source", "data", (), kind="download", work=size, known=known)

    @once
    def candidates(self) -> str:
        queries = sum(sum(splits.values()) for splits in items.task_rows(self.config, "rerank").values())
        searched = items.passages(self.config).values()
        pairs = queries * sum(searched) / max(1, len(searched))  # a query searches its own language
        needs = [self.table("collection")]
        return self._job(
            "data/candidates", "retrieve_candidates", "data", needs, kind="searching", work=pairs, known="sampled"
        )

    def _sources(self, table: str) -> Iterable[str]:
        data: Any = self.config.data
        if table in ("corpus", "word_pairs"):
            return data.corpus.sources if table == "corpus" else data.dictionaries
        if table != "collection":
            return declared()[table].sources[:1]
        trained_on = ["msmarco"] * any(study.transfer == "ms-marco" for study in self.config.studies.values())
        return (*with_pool(declared()["retrieval"].sources, data.collection), *trained_on)

    def _table_bytes(self, table: str) -> float:
        if table == "corpus":
            return items.corpus_tokens(self.config) * facts.BYTES_A_TOKEN
        if table == "word_pairs":
            return items.token_pairs(self.config, self.config.data.dictionaries) * WORD_PAIR
        return self._task_tokens(table) * facts.BYTES_A_TOKEN

    def _task_tokens(self, task: str) -> float:
        """Tokens of all items of a task, as its features hold them."""
        if task in (*RANKED, "collection"):
            return sum(items.passages(self.config).values()) * items.mean_tokens(self.config, "passage")
        rows = sum(sum(splits.values()) for splits in items.task_rows(self.config, task).values())
        windows = facts.QA_WINDOWS if task == "qa" and not self.world else 1
        return rows * windows * items.mean_tokens(self.config, task)

    # --- backbones and tokens ---

    @once
    def tokenizer(self, backbone: str, name: str = "full") -> str:
        if name != "full":
            needs = [self.tokenizer(backbone)]
            output = f"tokens/{backbone}/{name}"
            return self._job(output, "reduce_tokenizer", "tokens", needs, kind="weights", work=0, known="exact")
        if isinstance(self.config.backbones[backbone], HubBackbone):
            return self.backbone(backbone)
        return self._job(
            f"backbones/{backbone}/tokenizer",
            "train_tokenizer",
            "backbones",
            [self.table("corpus")],
            kind="tokenising",
            work=self._table_bytes("corpus"),
            known="sampled",
        )

    @once
    def backbone(self, name: str) -> str:
        backbone, output = self.config.backbones[name], f"backbones/{name}"
        shape = shape_of(backbone)
        if isinstance(backbone, HubBackbone):
            size, published = downloads.of_backbone(backbone)
            return self._job(
                output,
                "fetch_backbone",
                "backbones",
                (),
                kind="download",
                work=size,
                known="exact" if published else "assumed",
                leaves=FLOAT * shape.parameters(shape.vocabulary, shape.dim),
            )
        needs = [self.tokenizer(name), self.corpus_tokens(name, "full", backbone.pretraining)]
        settings = backbone.pretraining
        if backbone.architecture == "bloom":  # it predicts every token
            settings = settings.model_copy(update={"mask_probability": 1.0})
        amounts = self._pretraining(shape, settings, shape.vocabulary, shape.dim)
        amounts |= {"threads": self.config.compute.threads_pretraining, "benchmark": f"pretrain_backbone/{name}.tsv"}
        return self._job(output, "pretrain_backbone", "backbones", needs, **amounts)

    @once
    def corpus_tokens(self, backbone: str, tokenizer: str, settings: PretrainingSettings) -> str:
        return self._job(
            f"tokens/{backbone}/{tokenizer}/corpus-{settings.sequence_length}",
            "tokenize_corpus",
            "tokens",
            [self.table("corpus"), self.tokenizer(backbone, tokenizer)],
            kind="tokenising",
            work=self._table_bytes("corpus"),
            known="sampled" if self.world else "assumed",
            leaves=items.corpus_tokens(self.config) * TOKEN_ID,
        )

    @once
    def task_tokens(self, backbone: str, tokenizer: str, bundle: list[str]) -> str:
        tokens = sum(self._task_tokens(task) for task in bundle)
        return self._job(
            f"tokens/{backbone}/{tokenizer}/{'+'.join(bundle)}",
            f"tokenize_{'_'.join(bundle)}",
            "tokens",
            [self.tokenizer(backbone, tokenizer), *self._task_tables(bundle)],
            kind="tokenising",
            work=tokens * facts.BYTES_A_TOKEN,
            known="sampled",
            leaves=tokens * TOKEN_ID,
        )

    def _task_tables(self, bundle: list[str]) -> list[str]:
        tables = [self.table("collection" if task in RANKED else task) for task in bundle]
        return [*tables, self.candidates()] if set(RANKED) & set(bundle) else tables

    def _pretraining(self, shape: Shape, settings: PretrainingSettings, groups: int, dim: int) -> dict[str, Any]:
        tokens, length = settings.steps * settings.batch_size * settings.sequence_length, settings.sequence_length
        work = shape.masked_lm(tokens, length, settings.mask_probability, groups, dim)
        update = Update("masked LM", settings, replace(shape, vocabulary=groups), dim)
        passes = settings.batch_size / (settings.micro_batch or settings.batch_size)
        weights = FLOAT * shape.parameters(groups, dim)
        checkpoint = CHECKPOINT * weights if settings.steps > settings.checkpoint_every else 0
        return {
            "kind": "training",
            "work": work,
            # On a GPU its products are bf16 whatever the config says.
            "trainings": (Training(update, "auto", tokens, work, settings.steps, length, passes=passes),),
            "known": "exact" if shape.known else "assumed",
            "leaves": FLOAT * shape.parameters(groups, shape.dim) + checkpoint,
            "threads": self.threads,
            "like": f"masked LM {shape.layers} x {shape.dim}",
        }
