"""What the workflow knows of the sources before it runs: where they lie and what they are read for."""

# source -> the folders that may hold it under a `local_dir`
FOLDERS: dict[str, tuple[str, ...]] = {
    "masakhaner": ("masakhane-ner",),
    "xnli": ("xnli",),
    "tydiqa": ("tydiqa",),
    "xquad": ("xquad",),
    "miracl": ("anserini-tools",),
    "miracl-corpus": ("miracl-corpus", "miracl-format-corpus"),
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
DICTIONARIES = ("muse", "panlex", "concepticon", "colexnet", "dictionaries")
# The user's own files.
LOCAL_ONLY = ("text", "dictionaries")
# task -> the sources of its canonical tables
TASK_SOURCES: dict[str, tuple[str, ...]] = {
    "ner": ("masakhaner",),
    "nli": ("xnli",),
    "qa": ("tydiqa",),
    "retrieval": ("miracl", "miracl-corpus"),
    "rerank": ("miracl", "miracl-corpus"),
}
# Their test sets are not published: they are scored on their dev sets, as in the paper.
SCORED_ON_DEV = ("tydiqa", "miracl")
