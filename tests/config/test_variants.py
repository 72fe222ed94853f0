"""Variants of a grouping method: every refusal."""

import pytest
import yaml

from semantic_tokens.config import loading as config
from semantic_tokens.errors import InputError
from support.toy_config import VALID


def problems(variants, grouping):
    given = yaml.safe_load(VALID)
    given["grouping"] |= {"variants": variants}
    given["studies"]["main"]["conditions"] = [f"tiny-bert/d128/none/{grouping}-r05/mlm"]
    with pytest.raises(InputError) as error:
        config.load(given, [("config.yaml", given)])
    return str(error.value)


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("kmeans-cosine+y", "variant 'y' must be in grouping.variants: x"),
        ("kmeans-cosine+x", "variants.x sets bit_cost, which kmeans-cosine does not read; allowed: weights, semantic_"),
        ("random+x", "variants.x sets bit_cost, which random does not read; allowed: semantic_embedding"),
        ("first+x", "'first' has no variants, because it merges nothing"),
    ],
)
def test_a_variant_sets_what_its_method_reads(grouping, expected):
    assert expected in problems({"x": {"bit_cost": 0.1}}, grouping)


def test_a_variant_sets_something():
    expected = "grouping.variants.x = {}: must set one of bit_cost, weights, parts, size_cap, semantic_embedding"
    assert expected in problems({"x": {}}, "kmeans-cosine+x")


def test_parts_divide_the_dimension():
    expected = "product-quantisation+x-r05/mlm': parts = 7 must divide d128"
    assert expected in problems({"x": {"parts": 7}}, "product-quantisation+x")


def test_a_variant_is_accepted_where_its_method_reads_it():
    given = yaml.safe_load(VALID)
    given["grouping"] |= {"variants": {"x": {"bit_cost": 0.1, "weights": "frequency"}}}
    given["studies"]["main"]["conditions"] = ["tiny-bert/d128/none/kmeans-information+x-r05/mlm"]
    assert config.load(given).grouping.variants["x"].given == {"bit_cost": 0.1, "weights": "frequency"}
