"""Where every file of a run is: the only place that spells paths.

A condition is a path, and each prefix of it is an artifact. The methods take a `Condition`, its text, or a pattern
with Snakemake's wildcards (`ANY_CONDITION`), so that a rule and whoever asks for its output call the same method. A
method for the artifact of a prefix also takes the prefix alone.

>>> Layout("demo").partition(ANY_CONDITION)
'results/demo/conditions/{backbone}/d{dim}/{alignment}/{grouping}/partition.parquet'
>>> Layout("demo").partition("tiny-bert/d128/none/kmeans-cosine-r05/mlm")
'results/demo/conditions/tiny-bert/d128/none/kmeans-cosine-r05/partition.parquet'
"""

from dataclasses import dataclass

from semantic_tokens.conditions import PATTERN, Condition, Unit
from semantic_tokens.names import file_stem

_TRUNCATED_PARTS, _ALIGNED_PARTS, _GROUPED_PARTS = 2, 3, 4  # of the path of a condition
_WITH_HEAD = "masked-lm"
Place = Condition | str


def _prefix(condition: Place, parts: int) -> str:
    return "/".join(str(condition).split("/")[:parts])


ANY_CONDITION = PATTERN
ANY_TRUNCATED = _prefix(PATTERN, _TRUNCATED_PARTS)
ANY_ALIGNED = _prefix(PATTERN, _ALIGNED_PARTS)
ANY_GROUPED = _prefix(PATTERN, _GROUPED_PARTS)
ANY_UNIT = "{tasks}@{transfer}#{seed}"


