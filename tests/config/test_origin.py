"""A message names the file that holds the key, whichever was read."""

from pathlib import Path

import pytest

from semantic_tokens.config import loading as config
from semantic_tokens.config.origin import layers, origin
from semantic_tokens.errors import InputError

BASE = {"run": {"name": "x", "seed": 0}, "studies": {"main": {"seeds": [0, 1]}}}
OVER = {"run": {"seed": 1}}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("run", "seed"), "--config"),  # given thrice, and the command line decides
        (("run", "name"), "base.yaml"),
        (("run", "split"), "--config"),  # nobody's: of those that have the section, the last
        (("studies", "main", "seeds", 1), "base.yaml"),
        (("tasks",), "base.yaml + over.yaml + --config"),
        ((), "base.yaml + over.yaml + --config"),
    ],
)
def test_the_last_that_has_most_of_a_key_decides_it(key, expected):
    given = layers([(Path("base.yaml"), BASE), (Path("over.yaml"), OVER)], {"run": {"seed": 2}})
    assert origin(key, given) == expected


def test_files_go_by_the_path_from_here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    files = [(tmp_path / "configs" / "a.yaml", {}), (Path("b.yaml"), {}), (Path("/elsewhere/c.yaml"), {})]
    assert [name for name, _ in layers(files, {})] == ["configs/a.yaml", "b.yaml", "/elsewhere/c.yaml"]


def test_each_line_of_a_message_names_its_own_file():
    merged = {"run": {"name": "My run", "seed": "x"}}
    with pytest.raises(InputError) as error:
        config.load(merged, [("a.yaml", {"run": {"name": "My run"}}), ("b.yaml", {"run": {"seed": "x"}})])
    lines = str(error.value).splitlines()
    assert "a.yaml: run.name = 'My run': must match ^[a-z0-9-]+$" in lines
    assert "b.yaml: run.seed = 'x': must be an integer" in lines
    assert "a.yaml + b.yaml: data: is missing" in lines
    with pytest.raises(InputError, match=r"^config: run\.name = 'My run'"):
        config.load(merged)
