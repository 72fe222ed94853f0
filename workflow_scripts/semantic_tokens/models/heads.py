"""The head that a task puts on an encoder, by name. No torch."""

from typing import Literal

Head = Literal["token-classification", "sequence-classification", "question-answering", "encoder"]

# Of transformers; an encoder without a head is loaded apart.
HEAD_CLASSES: dict[Head, str] = {
    "token-classification": "AutoModelForTokenClassification",
    "sequence-classification": "AutoModelForSequenceClassification",
    "question-answering": "AutoModelForQuestionAnswering",
}
