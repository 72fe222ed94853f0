"""What the jobs of `probing` have to do."""

from dataclasses import replace
from math import comb
from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.config.models import Config
from semantic_tokens.estimate import items
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.formulas.conditions import over_groups
from semantic_tokens.estimate.formulas.data import table_bytes
from semantic_tokens.estimate.jobs import Training, Work
from semantic_tokens.fine_tuning.memory import Update

STAGE = "probing"
WORD = 5  # tokens of a word alone, special ones included: assumed


def choose_probe_items(job: DagJob, config: Config) -> Work:
    return Work(STAGE, "reading", table_bytes(config, "word_pairs"), "assumed")


def read_hidden_states(job: DagJob, config: Config) -> Work:
    """Words in pairs of languages, sentences, and tagged sentences; the vectors go when they have been read."""
    probing: Any = getattr(config, STAGE)
    shape, _ = over_groups(config, Condition.from_wildcards(job.wildcards))
    languages = len(probing.languages or config.data.languages)
    sentences = languages * (probing.sentences + 2 * probing.ner_sentences * job.params["with_ner"])
    sentence = min(items.mean_tokens(config, "ner"), job.params["max_length"])
    words = 2 * comb(languages, 2) * probing.word_pairs
    tokens = sentences * sentence + words * WORD
    reading = shape.forward(tokens, sentence)
    update = Update("hidden states", None, replace(shape, vocabulary=0))
    part = Training(update, "float32", 0, 0, 0, sentence, read=tokens, reading=reading, passes=0)
    like = f"hidden states {shape.layers} x {shape.dim}"
    return Work(STAGE, "training", reading, "assumed", like=like, trainings=(part,))


FORMULAS = {"choose_probe_items": choose_probe_items, "read_hidden_states": read_hidden_states}
FREE = {
    "generate_parallel": "writes about a thousand sentences",
    "read_parallel": "reads about two thousand sentences per language",
    "draw_probing": "draws figures and a page",
}
UNKNOWN = {
    "probe_hidden_states": "classifiers of every layer, and t-SNE and UMAP of some, which no benchmark times",
}
