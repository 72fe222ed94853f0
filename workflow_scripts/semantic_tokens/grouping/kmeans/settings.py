"""The settings of K-Means."""

from typing import Annotated, Literal

from pydantic import Field

from semantic_tokens.config.types import Count, FromText, Section

Backend = Literal["auto", "torch", "faiss", "cuml"]


class KMeansSettings(Section):
    max_iterations: Count = Field(description="Iterations after which K-Means stops although rows still change group.")
    backend: Backend = Field(
        default="auto",
        description="What searches K-Means's nearest centroids: `torch` (CPU or GPU), `faiss` (CPU), `cuml` (GPU); "
        "`auto`: cuml on a GPU where it is installed, otherwise torch. From one start the groups are the same.",
    )


class CappedKMeansSettings(KMeansSettings):
    size_cap: Annotated[float, Field(ge=1, allow_inf_nan=False), FromText] = Field(
        default=4, description="Largest group of `kmeans-capped`, as a multiple of the mean size."
    )
