"""The settings of a backbone that is pretrained from scratch."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from semantic_tokens.config.types import Count, FromText, IntegerFromText, Section
from semantic_tokens.pretraining.settings import PretrainingSettings

MASKED_LMS = ("bert", "xlm-roberta")  # the other architectures have no masked-LM head


class ScratchBackbone(Section):
    """A small model pretrained on the corpus, not downloaded."""

    kind: Literal["scratch"] = Field(description="Where the backbone comes from.")
    architecture: Literal["bert", "xlm-roberta", "bloom", "mt5"] = Field(
        description="Masked LMs: `bert` (WordPiece) and `xlm-roberta` (Unigram). For analyses only: `bloom`, a "
        "decoder with byte-level BPE, trained as a causal LM, and `mt5`, an encoder-decoder with Unigram and "
        "sentinels, trained on span corruption."
    )
    vocabulary: Annotated[int, Field(ge=100), IntegerFromText] = Field(
        description="Vocabulary size, special tokens included; with `vocabulary_file`, the maximum."
    )
    vocabulary_file: str | None = Field(
        default=None,
        description="A `vocab.txt` or `sentencepiece.bpe.model` under `local_dir`; the pieces that occur in the "
        "corpus, most frequent first, become the vocabulary. Absent: a tokenizer is trained on the corpus. Masked "
        "LMs only.",
    )
    dim: Count = Field(description="Width of the embeddings and hidden states.")
    layers: Count = Field(description="Transformer layers.")
    heads: Count = Field(description="Attention heads; must divide `dim`.")
    intermediate: Count = Field(description="Width of the feed-forward layers; must be 4 * `dim` in BLOOM.")
    dropout: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False), FromText] = Field(
        default=0.1, description="Dropout of hidden states in pretraining and fine-tuning (none on attention)."
    )
    max_length: Annotated[int, Field(ge=8), IntegerFromText] = Field(description="Maximum input length in tokens.")
    initialisation: Literal["normal", "informed"] = Field(
        description="`normal`: random. `informed`: embeddings from the SVD of the corpus's PPMI matrix, and mimetic "
        "attention; this saves most of the steps and shapes the geometry that grouping sees."
    )
    pretraining: PretrainingSettings = Field(description="Pretraining from scratch.")

    @field_validator("heads")
    @classmethod
    def _heads_divide_dim(cls, heads: int, info: ValidationInfo) -> int:
        if info.data.get("dim", heads) % heads:
            raise ValueError(f"must divide dim = {info.data['dim']}")
        return heads

    @field_validator("vocabulary_file")
    @classmethod
    def _of_masked_lms(cls, file: str | None, info: ValidationInfo) -> str | None:
        architecture = info.data.get("architecture")
        if file is not None and architecture is not None and architecture not in MASKED_LMS:
            raise ValueError(f"must be absent: the tokenizer of {architecture} is trained on the corpus")
        return file

    @field_validator("intermediate")
    @classmethod
    def _as_bloom_has_it(cls, intermediate: int, info: ValidationInfo) -> int:
        dim = info.data.get("dim")
        if info.data.get("architecture") == "bloom" and dim is not None and intermediate != 4 * dim:
            raise ValueError(f"must be 4 * dim = {4 * dim} in bloom")
        return intermediate

    @field_validator("pretraining")
    @classmethod
    def _sequences_fit(cls, pretraining: PretrainingSettings, info: ValidationInfo) -> PretrainingSettings:
        if pretraining.sequence_length > info.data.get("max_length", pretraining.sequence_length):
            raise ValueError(f"sequence_length must be at most max_length = {info.data['max_length']}")
        return pretraining
