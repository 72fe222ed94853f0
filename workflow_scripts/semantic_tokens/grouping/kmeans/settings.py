"""The settings of K-Means."""

from typing import Annotated, Literal

from pydantic import Field

from semantic_tokens.config.types import Count, FromText, NonNegative, Section

Backend = Literal["auto", "torch", "faiss", "cuml"]
Weights = Literal["even", "frequency"]


class KMeansSettings(Section):
    max_iterations: Count = Field(
        description="Maximum iterations of K-Means; the log warns if tokens still change group."
    )
    backend: Backend = Field(
        default="auto",
        description="Library that finds the nearest centroids: `torch` (CPU or GPU), `faiss` (CPU) or `cuml` (GPU); "
        "`auto`: cuml on a GPU where it is installed, otherwise torch. From the same start all give the same groups.",
    )
    weights: Weights = Field(
        default="even",
        description="What a token counts in the objective of K-Means: `even`, each as much, or `frequency`, as "
        "often as it occurs in the text of the run.",
    )


class InformationSettings(KMeansSettings):
    bit_cost: NonNegative = Field(
        default=0.05,
        description="How much mean cosine `kmeans-information` gives for one bit per token that can still be told "
        "apart within a language; 0: `kmeans-cosine`.",
    )


class ProductSettings(KMeansSettings):
    parts: Count = Field(
        default=8,
        description="Parts of equal width into which `product-quantisation` cuts the rows; it must divide the "
        "dimension. 1: `kmeans-cosine`.",
    )


class CappedKMeansSettings(KMeansSettings):
    size_cap: Annotated[float, Field(ge=1, allow_inf_nan=False), FromText] = Field(
        default=4, description="Maximum group size of `kmeans-capped`, as a multiple of the mean size."
    )
