"""`[all]` in a config, filled in from a folder of upstream files."""

import pytest
import yaml

from semantic_tokens.config import loading as config
from semantic_tokens.errors import InputError
from support import ROOT

LOCAL = ROOT / "configs/local.yaml"


@pytest.fixture
def local(tmp_path):
    """configs/local.yaml on a folder with MUSE, some text and 500 training sentences of NER."""
    for folder in ("muse", "text", "masakhane-ner/data/hau"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "masakhane-ner/data/hau/train.txt").write_text("Kano B-LOC\n\n" * 500, encoding="utf-8")
    return yaml.safe_load(LOCAL.read_text(encoding="utf-8")) | {"local_dir": str(tmp_path)}


def test_all_is_what_is_in_the_folder(local):
    loaded = config.load(local)
    assert loaded.data.corpus.sources == ["text"]
    assert loaded.data.dictionaries == ["muse"] == loaded.alignment.source_sets["all"]
    assert loaded.studies["local"].tasks == ["ner"]
    assert loaded.data.languages == ["all"], "the loaders find the languages"


def test_what_is_named_stays_as_it_is(local):
    local["data"]["dictionaries"] = ["muse", "panlex"]
    with pytest.raises(InputError, match=r"data\.dictionaries = 'panlex': is read from local_dir = .*, which has no"):
        config.load(local)


def test_a_folder_without_any_task_says_what_each_lacks(local, tmp_path):
    (tmp_path / "masakhane-ner/data/hau/train.txt").write_text("Kano B-LOC\n\n" * 20, encoding="utf-8")
    with pytest.raises(InputError) as error:
        config.load(local)
    assert "studies.local.tasks = ['all']: found no task data under local_dir" in str(error.value)
    assert "ner (only 20 rows of ner to train on, fewer than 500), nli (no files of xnli)" in str(error.value)


def test_a_folder_without_text_or_dictionaries_is_refused(local, tmp_path):
    (tmp_path / "text").rmdir()
    (tmp_path / "muse").rmdir()
    with pytest.raises(InputError) as error:
        config.load(local)
    assert "data.corpus.sources = ['all']: found no text under local_dir" in str(error.value)
    assert "data.dictionaries = ['all']: found no dictionary under local_dir" in str(error.value)
    assert "to align clsa-all, shuffled-all on" in str(error.value)


def test_without_a_folder_sources_must_be_listed(local):
    del local["local_dir"]
    with pytest.raises(InputError) as error:
        config.load(local)
    assert "data.dictionaries = ['all']: must be listed, unless local_dir is set" in str(error.value)


def test_all_tasks_of_the_embedded_world_are_those_with_settings():
    demo = yaml.safe_load((LOCAL.parent.parent / "config.yaml").read_text(encoding="utf-8"))
    demo["studies"]["figure3"]["tasks"] = ["all"]
    assert config.load(demo).studies["figure3"].tasks == ["ner", "nli", "qa", "rerank", "retrieval"]
