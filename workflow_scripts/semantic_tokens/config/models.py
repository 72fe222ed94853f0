"""The shape of `config.yaml`: one typed model per section. Every field's description becomes its row in docs/config.md.

A field has a default only where it is right for every config. Types: `types.py`.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, create_model, field_validator, model_validator

from semantic_tokens import siblings
from semantic_tokens.alignment.settings import AlignmentSettings
from semantic_tokens.analysis.efficiency.settings import Efficiency
from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.conditions import TASKS, TRANSFERS
from semantic_tokens.config.data import Source, UpstreamData, WorldData
from semantic_tokens.config.patterns import ConditionPatterns
from semantic_tokens.config.published_sizes import SIZES, published_sizes
from semantic_tokens.config.tasks import Tasks
from semantic_tokens.config.types import (
    Count,
    Distinct,
    FromText,
    IntegerFromText,
    Name,
    OneOf,
    Section,
    Seed,
)
from semantic_tokens.grouping.kmeans.settings import CappedKMeansSettings
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.sources.languages import LANGUAGES as KNOWN_LANGUAGES
from semantic_tokens.sources.listing import BACKBONES

TaskName = Annotated[str, OneOf(TASKS)]
PairSource = Literal["all", "muse", "panlex", "concepticon", "colexnet", "dictionaries", "own", "round-trip"]


class Run(Section):
    name: Annotated[str, Field(pattern="^[a-z0-9-]+$")] = Field(description="Names the folder of outputs.")
    seed: Seed = Field(description="Source of every random draw that has no seed of its own.")
    evaluation_split: Literal["dev", "test"] = Field("test", description="Split scored; choose settings on `dev`.")


def _sizes_are_optional(schema: dict[str, Any]) -> None:
    """They are filled in from the registry or the folder before the fields are checked."""
    schema["required"] = [key for key in schema["required"] if key not in SIZES]


class HubBackbone(Section):
    """A pretrained model: from the model hub at the revision that the registry pins, or from a folder."""

    model_config = Section.model_config | ConfigDict(json_schema_extra=_sizes_are_optional)

    kind: Literal["hub"] = Field(description="Where the backbone comes from.")
    model: Annotated[str, OneOf(BACKBONES)] | None = Field(
        None, description="Name in the registry of sources; or give a `folder`."
    )
    folder: str | None = Field(
        None, validate_default=True, description="Local folder with the checkpoint of any model; or give a `model`."
    )
    vocabulary: Annotated[int, Field(ge=100), IntegerFromText] = Field(
        description="Rows of the word embeddings, checked against the checkpoint; absent: as published."
    )
    dim: Count = Field(description="Width of the embeddings, checked against the checkpoint; absent: as published.")
    max_length: Annotated[int, Field(ge=8), IntegerFromText] = Field(
        description="Maximum input length in tokens; absent: as published."
    )

    @model_validator(mode="before")
    @classmethod
    def _as_published(cls, given: Any) -> Any:
        return published_sizes(given.get("model"), given.get("folder")) | given if isinstance(given, dict) else given

    @field_validator("folder")
    @classmethod
    def _one_origin(cls, folder: str | None, info: ValidationInfo) -> str | None:
        if "model" in info.data and (folder is None) == (info.data["model"] is None):
            raise ValueError("a hub backbone must have either a model or a folder")
        return folder


class Alignment(AlignmentSettings):
    """CLSA: InfoNCE on the embedding table."""

    source_sets: dict[Name, Annotated[list[PairSource], Distinct, Field(min_length=1)]] = Field(
        description="Dictionaries of each source set: `all` stands for those of `data.dictionaries`, `round-trip` "
        "for words that are mutual nearest neighbours before alignment. A condition aligns on the set x as `clsa-x`, "
        "and on its shuffled pairs, the control, as `shuffled-x`."
    )


class LexiconSection(Section):
    """Subwords that these dictionaries link become one group (paper, Table 4)."""

    sources: Annotated[list[Source], Distinct] = Field(
        min_length=1, description="Dictionaries whose translations are merged."
    )
    languages: Annotated[list[Annotated[str, OneOf(tuple(KNOWN_LANGUAGES))]], Distinct] | None = Field(
        None, min_length=2, description="Merge only across these languages; absent: all languages of the dictionaries."
    )


class GroupingSection(CappedKMeansSettings):
    lexicons: dict[Name, LexiconSection] = Field(
        {}, description="Dictionaries to group by; a condition groups by the lexicon x as `lexicon-x`."
    )
    semantic_embedding: Literal["mean", "renorm"] = Field(
        "mean", description="Embedding of a group: the mean of its members, or that mean rescaled to their mean norm."
    )
    stability_seeds: Annotated[list[Seed], Distinct] = Field(
        [], description="Seeds with which K-Means groups again, to measure how much the groups depend on the seed."
    )


class Study(Section):
    conditions: ConditionPatterns = Field(
        min_length=1, description="Conditions as `backbone/d<dim>/alignment/grouping/pretraining`, with {a,b} for both."
    )
    tasks: Annotated[list[Annotated[str, OneOf(("all", *TASKS))]], Distinct] = Field(
        min_length=1,
        description="Tasks to score each condition on; `[all]` that have settings and, with `local_dir`, data there.",
    )
    axis: Literal["ratio", "dimension", "parameters", "alignment", "languages", "none"] = Field(
        "ratio", description="What the study's figure shows along its axis; `none`: a table only."
    )
    transfer: Annotated[str, OneOf(TRANSFERS)] = Field(
        description="Train on every language (`in-language`), on English only (`zero-shot`), or, where the tasks are "
        "retrieval and reranking, on MS MARCO (`ms-marco`).",
    )
    seeds: Annotated[list[Seed], Distinct] = Field(min_length=1, description="Seeds of fine-tuning, one run each.")


class Inspection(Section):
    """Groupings that are looked into and not scored. The page opens with them."""

    conditions: ConditionPatterns = Field(
        min_length=1, description="Groupings, as conditions that end in `/none`; they are not scored."
    )
    keywords: Annotated[list[Annotated[str, Field(min_length=1)]], Distinct, Field(min_length=1)] = Field(
        description="Words whose groups are shown; one that is no token of a vocabulary is left out of it."
    )


class Compute(Section):
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="`auto`: a GPU where there is one.")
    precision: Literal["auto", "float32", "bf16"] = Field(
        "auto",
        description="Precision of products in fine-tuning and in inference with fine-tuned models: `float32` or `bf16` "
        "(autocast; weights and updates stay float32). `auto`: bf16 on a GPU, and TF32 for the rest; float32 on a "
        "processor.",
    )
    gpus: Count | None = Field(
        None, description="GPUs that `estimate` assumes; nothing else reads it. Absent: those of this machine."
    )
    gpu_memory: Annotated[float, Field(gt=0, allow_inf_nan=False), FromText] | None = Field(
        None,
        description="GPU memory in GB that fine-tuning may take, to which batches are cut; absent: all that the device "
        "has, and in `estimate` what the data sheet of its GPU says.",
    )
    threads_pretraining: Count = Field(
        description="Arithmetic threads of pretraining from scratch, and of `efficiency` (sums depend on their number)."
    )
    threads: Count = Field(
        description="Arithmetic threads of every other step, continual pretraining too (sums depend on their number)."
    )
    bundles: list[Annotated[list[TaskName], Field(min_length=1)]] = Field(
        description="Tasks fine-tuned in one process, where studies ask for several that have no scores yet; each task "
        "of `tasks` in exactly one bundle."
    )


MEASURED_BY = (*siblings.found(), "efficiency")


class Claims(Section):
    """What of this run stands for what the papers' claims speak of; what is not named stands for itself."""

    stands_for: dict[Name, Name] = Field({}, description="The paper's backbone -> ours, e.g. `{mbert: tiny-bert}`.")
    dims: dict[Count, Count] = Field({}, description="The paper's dimensions -> ours, e.g. `{768: 128, 128: 32}`.")
    transfers: dict[Annotated[str, OneOf(TRANSFERS)], Annotated[str, OneOf(TRANSFERS)]] = Field(
        {}, description="The paper's training data -> ours, e.g. `{ms-marco: zero-shot}`."
    )
    source_set: Name = Field("all", description="The source set that stands for the paper's own, its four sources.")
    measured_by: Annotated[list[Annotated[str, OneOf(MEASURED_BY)]], Distinct] = Field(
        [], description="Targets whose tables are judged too. They are then made whenever claims are, for the page too."
    )


