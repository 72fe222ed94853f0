"""A vocabulary of nine tokens, the true concepts of its words, and partitions of it."""

import numpy as np
import pyarrow as pa

from semantic_tokens import tables
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition

CONDITION = Condition.parse("tiny/d8/none/kmeans-cosine-r05/none")
TOKENS = ("[PAD]", "dog", "cat", "perro", "gato", "##ly", "bank", "xyz", "no")
WORDS = pa.Table.from_pylist(
    [
        {"lang": lang, "word": word, "concept": concept, "class": "any"}
        for lang, word, concept in [
            *(("en", "dog", "DOG"), ("en", "cat", "CAT"), ("es", "perro", "DOG"), ("es", "gato", "CAT")),
            *(("en", "bank", "RIVER"), ("es", "bank", "MONEY"), ("en", "no", "NO"), ("es", "no", "NO")),
        ]
    ],
    tables.SCHEMAS["word_concepts"],
)


def partition(group_of):
    group_of = np.array(group_of, np.int32)
    return VocabularyPartition(group_of, TOKENS, np.ones(len(TOKENS), np.float32), "kmeans-cosine", (0,))
