"""Mutated configs: each is accepted, or refused with one line for each problem, and never anything else."""

import copy
import os

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semantic_tokens.config.loading import load
from semantic_tokens.errors import InputError
from support.toy_config import VALID

EXAMPLES = int(os.environ.get("FAULTS", 100))
BASE = yaml.safe_load(VALID)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**31),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["٣", "1e999", "~", "{,}{,}", "tiny-bert/d999/none/full/mlm", "a/" * 50, "\0", "no", "../.."]),
)
KEYS = st.one_of(st.text(max_size=8), st.integers())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)


def places(value, path=()):
    """Every key and entry of a config, as paths."""
    found = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(found):
        yield (*path, key)
        yield from places(inner, (*path, key))


PLACES = list(places(BASE))


@st.composite
def mutated(draw):
    """The valid config with one to three places deleted, replaced, or given beside a new key."""
    config = copy.deepcopy(BASE)
    for path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        holder = config
        try:
            for part in path[:-1]:
                holder = holder[part]
            kind = draw(st.sampled_from(["delete", "replace", "replace", "add"]))
            if kind == "delete":
                del holder[path[-1]]
            elif kind == "replace":
                holder[path[-1]] = draw(VALUES)
            elif isinstance(holder, dict):
                holder[draw(KEYS)] = draw(VALUES)
            else:
                holder.append(draw(VALUES))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation has taken the place away
    return config


@settings(max_examples=EXAMPLES, deadline=5000, derandomize=True, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_a_mutated_config_is_accepted_or_refused_in_lines(config):
    try:
        load(config)
    except InputError as error:
        lines = str(error).splitlines()
        assert lines and all(line.strip() for line in lines) and max(map(len, lines)) < 2000
        assert "Traceback" not in str(error)
