"""`data.own`: what is wrong with an entry is one line that names the key, files that are not there included."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.config.selected import units
from semantic_tokens.errors import InputError
from semantic_tokens.workflow.upstream import Upstream
from support import ROOT
from support.own_data import NLI, lines

LOCAL = ROOT / "tests/support/local.yaml"


def config(own, tasks=("nli",), corpus=("own",), dictionaries=(), languages=("en", "sw"), **more):
    given = yaml.safe_load(LOCAL.read_text(encoding="utf-8"))
    del given["backbones"]["small-bert"]["vocabulary_file"]
    given["data"] |= {"languages": list(languages), "dictionaries": list(dictionaries), "own": own}
    given["data"]["corpus"]["sources"] = list(corpus)
    given["alignment"]["source_sets"] = {}
    settings = given["tasks"]["ner"]
    given["tasks"] = dict.fromkeys(tasks, settings)
    given["compute"]["bundles"] = [list(tasks)]
    study = {"conditions": ["small-bert/d32/none/full/none"], "tasks": list(tasks)}
    given["studies"] = {"x": given["studies"]["local"] | study}
    return load(given | more)


def problem(entry):
    with pytest.raises(InputError) as error:
        config({"nli": entry}, corpus=("wikipedia",))
    return str(error.value)


@pytest.fixture
def files(tmp_path):
    """Files of two languages and splits, as a pattern."""
    for lang in ("en", "sw"):
        for split in ("train", "test"):
            lines(tmp_path / f"{lang}-{split}.jsonl", NLI)
    return f"{tmp_path}/{{lang}}-{{split}}.jsonl"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, "data.own.nli.dataset: must be given, or `files`"),
        ({"dataset": "x"}, "data.own.nli.dataset = 'x': must match"),
        ({"dataset": "a/b", "colums": {}}, "data.own.nli.colums: unknown key; did you mean columns?"),
        ({"files": "a-{split}.csv", "config": "x"}, "data.own.nli.config = 'x': is of a `dataset`, which is not given"),
        ({"dataset": "a/b", "config": "x", "files": "{lang}-{split}.csv"}, "data.own.nli.config = 'x': must be absent"),
        ({"files": "{lang}.csv"}, "data.own.nli.files = '{lang}.csv': must hold {split}"),
        (
            {"dataset": "a/b", "config": "{lang}", "columns": {"text": "x"}},
            "= 'text': must be one of premise, hypothesis",
        ),
        (
            {"dataset": "a/b", "config": "{lang}", "labels": ["yes"]},
            "data.own.nli.labels = 'yes': must be one of entailment",
        ),
        (
            {"dataset": "a/b"},
            "data.own.nli.languages = ['en', 'sw']: must be one language, or the entry must hold {lang}",
        ),
        ({"dataset": "a/b", "languages": ["de"]}, "data.own.nli.languages = 'de': must be in data.languages: en, sw"),
        (
            {"dataset": "a/b", "config": "{lang}", "columns": {"lang": "x"}},
            "data.own.nli.columns = 'lang': must be absent where {lang}",
        ),
        (
            {"dataset": "a/b", "config": "{lang}", "splits": {"train": "a", "test": "a"}},
            "data.own.nli.splits = {'train': 'a', 'test': 'a'}: must not use 'a' twice",
        ),
    ],
)
def test_what_is_wrong_with_an_entry(entry, expected):
    assert expected in problem(entry)


def test_local_files_that_are_not_there(tmp_path, files):
    assert config({"nli": {"files": files}}, corpus=("wikipedia",))
    (tmp_path / "sw-train.jsonl").unlink()
    assert config({"nli": {"files": files}}, corpus=("wikipedia",)), "English is there to train on"
    (tmp_path / "sw-test.jsonl").unlink()
    message = problem({"files": files})
    assert "data.own.nli.files = " in message and f": no file of sw like {tmp_path}/sw-train.jsonl or" in message
    (tmp_path / "en-test.jsonl").unlink()
    message = problem({"files": files, "languages": ["en"]})
    assert "data.own.nli.files" in message and "no split for test; there are train" in message


def test_text_and_dictionaries_are_read_where_the_lists_name_them():
    with pytest.raises(InputError, match=r"data\.own\.corpus: is read only where data\.corpus\.sources has 'own'"):
        config({"corpus": {"dataset": "a/b", "config": "{lang}"}}, corpus=("wikipedia",))
    with pytest.raises(InputError, match=r"data\.corpus\.sources = 'own': is data\.own\.corpus, which is not set"):
        config({})
    pairs = {"dataset": "a/b", "config": "{lang}", "languages": ["en-sw", "en-de"]}
    with pytest.raises(InputError, match=r"data\.own\.dictionaries\.languages = 'de': must be in data\.languages"):
        config({"dictionaries": pairs}, corpus=("wikipedia",), dictionaries=("own",))


def test_a_task_with_an_entry_reads_it_and_no_published_source(files):
    own = {
        "nli": {"files": files},
        "retrieval": {"dataset": "a/b", "config": "{lang}"},
        "corpus": {"dataset": "a/b", "config": "{lang}"},
    }
    found = config(own)
    upstream = Upstream(found, found.data, list(units(found)))
    assert upstream.sources == {"own-nli", "own-corpus"}
    assert upstream.of_tables["nli"] == ("own-nli",) and upstream.of_tables["ner"] == ("masakhaner",)
    assert upstream.of_collection == ["own-retrieval"] and upstream.of_corpus == ["own-corpus"]


def test_a_task_with_an_entry_needs_no_files_under_local_dir(tmp_path, files):
    (tmp_path / "text").mkdir()
    found = config({"nli": {"files": files}}, corpus=("text",), local_dir=str(tmp_path))
    assert found.studies["x"].tasks == ["nli"]
