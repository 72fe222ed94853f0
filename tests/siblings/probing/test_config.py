"""The section `probing` of a config."""

import pytest
import yaml

from semantic_tokens.config import loading as config
from semantic_tokens.errors import InputError
from support import ROOT


def loaded(**probing):
    mapping = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    mapping["probing"] = {"conditions": ["tiny-bert/d128/none/full/none"], **probing}
    return config.load(mapping).probing


def test_what_is_left_out_is_filled_in():
    section = loaded()
    assert section.pooling is None and section.layers is None and section.languages is None
    assert (section.word_pairs, section.sentences, section.ner_sentences, section.max_length) == (500, 500, 500, 128)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"languages": ["en", "de"]}, r"probing\.languages = 'de': must be one of data\.languages"),
        ({"languages": ["en"]}, r"probing\.languages = \['en'\]: must have at least 2 entries"),
        ({"pooling": "max"}, r"probing\.pooling = 'max': must be 'mean', 'first' or 'last'"),
        ({"sentences": 5}, r"probing\.sentences = 5: must be at least 20"),
        ({"parallel": "no/such"}, r"probing\.parallel = 'no/such': must be a folder"),
        ({"parallel": "."}, r"probing\.parallel = '\.': is read with upstream data only"),
        ({"layers": [-1]}, r"probing\.layers\[0\] = -1: must be at least 0"),
        ({"conditions": ["tiny-bert/d999/none/full/none"]}, r"probing\.conditions = .*d999"),
    ],
)
def test_each_refusal_names_the_key_and_what_is_allowed(given, message):
    with pytest.raises(InputError, match=message):
        loaded(**given)


def test_languages_found_in_a_folder_must_be_listed_for_probing(tmp_path):
    mapping = yaml.safe_load((ROOT / "configs/quick.yaml").read_text(encoding="utf-8"))
    mapping["local_dir"] = str(tmp_path)
    mapping["data"]["languages"] = ["all"]
    del mapping["probing"]["languages"]
    with pytest.raises(InputError, match=r"probing\.languages: must be listed"):
        config.load(mapping)
