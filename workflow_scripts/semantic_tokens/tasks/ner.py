"""Named entity recognition (MasakhaNER): one tag per word, entity F1."""

from functools import partial

from semantic_tokens.fine_tuning.metrics import entity_f1
from semantic_tokens.fine_tuning.tagging import TaggedSentences, encode_tagged
from semantic_tokens.fine_tuning.task import Task, Tokens
from semantic_tokens.tables import NER_TAGS

TASK = Task(
    name="ner",
    title="NER",
    about="Named entity recognition.",
    place=1,
    metrics={"f1": "F1"},
    head="token-classification",
    n_labels=len(NER_TAGS),
    tables=("ner",),
    sources=("masakhaner",),
    items="ner",
    encode=partial(encode_tagged, "ner", NER_TAGS),
    prepare=partial(TaggedSentences, tags=NER_TAGS, metric="f1", measure=entity_f1),
    texts={"ner": Tokens(48, 9.5)},  # upstream: MasakhaNER's training sentences, 7 languages
)
