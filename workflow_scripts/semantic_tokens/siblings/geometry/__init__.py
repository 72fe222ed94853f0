"""Geometry of embedding tables: what Hyperpolyglot (arXiv 2311.18034) measures, before and after our operations."""

from semantic_tokens.siblings import Sibling
from semantic_tokens.siblings.geometry.beside_scores import OPENS_WITH, PANELS
from semantic_tokens.siblings.geometry.settings import Geometry, problems

SIBLING = Sibling(
    settings=Geometry,
    asks_for="What the target `geometry` measures.",
    shows="Word embeddings as points in space: scripts, neighbours, canonical angles between models",
    problems=problems,
    beside_scores=PANELS,
    opens_with=OPENS_WITH,
)
