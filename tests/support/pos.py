"""Part-of-speech tagging: one tag per word, accuracy over words. A test adds this file to a copy of the project.

Each line of the file has a word and its tag, separated by a tab; an empty line ends a sentence. Lines `# lang = en` and
`# split = train` say what the sentences after them are.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.settings import FromFile
from semantic_tokens.fine_tuning.tagging import TaggedSentences, encode_tagged
from semantic_tokens.fine_tuning.task import Task
from semantic_tokens.tables import Format

TAGS = ("ADJ", "DET", "NOUN", "VERB")
TEXTS = pa.list_(pa.string())
COLUMNS = pa.schema([("lang", pa.string()), ("split", pa.string()), ("tokens", TEXTS), ("tags", TEXTS)])


def read(path: Path) -> Iterator[dict]:
    """The sentences of the file, as rows."""
    about, words = {}, []
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        if line.startswith("#"):
            name, _, value = line.removeprefix("#").partition("=")
            about[name.strip()] = value.strip()
        elif line:
            words.append(line.split("\t"))
            if len(words[-1]) != 2:
                raise InputError(f"{path}, line {number}: {line!r} must be a word and its tag, a tab between them")
        elif words:
            yield about | {"tokens": [word for word, _ in words], "tags": [tag for _, tag in words]}
            words = []


def accuracy(gold: list[list[str]], predicted: list[list[str]]) -> float:
    """Share of the words that have their tag."""
    pairs = [pair for tags, guesses in zip(gold, predicted, strict=True) for pair in zip(tags, guesses, strict=True)]
    return sum(tag == guess for tag, guess in pairs) / len(pairs)


TASK = Task(
    name="pos",
    title="POS",
    about="Part-of-speech tagging.",
    metrics={"accuracy": "accuracy"},
    head="token-classification",
    n_labels=len(TAGS),
    tables=(Format("pos", COLUMNS, allowed={"tags": TAGS}),),
    read=read,
    settings=FromFile,
    encode=partial(encode_tagged, "pos", TAGS),
    prepare=partial(TaggedSentences, tags=TAGS, metric="accuracy", measure=accuracy),
)