@dataclass(frozen=True)
class Layout:
    """The files of the run `run`, as paths from the working directory."""

    run: str

    @property
    def root(self) -> str:
        """Folder of all outputs of the run."""
        return f"results/{self.run}"

    # Data and backbones

    def source(self, name: str) -> str:
        """Where the step that obtains a source records its folder."""
        return f"{self.root}/sources/{name}.json"

    def data(self, name: str) -> str:
        """A canonical table."""
        return f"{self.root}/data/{name}.parquet"

    def data_notes(self, name: str, kind: str) -> str:
        """A by-product of reading a canonical table: rows `skipped`, or `amounts` of text."""
        return f"{self.root}/data/{name}.{kind}.csv"

    def backbone(self, name: str) -> dict[str, str]:
        """Configuration and weights of a backbone, by name."""
        return _model(f"{self.root}/backbones/{name}")

    def backbone_with_head(self, name: str) -> dict[str, str]:
        """The same of a backbone that got its masked-LM head here."""
        return _model(f"{self.root}/backbones/{name}/{_WITH_HEAD}")

    def head_losses(self, name: str) -> str:
        """Losses of the training of that head."""
        return f"{self.root}/backbones/{name}/{_WITH_HEAD}/losses.csv"

    def backbone_losses(self, name: str) -> str:
        """Losses of a backbone's pretraining from scratch."""
        return f"{self.root}/backbones/{name}/losses.csv"

    # Tokens

    def tokenizer(self, backbone: str, tokenizer: str = "full") -> str:
        """The backbone's own tokenizer (`full`), or one that a grouping cuts from it (`first-r05`).

        All lie with the backbone, its own beside the weights: the folder is an ordinary checkpoint.
        """
        folder = f"{self.root}/backbones/{backbone}"
        return f"{folder}/tokenizer.json" if tokenizer == "full" else f"{folder}/{tokenizer}/tokenizer.json"

    def tokenizer_config(self, backbone: str) -> str:
        """The files that transformers needs next to the backbone's own tokenizer."""
        return f"{self.root}/backbones/{backbone}/tokenizer_config.json"

    def token_cache(self, backbone: str, tokenizer: str, length: int | str) -> dict[str, str]:
        """The corpus in rows of `length` tokens: the array, and the index of its languages."""
        stem = f"{self.root}/tokens/{backbone}/{tokenizer}/corpus-{length}"
        return {"rows": f"{stem}.npy", "index": f"{stem}.json"}

    def features(self, backbone: str, tokenizer: str, task: str) -> str:
        """The tokenised examples of a task."""
        return f"{self.root}/tokens/{backbone}/{tokenizer}/{task}.parquet"

    def token_pairs(self, backbone: str, source_set: str) -> dict[str, str]:
        """The translations of a source set that are one token each, and how much of the dictionaries they cover."""
        stem = f"{self.root}/tokens/{backbone}/full/pairs-{source_set}"
        return {"pairs": f"{stem}.parquet", "coverage": f"{stem}.csv"}

    # Conditions

    def at(self, place: Place, *parts: str) -> str:
        """A file in the folder of a condition or of a prefix of one."""
        return "/".join([self.root, "conditions", str(place), *parts])

    def embeddings(self, condition: Place) -> str:
        """The table of word embeddings after truncation and alignment, [V, d]."""
        return self.alignment_file(condition, "embeddings.safetensors")

    def alignment_file(self, condition: Place, name: str) -> str:
        """A file that alignment writes beside the table."""
        return self.at(_prefix(condition, _ALIGNED_PARTS), name)

    def partition(self, condition: Place) -> str:
        """Token -> group."""
        return self.at(_prefix(condition, _GROUPED_PARTS), "partition.parquet")

    def regrouped(self, condition: Place, seed: int | str) -> str:
        """The same grouping with another seed, to see how much it depends on it."""
        return f"{self.root}/stability/{_prefix(condition, _GROUPED_PARTS)}/seed-{seed}.parquet"

    def model(self, condition: Place) -> dict[str, str]:
        """Configuration and weights of a condition's model, by name."""
        return _model(self.at(condition))

    def losses(self, condition: Place) -> str:
        """Losses of a condition's continual pretraining."""
        return self.at(condition, "losses.csv")

    def scores(self, condition: Place, unit: Unit | str) -> str:
        """One row per language and metric."""
        return self.at(condition, "scores", f"{unit}.parquet")

    def retriever(self, condition: Place, unit: str) -> dict[str, str]:
        """The model fine-tuned for retrieval, until it has encoded all shards of a collection."""
        return _model(self.at(condition, "scores", f"{unit}.model"))

    def vectors(self, condition: Place, unit: str, shard: str) -> str:
        """The vectors of a shard, until they are searched."""
        return self.at(condition, "scores", f"{unit}.vectors", f"{shard}.npy")

    def export(self, condition: Place, form: str) -> dict[str, str]:
        """The exported files, in one form, by name."""
        folder = self._export(condition, form)
        tokenizer = {"tokenizer": f"{folder}/tokenizer.json", "tokenizer_config": f"{folder}/tokenizer_config.json"}
        return _model(folder) | tokenizer | {"partition": f"{folder}/partition.parquet"}

    def model_card(self, condition: Place, form: str) -> str:
        """The model card of an export."""
        return f"{self._export(condition, form)}/README.md"

    def _export(self, condition: Place, form: str) -> str:
        return f"{self.root}/exports/{condition}/{form}"

    # Results

    def table(self, name: str, kind: str = "csv") -> str:
        """A table of the whole run."""
        return f"{self.root}/tables/{name}.{kind}"

    def scope(self, scope: str, name: str) -> str:
        """A table or figure of a scope: `tables`, a study as `studies/x`, or a condition as `conditions/c`."""
        return f"{self.root}/{scope}/{name}"

    def study(self, study: str, name: str) -> str:
        """A table or figure of one study."""
        return self.scope(f"studies/{study}", name)

    def page(self, name: str) -> str:
        """A page to read in a browser."""
        return f"{self.root}/report/{name}.html"

    def groups_data(self, place: Place) -> str:
        """What the browser of semantic tokens loads: the groups of a grouping, or `{backbone}/tokens`."""
        return f"{self.root}/report/data/groups/{_prefix(place, _GROUPED_PARTS)}.js"

    def picture(self, page: str, name: str, kind: str = "svg") -> str:
        """A picture of a page."""
        return f"{self.root}/report/{page}/{name}.{kind}"

    def costs(self) -> str:
        """Time and memory of every job."""
        return f"{self.root}/costs.csv"

    def manifest(self) -> str:
        """How the run was made: config, versions, commit, machine."""
        return f"{self.root}/manifest.json"

    def analysis(self, analysis: str, name: str) -> str:
        """A file of an analysis that covers several conditions."""
        return f"{self.root}/{analysis}/{name}"

    # Records of jobs

    def log(self, rule: str, *about: Place) -> str:
        """The log of a rule, or of a job that is identified by what it is about."""
        return f"{self.root}/logs/{_job(rule, *about)}.log"

    def benchmarks(self) -> str:
        """Folder of the measured times."""
        return f"{self.root}/benchmarks"

    def benchmark(self, rule: str, *about: Place) -> str:
        """Time and memory that a job took."""
        return f"{self.benchmarks()}/{_job(rule, *about)}.tsv"

    def checkpoint(self, rule: str, *about: Place) -> str:
        """Where a job resumes after a kill; removed when it has succeeded."""
        return f"{self.root}/checkpoints/{_job(rule, *about)}.pt"


def _model(folder: str) -> dict[str, str]:
    return {"config": f"{folder}/config.json", "model": f"{folder}/model.safetensors"}


def _job(rule: str, *about: Place) -> str:
    """`rule/tiny-bert-d128-none/...`: each thing that a job is about is one part of the path."""
    return "/".join([rule, *map(file_stem, about)])