class CommonConfig(Section):
    run: Run = Field(description="The run as a whole.")
    local_dir: str | None = Field(
        None, description="A folder of upstream files, laid out as their publishers do, to read instead of downloading."
    )
    mirror: str | None = Field(None, description="Another base URL, to download from in place of the publishers'.")
    offline: bool = Field(False, description="Download nothing: what is not at hand is an error.")
    data: Annotated[WorldData | UpstreamData, Field(discriminator="kind")] = Field(
        description="Texts, dictionaries and task items."
    )
    backbones: dict[Name, Annotated[ScratchBackbone | HubBackbone, Field(discriminator="kind")]] = Field(
        min_length=1, description="Models to start from, by name."
    )
    alignment: Alignment = Field(description="Cross-lingual alignment of the embedding table (CLSA).")
    grouping: GroupingSection = Field(description="Merging of the vocabulary.")
    pretraining: PretrainingSettings = Field(description="Continual pretraining (`mlm` in a condition).")
    tasks: Tasks = Field(description="Fine-tuning, by task.")
    studies: dict[Name, Study] = Field(min_length=1, description="What to compare, by name.")
    inspection: Inspection | None = Field(
        None, description="Groupings that the page opens with; absent: it opens with the scores."
    )
    exports: ConditionPatterns = Field(
        [], description="Conditions whose models the target `exports` writes as folders to take away, as in a study."
    )
    efficiency: Efficiency | None = Field(None, description="What the target `efficiency` measures: Table 3.")
    compute: Compute = Field(description="How to use the machine.")
    claims: Claims = Field(Claims.model_validate({}), description="How the papers' claims are judged by this run.")
    expect_claims: Annotated[list[Name], Distinct] = Field(
        [],
        description="Ids of claims that must hold in this run, or the target `claims` fails. With one seed none about "
        "scores does.",
    )


if TYPE_CHECKING:
    Config = CommonConfig
else:
    # A section for each sibling paper that is there; without it, the sibling's target says so.
    Config = create_model(
        "Config",
        __base__=CommonConfig,
        **{
            name: (sibling.settings | None, Field(None, description=sibling.asks_for))
            for name, sibling in siblings.found().items()
        },
    )
