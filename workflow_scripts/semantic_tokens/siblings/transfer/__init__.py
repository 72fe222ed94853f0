"""Inference learned in English and tested in every language: the third experiment of "How does a Multilingual LM Handle
Multiple Languages?" (arXiv 2502.04269)."""

from semantic_tokens.siblings import Sibling
from semantic_tokens.siblings.transfer.settings import Transfer, problems

SIBLING = Sibling(
    settings=Transfer,
    asks_for="What the target `transfer` trains and measures.",
    shows="Inference learned in English and tested in every language",
    problems=problems,
)
