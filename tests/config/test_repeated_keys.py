"""A key that a file gives twice is refused with both lines, at any depth; aliases and merges give nothing twice."""

from pathlib import Path

import pytest

from semantic_tokens.config.repeated_keys import refuse_repeated_keys
from semantic_tokens.errors import InputError
from support import ROOT

TWICE = """\
run: {name: demo, seed: 1}
studies:
  main:
    tasks: [nli]
  'main':
    tasks: [qa]
backbones:
  - {dim: 8, dim: 9}
run: {name: other}
"""
ONCE = """\
one: &one {a: 1, b: 2}
two: {<<: *one, a: 3}
three: [*one, *one]
four: {'1': x, 2: y}
"""


def problems(folder: Path, text: str) -> list[str]:
    (folder / "c.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        refuse_repeated_keys(folder / "c.yaml")
    return str(error.value).splitlines()


def test_every_key_that_stands_twice_is_named_with_both_lines(tmp_path):
    assert problems(tmp_path, TWICE) == [
        f"{tmp_path}/c.yaml, lines 1 and 9: the key run is given twice; allowed: once",
        f"{tmp_path}/c.yaml, lines 3 and 5: the key studies.main is given twice; allowed: once",
        f"{tmp_path}/c.yaml, lines 8 and 8: the key backbones[0].dim is given twice; allowed: once",
    ]


def test_a_key_that_stands_three_times_is_named_for_each_next_one(tmp_path):
    assert len(problems(tmp_path, "a: 1\na: 2\na: 3\n")) == 2


def test_json_is_read_as_well(tmp_path):
    assert problems(tmp_path, '{"run": 1,\n "run": 2}') == [
        f"{tmp_path}/c.yaml, lines 1 and 2: the key run is given twice; allowed: once"
    ]


@pytest.mark.parametrize("text", [ONCE, "", "a: [", "just text"])
def test_what_is_given_once_or_is_not_yaml_passes_here(tmp_path, text):
    (tmp_path / "c.yaml").write_text(text)
    refuse_repeated_keys(tmp_path / "c.yaml")


@pytest.mark.parametrize(
    "path", [ROOT / "config.yaml", *sorted((ROOT / "configs").glob("*.yaml"))], ids=lambda p: p.name
)
def test_our_own_configs_give_every_key_once(path):
    refuse_repeated_keys(path)
