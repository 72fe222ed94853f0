"""The columns of the user's own data, by role, and the labels that they may hold."""

from semantic_tokens.tables import NER_TAGS, NLI_LABELS

# role -> our column -> its usual name there. None: only where the config names it.
COLUMNS: dict[str, dict[str, str | None]] = {
    "ner": {"tokens": "tokens", "tags": "tags", "lang": None},
    "nli": {"premise": "premise", "hypothesis": "hypothesis", "label": "label", "lang": None},
    "qa": {
        "question": "question",
        "context": "context",
        "answers.text": "answers.text",
        "answers.start": "answers.answer_start",
        "id": None,
        "lang": None,
    },
    "retrieval": {"query": "query", "positive": "positive", "negative": None, "lang": None},
    "corpus": {"text": "text"},
    "dictionaries": {"word_a": "word_a", "word_b": "word_b"},
}
TABLES = {"retrieval": "pairs", "dictionaries": "word_pairs"}  # of the other roles: named as the role
LABELS: dict[str, tuple[str, ...]] = {"ner": NER_TAGS, "nli": NLI_LABELS}
WITHOUT_SPLITS = ("corpus", "dictionaries")
