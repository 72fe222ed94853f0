"""The rows of `make bench` and the topic that builds each, so that choosing some of them imports nothing."""

from importlib.util import find_spec

_KMEANS = ("plain", "faiss", "sklearn", "superkmeans")
_PERCENTS = ("05", "20", "40")


def rows(full: bool) -> dict[str, str]:
    """Row -> module of semantic_tokens.bench whose `comparison(row, full)` builds it, in the order of the table."""
    on_gpu = ("cuml",) if full and find_spec("cuml") else ()
    topics = {
        "kmeans": [f"kmeans-{peer}-{percent}" for percent in _PERCENTS for peer in (*_KMEANS, *on_gpu)],
        "masked_lm": ["mlm-step-100", "mlm-step-05"],
        "tasks": ["finetune-nli-padded", "finetune-nli-dynamic", "encode-sentence-transformers", "encode-padded"],
        "dag": ["dag-paper", "dag-noop", "dag-startup"],
    }
    return {row: topic for topic, names in topics.items() for row in names}
