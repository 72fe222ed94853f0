"""What methods declare about themselves fits the config, the steps and each other."""

import inspect
from types import ModuleType

import pytest

from semantic_tokens.conditions import Grouping
from semantic_tokens.config.models import GroupingSection
from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods

METHODS = methods.declared()


@pytest.mark.parametrize("name", METHODS)
def test_the_second_argument_is_of_the_class_of_settings(name):
    taken = list(inspect.signature(methods.module(name).partition).parameters.values())
    assert [parameter.annotation for parameter in taken[1:]] == [s for s in [METHODS[name].settings] if s is not None]


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.settings])
def test_settings_are_keys_of_the_config(name):
    own = METHODS[name].settings.model_fields
    assert own and all(str(GroupingSection.model_fields[key]) == str(field) for key, field in own.items())


def test_what_cuts_the_tokenizer_says_which_tokens_it_keeps():
    cutting = {name for name, method in METHODS.items() if method.cuts_tokenizer}
    assert cutting == {name for name in METHODS if hasattr(methods.module(name), "keep")} == {"first"}
    assert Grouping("first", 5).tokenizer == "first-r05" and Grouping("random", 5).tokenizer == "full"


def test_a_change_of_another_methods_setting_reruns_none_but_its_own():
    assert "size_cap" in METHODS["kmeans-capped"].settings.model_fields
    assert "size_cap" not in METHODS["kmeans-cosine"].settings.model_fields


def test_kmeans_depends_on_its_start_and_nothing_else_is_grouped_again():
    assert {name for name, method in METHODS.items() if method.depends_on_start} == {
        "kmeans-cosine", "kmeans-l2", "kmeans-capped", "kmeans-information", "product-quantisation",
    }  # fmt: skip


def test_a_dictionary_is_part_of_the_name():
    assert methods.name_of("lexicon-muse-zh") == "lexicon" and methods.module_name("lexicon-muse-zh").endswith(
        ".lexicon"
    )
    with pytest.raises(InputError, match="'random-muse'; allowed: full, first"):
        methods.name_of("random-muse")


def test_a_variant_is_a_part_of_the_name_that_leaves_the_method():
    grouping = Grouping.parse("kmeans-cosine+x-r05")
    assert (grouping.method, grouping.variant, str(grouping)) == ("kmeans-cosine+x", "x", "kmeans-cosine+x-r05")
    assert grouping.traits is METHODS["kmeans-cosine"] and Grouping.parse("kmeans-cosine-r05").variant is None
    assert methods.module(grouping.method) is methods.module("kmeans-cosine")
    with pytest.raises(InputError, match=r"'first\+x-r05': 'first' has no variants"):
        Grouping.parse("first+x-r05")


def test_a_module_without_traits_is_refused(monkeypatch):
    monkeypatch.setattr(methods, "import_module", lambda name: ModuleType(name))
    with pytest.raises(InputError, match=r"methods\.first must declare METHOD"):
        methods._declaration("first")
