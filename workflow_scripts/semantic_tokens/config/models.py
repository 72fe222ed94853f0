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
    LocalPath,
    Name,
    NonNegative,
    OneOf,
    Section,
    Seed,
)
from semantic_tokens.grouping.kmeans.settings import CappedKMeansSettings, InformationSettings, ProductSettings, Weights
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.sources.languages import LANGUAGES as KNOWN_LANGUAGES
from semantic_tokens.sources.listing import BACKBONES

TaskName = Annotated[str, OneOf(TASKS)]
PairSource = Literal["all", "muse", "panlex", "concepticon", "colexnet", "dictionaries", "own", "round-trip"]


class Run(Section):
    name: Annotated[str, Field(pattern="^[a-z0-9-]+$")] = Field(description="Name of the output folder.")
    seed: Seed = Field(description="Seed of every random draw without a separate seed.")
    evaluation_split: Literal["dev", "test"] = Field("test", description="Split to score on; choose settings on `dev`.")


def _sizes_are_optional(schema: dict[str, Any]) -> None:
    """They are filled in from the registry or the folder before the fields are checked."""
    schema["required"] = [key for key in schema["required"] if key not in SIZES]


class HubBackbone(Section):
    """A pretrained model: from the model hub at the revision that the registry pins, or from a folder."""

    model_config = Section.model_config | ConfigDict(json_schema_extra=_sizes_are_optional)

    kind: Literal["hub"] = Field(description="Where the backbone comes from.")
    model: Annotated[str, OneOf(BACKBONES)] | None = Field(
        None, description="Model in the registry of sources; alternatively, give `folder`."
    )
    folder: LocalPath | None = Field(
        None,
        validate_default=True,
        description="Local folder with any model's checkpoint; alternatively, give `model`.",
    )
    vocabulary: Annotated[int, Field(ge=100), IntegerFromText] = Field(
        description="Rows of the word embeddings, checked against the checkpoint; absent: as published."
    )
    dim: Count = Field(description="Width of the embeddings, checked against the checkpoint; absent: as published.")
    max_length: Annotated[int, Field(ge=8), IntegerFromText] = Field(
        description="Maximum input length in tokens; absent: as published."
    )
    masked_lm_head: PretrainingSettings | None = Field(
        None,
        description="Make a masked-LM head for an encoder that has none, and train it alone on the corpus, so that "
        "`mlm` can follow; absent: none is made, and `mlm` is refused.",
    )

    @model_validator(mode="before")
    @classmethod
    def _as_published(cls, given: Any) -> Any:
        return published_sizes(given.get("model"), given.get("folder")) | given if isinstance(given, dict) else given

    @field_validator("max_length")
    @classmethod
    def _has_positions(cls, length: int, info: ValidationInfo) -> int:
        most = published_sizes(info.data.get("model"), info.data.get("folder")).get("max_length", length)
        if length > most:
            raise ValueError(f"must be at most {most}, the positions of the checkpoint")
        return length

    @field_validator("masked_lm_head")
    @classmethod
    def _sequences_fit(cls, training: PretrainingSettings | None, info: ValidationInfo) -> PretrainingSettings | None:
        longest = info.data.get("max_length")
        if training is not None and longest is not None and training.sequence_length > longest:
            raise ValueError(f"sequence_length must be at most max_length = {longest}")
        return training

    @field_validator("folder")
    @classmethod
    def _one_origin(cls, folder: str | None, info: ValidationInfo) -> str | None:
        if "model" in info.data and (folder is None) == (info.data["model"] is None):
            raise ValueError("a hub backbone must have either a model or a folder")
        return folder


class Alignment(AlignmentSettings):
    """CLSA: InfoNCE on the embedding table."""

    source_sets: dict[Name, Annotated[list[PairSource], Distinct, Field(min_length=1)]] = Field(
        description="Dictionaries of each source set. `all` means those of `data.dictionaries`; `round-trip` means "
        "words that are mutual nearest neighbours before alignment. In a condition, `clsa-x` aligns on set x, and "
        "`shuffled-x`, the control, on its pairs shuffled."
    )


class LexiconSection(Section):
    """Subwords that these dictionaries link become one group (paper, Table 4)."""

    sources: Annotated[list[Source], Distinct] = Field(
        min_length=1, description="Dictionaries whose translations are merged."
    )
    languages: Annotated[list[Annotated[str, OneOf(tuple(KNOWN_LANGUAGES))]], Distinct] | None = Field(
        None, min_length=2, description="Merge only across these languages; absent: all languages of the dictionaries."
    )


SemanticEmbedding = Literal["mean", "renorm", "weighted-mean"]


class Variant(Section):
    """Settings that replace those of `grouping` in one condition. Those that it does not name stay."""

    bit_cost: NonNegative | None = Field(None, description="As `grouping.bit_cost`.")
    weights: Weights | None = Field(None, description="As `grouping.weights`.")
    parts: Count | None = Field(None, description="As `grouping.parts`.")
    size_cap: Annotated[float, Field(ge=1, allow_inf_nan=False), FromText] | None = Field(
        None, description="As `grouping.size_cap`."
    )
    semantic_embedding: SemanticEmbedding | None = Field(
        None, description="As `grouping.semantic_embedding`, for random groups too."
    )

    @property
    def given(self) -> dict[str, Any]:
        """The settings that it names."""
        return self.model_dump(mode="json", exclude_none=True)

    @model_validator(mode="after")
    def _names_a_setting(self) -> "Variant":
        if not self.given:
            raise ValueError(f"must set one of {', '.join(type(self).model_fields)}")
        return self


