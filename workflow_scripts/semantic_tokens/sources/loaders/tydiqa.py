"""TyDiQA-GoldP (Clark et al. 2020): questions in nine languages with the passage that answers them, as SQuAD 1.1 JSON.

There are a train and a dev file, each with all languages. Upstream does not publish its test set, so papers score on
dev; here dev stays dev, and the caller chooses what to train, tune and score on."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile
from semantic_tokens.sources.languages import from_name
from semantic_tokens.sources.loaders.squad import parse_squad
from semantic_tokens.sources.walk import files_below

LANGUAGES = ("ar", "bn", "en", "fi", "id", "ko", "ru", "sw", "te")  # Thai and Japanese are not in GoldP


def find(folder: Path) -> list[SourceFile]:
    """`tydiqa-goldp-v1.1-{train,dev}.json`, in the folder or below it."""
    return [
        SourceFile("tydiqa", path, "qa", "+".join(LANGUAGES), split, partial(parse_goldp, split=split))
        for split in ("train", "dev")
        for path in sorted(files_below(folder, f"tydiqa-goldp-v1.1-{split}.json"))
    ]


def parse_goldp(path: Path, skipped: Skipped, *, split: str) -> Iterator[Row]:
    """Rows of the table qa; what is skipped or refused is as in `squad.parse_squad`.

    An id such as `finnish--7633-0` begins with the language (what follows may be negative). Raises InputError for
    another language.
    """
    for row in parse_squad(path, skipped, lang="", split=split):
        name = row["id"].partition("-")[0]
        lang = from_name(name)
        if lang not in LANGUAGES:
            raise InputError(f"{path}: id {row['id']!r} names none of GoldP's languages: {' '.join(LANGUAGES)}")
        yield row | {"lang": lang}
