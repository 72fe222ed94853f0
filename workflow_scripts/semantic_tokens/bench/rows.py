"""The rows of `make bench` and the topic that builds each, so that choosing some of them imports nothing."""

from semantic_tokens.bench.growth.stages import STAGES
from semantic_tokens.workflow.devices import list_devices

_KMEANS = ("plain", "faiss", "sklearn", "superkmeans")
KMEANS_ON_GPU = ("cuml", "fastkmeans", "flash")
_PERCENTS = ("05", "20", "40")


def rows(full: bool) -> dict[str, str]:
    """Row -> module of semantic_tokens.bench whose `comparison(row, full)` builds it, in the order of the table.

    Rows on a GPU are those of real sizes where the machine has one.
    """
    on_gpu = KMEANS_ON_GPU if full and list_devices() else ()
    topics = {
        "kmeans": [f"kmeans-{peer}-{percent}" for percent in _PERCENTS for peer in (*_KMEANS, *on_gpu)],
        "masked_lm": ["mlm-step-100", "mlm-step-05"],
        "tasks": ["finetune-nli-padded", "finetune-nli-dynamic", "encode-sentence-transformers", "encode-padded"],
        "touched_rows": ["finetune-touched-rows"],
        "dag": ["dag-paper", "dag-noop", "dag-startup"],
        "growth.rows": [f"growth-{stage}" for stage in STAGES],
    }
    return {row: topic for topic, names in topics.items() for row in names}