class GroupingSection(CappedKMeansSettings, InformationSettings, ProductSettings):
    lexicons: dict[Name, LexiconSection] = Field(
        {}, description="Dictionaries to group by; in a condition, `lexicon-x` groups by lexicon x."
    )
    variants: dict[Name, Variant] = Field(
        {},
        description="Settings by name, for conditions that differ in them alone: `kmeans-cosine+x-r05` groups as "
        "`kmeans-cosine-r05`, with what variant x sets.",
    )
    semantic_embedding: SemanticEmbedding = Field(
        "mean",
        description="Embedding of a group: the mean of its members (`mean`), that mean rescaled to their mean norm "
        "(`renorm`), or their mean weighted by how often each occurs in the text of the run (`weighted-mean`). Random "
        "groups have the row of one member, unless a variant says otherwise.",
    )
    stability_seeds: Annotated[list[Seed], Distinct] = Field(
        [], description="Seeds for repeated K-Means runs, to measure how much groups depend on the seed."
    )


class Study(Section):
    conditions: ConditionPatterns = Field(
        min_length=1, description="Conditions, `backbone/d<dim>/alignment/grouping/pretraining`; `{a,b}` means both."
    )
    tasks: Annotated[list[Annotated[str, OneOf(("all", *TASKS))]], Distinct] = Field(
        min_length=1,
        description="Tasks to score each condition on; `[all]`: those with settings and, under `local_dir`, data.",
    )
    axis: Literal["ratio", "dimension", "parameters", "alignment", "languages", "none"] = Field(
        "ratio", description="Horizontal axis of the study's figure; `none`: table only."
    )
    transfer: Annotated[str, OneOf(TRANSFERS)] = Field(
        description="Train on every language (`in-language`), on English only (`zero-shot`), on MS MARCO (`ms-marco`; "
        "retrieval and reranking only), or on nothing (`as-is`; tasks that compare vectors only).",
    )
    seeds: Annotated[list[Seed], Distinct] = Field(min_length=1, description="Seeds of fine-tuning, one run each.")


class Inspection(Section):
    """Groupings that are looked into and not scored. The page shows their semantic tokens."""

    conditions: ConditionPatterns = Field(
        min_length=1, description="Groupings, as conditions that end in `/none`; they are not scored."
    )
    keywords: Annotated[list[Annotated[str, Field(min_length=1)]], Distinct, Field(min_length=1)] = Field(
        description="Words whose groups are shown; a word that is not one token of a vocabulary is skipped there."
    )


class Compute(Section):
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="`auto`: a GPU where there is one.")
    precision: Literal["auto", "float32", "bf16"] = Field(
        "auto",
        description="Precision of matrix products in fine-tuning and in inference with fine-tuned models: `float32` or "
        "`bf16` (autocast; weights and updates stay float32). `auto`: bf16 on a GPU, with TF32 elsewhere; float32 on a "
        "CPU.",
    )
    gpus: Count | None = Field(
        None, description="GPUs that `estimate` assumes; nothing else reads it. Absent: those of this machine."
    )
    gpu_memory: Annotated[float, Field(gt=0, allow_inf_nan=False), FromText] | None = Field(
        None,
        description="GPU memory in GB that fine-tuning may use; batches are split to fit. Absent: all of the device's, "
        "in `estimate` as in the GPU's data sheet.",
    )
    threads_pretraining: Count = Field(
        description="Arithmetic threads of pretraining from scratch and of `efficiency` (they affect rounding)."
    )
    threads: Count = Field(
        description="Arithmetic threads of every other step, continual pretraining included (they affect rounding)."
    )
    bundles: list[Annotated[list[TaskName], Field(min_length=1)]] = Field(
        description="Tasks that one process fine-tunes if studies need scores of several. Each task of `tasks` is in "
        "exactly one bundle."
    )


MEASURED_BY = (*siblings.found(), "efficiency")


class Claims(Section):
    """What in this run stands in for what the papers' claims name; anything not listed stands for itself."""

    stands_for: dict[Name, Name] = Field({}, description="The paper's backbone -> ours, e.g. `{mbert: tiny-bert}`.")
    dims: dict[Count, Count] = Field({}, description="The paper's dimensions -> ours, e.g. `{768: 128, 128: 32}`.")
    transfers: dict[Annotated[str, OneOf(TRANSFERS)], Annotated[str, OneOf(TRANSFERS)]] = Field(
        {}, description="The paper's training data -> ours, e.g. `{ms-marco: zero-shot}`."
    )
    source_set: Name = Field("all", description="The source set that stands in for the paper's four sources.")
    measured_by: Annotated[list[Annotated[str, OneOf(MEASURED_BY)]], Distinct] = Field(
        [], description="Targets whose tables are judged too. Judging claims, or writing the page, then makes them."
    )


class CommonConfig(Section):
    run: Run = Field(description="The run as a whole.")
    local_dir: LocalPath | None = Field(
        None, description="Folder of upstream files in their publishers' layout, read instead of downloading."
    )
    mirror: str | None = Field(None, description="Base URL of a mirror to download from instead of the publishers.")
    offline: bool = Field(False, description="Download nothing; a missing file is an error.")
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
        None, description="Groupings whose semantic tokens the page shows, without scores; absent: none."
    )
    exports: ConditionPatterns = Field(
        [], description="Conditions, as in a study, whose models the target `exports` writes as stand-alone folders."
    )
    efficiency: Efficiency | None = Field(None, description="What the target `efficiency` measures: Table 3.")
    compute: Compute = Field(description="How to use the machine.")
    claims: Claims = Field(Claims.model_validate({}), description="How this run judges the papers' claims.")
    expect_claims: Annotated[list[Name], Distinct] = Field(
        [],
        description="Ids of claims that must hold, or else the target `claims` fails. With one seed, no claim about "
        "scores holds.",
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
