"""What holds of the embedded world whatever the seed: it is built, of the sizes asked for, and no text of dev or test
is in training. `WORLD_SEEDS=1000 pytest tests/world/test_seeds.py` looks at a thousand seeds instead of sixty."""

import os
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.world.articles import collection, entity_articles, knowledge_bases
from semantic_tokens.world.build import WorldSize, build, task_rows
from semantic_tokens.world.lexicon import LANGUAGES, read_lexicon
from semantic_tokens.world.names import SPLITS

LEXICON = read_lexicon()
SEEDS = int(os.environ.get("WORLD_SEEDS", "60"))
SIZE = WorldSize(
    languages=("en", "ru"),
    articles=1,
    passages=100,
    sizes={
        "ner": {"train": 60, "dev": 20, "test": 30},
        "nli": {"train": 90, "dev": 20, "test": 30},
        "qa": {"train": 60, "dev": 20, "test": 30},
        "retrieval": {"train": 220, "dev": 30, "test": 30},
    },
    dictionaries={"muse": (0.1, 0.25)},
)
TABLE = {"ner": "ner", "nli": "nli", "qa": "qa", "retrieval": "queries"}
TEXTS = {
    "ner": lambda row: [" ".join(row["tokens"])],
    "nli": lambda row: [row["premise"], row["hypothesis"]],
    "qa": lambda row: [row["question"], row["context"]],
    "retrieval": lambda row: [row["text"]],
}


def tables_of(lang, seed, size=SIZE):
    knowledges = knowledge_bases(LEXICON, seed)
    passages = collection(knowledges, lang, size.passages, seed)
    return task_rows(knowledges, entity_articles(knowledges, lang, seed), passages, size, seed)


def shared_texts(rows, task):
    """The texts of each pair of splits that stand in both."""
    said = {split: set() for split in SPLITS}
    for row in rows[TABLE[task]]:
        said[row["split"]] |= {text.lower() for text in TEXTS[task](row)}
    return set().union(*(said[a] & said[b] for a, b in combinations(SPLITS, 2)))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_seed_gives_the_sizes_asked_for_and_no_text_to_two_splits(seed):
    rows = tables_of(LANGUAGES[seed % len(LANGUAGES)], seed)
    assert len(rows["passages"]) == SIZE.passages
    for task, table in TABLE.items():
        assert Counter(row["split"] for row in rows[table]) == SIZE.sizes[task]
        assert not shared_texts(rows, task), task


def test_a_text_in_two_splits_is_seen():
    rows = tables_of("en", 1)
    rows["queries"] += [{**rows["queries"][0], "split": "test"}]
    assert shared_texts(rows, "retrieval") == {rows["queries"][0]["text"].lower()}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_question_is_asked_in_another_language_in_another_split(seed):
    """Names are each language's own, so this looks at questions without any, concept by concept."""
    concept = {w: c.name for c in LEXICON.concepts.values() for forms in c.forms.values() for w in forms}
    asked = {split: set() for split in SPLITS}
    for lang in ("en", "es"):
        names = {name for kind in LEXICON.names.values() for name in kind[lang]}
        for row in tables_of(lang, seed)["queries"]:
            words = row["text"].rstrip("?").split()
            if not names & set(words):
                asked[row["split"]].add(tuple(sorted(concept[word] for word in words if word in concept)))
    assert asked["test"] and not asked["test"] & asked["train"] and not asked["dev"] & asked["train"]


@pytest.mark.parametrize(
    ("key", "size"),
    [
        ("passages", replace(SIZE, passages=150)),
        *(
            (f"sizes.{task}.{split}", replace(SIZE, sizes=SIZE.sizes | {task: SIZE.sizes[task] | {split: 9000}}))
            for task, split in [("ner", "dev"), ("qa", "test"), ("retrieval", "train"), ("retrieval", "test")]
        ),
    ],
)
def test_more_than_there_is_is_one_error_that_says_how_much_there_is(key, size):
    with pytest.raises(InputError, match=rf"^data.{key} = \d+: must be at most \d+, .* in '(en|ru)'$") as refused:
        build(size, 1)
    most = refused.value.most
    names = key.split(".")
    if names[0] == "sizes":
        size = replace(size, sizes=size.sizes | {names[1]: size.sizes[names[1]] | {names[2]: most}})
    else:
        size = replace(size, passages=most)
    build(size, 1)


def test_dictionaries_hold_exactly_the_share_asked_for_and_exactly_the_share_wrong():
    every, some = (build(replace(SIZE, dictionaries={"muse": share}), 1) for share in ((1.0, 0.0), (0.1, 0.25)))
    right = {tuple(row.values()) for row in every["word_pairs"].to_pylist()}
    listed = [tuple(row.values()) for row in some["word_pairs"].to_pylist()]
    assert len(listed) == round(0.1 * len(every["word_pairs"]))
    assert sum(pair not in right for pair in listed) == round(0.25 * len(listed))
