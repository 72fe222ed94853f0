"""What the workflow knows about the sources before it runs: where they are and what they are read for."""

# source -> the folders that may hold it under a `local_dir`
FOLDERS: dict[str, tuple[str, ...]] = {
    "masakhaner": ("masakhane-ner",),
    "xnli": ("xnli",),
    "tydiqa": ("tydiqa",),
    "xquad": ("xquad",),
    "lareqa": ("lareqa",),
    "miracl": ("anserini-tools",),
    "miracl-corpus": ("miracl-corpus", "miracl-format-corpus"),
    "miracl-hard-negatives": ("miracl-hard-negatives",),
    "msmarco": ("msmarco",),
    "muse": ("muse",),
    "panlex": ("panlex",),
    "concepticon": ("concepticon-data",),
    "colexnet": ("colexnet",),
    "dictionaries": ("dictionaries",),
    "wikipedia": ("wikipedia",),
    "ntrex": ("ntrex",),
    "text": ("text",),
}
# Sources of running text and of word pairs that may be found there. (ColexNet's files hold concepts and no words.)
CORPORA = ("wikipedia", "text", "ntrex")
DICTIONARIES = ("muse", "panlex", "concepticon", "dictionaries")
# Among those of a list: the entry of `data.own` for text or for dictionaries.
OWN = "own"
# The user's own files.
LOCAL_ONLY = ("text", "dictionaries")
# Checkpoints of the registry: with a masked-LM head; encoders without one, whose vocabulary can be grouped as well; and
# those that are only analysed (an encoder-decoder, decoders).
MASKED_LMS = ("mbert", "xlmr-base", "xlmr-large", "xlmv-base")
ENCODERS = ("e5-small", "e5-small-4bit")
BACKBONES = (*MASKED_LMS, *ENCODERS, "mt5-base", "bloom-560m", "qwen2")
# Their test sets are not published: they are scored on their dev sets, as in the paper.
SCORED_ON_DEV = ("tydiqa", "miracl")


def own_source(role: str) -> str:
    """The name of the source that an entry of `data.own` is."""
    return f"{OWN}-{role}"


def is_own(source: str) -> bool:
    """Whether a source is an entry of `data.own`."""
    return source.startswith(f"{OWN}-")


def with_pool(sources: tuple[str, ...], collection: str) -> tuple[str, ...]:
    """The sources of a task, and that of further passages where its passages are those of `collection`
    (data.collection)."""
    pool = ("miracl-hard-negatives",) if collection == "hard-negatives" else ()
    return sources + (pool if "miracl-corpus" in sources else ())
