"""ARCHITECTURE.md and CONTRIBUTING.md describe the code as it is; tests/test_architecture.py has the imports."""

import re

import numpy as np
import torch

from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.vocabulary import Vocabulary
from semantic_tokens.workflow.layout import Layout
from support import ROOT, STEPS

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SCRIPTS = ROOT / "workflow_scripts"
LIBRARY = SCRIPTS / "semantic_tokens"


def test_the_tree_lists_what_there_is():
    tree = TEXT.split("## Where things are")[1].split("\n\n")[1]
    library = re.findall(r"^      (\S.*?)  ", tree, re.MULTILINE)
    listed = {name.strip("/, ") for names in library for name in names.split(",")}
    assert len(listed) > 15 and all((LIBRARY / name).exists() for name in listed), listed
    packages = {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").exists()}
    assert packages == {name for name in listed if not name.endswith(".py")}
    above = re.findall(r"^    ([\w.]\S*(?:, \S+)*)  ", tree, re.MULTILINE)
    names = {name.strip("/, ") for names in above for name in names.split(",")}
    for name in names:
        assert "{" in name or "x" in name.split("/")[-1].split(".") or (ROOT / name).exists(), name


def test_every_file_that_the_text_names_exists():
    for text in (TEXT, CONTRIBUTING):
        for name in re.findall(r"`([\w/.-]+\.(?:py|yaml|smk|md|lock|toml))`", text):
            places = (ROOT, LIBRARY, SCRIPTS, LIBRARY / "grouping")
            example = name in ("methods/my_way.py", "settings.py")  # the reader's, and one of each package
            assert example or any((place / name).exists() for place in places), name


def test_the_rules_that_the_text_names_exist():
    rules = {
        name for path in (ROOT / "rules").rglob("*.smk") for name in re.findall(r"rule (\w+):", path.read_text())
    } | set(STEPS)
    walk = TEXT.split("## The way of one value")[1].split("## ")[0]
    named = set(re.findall(r"`([a-z]+_[a-z0-9_]+|score|align|group)`", walk))
    assert len(named) > 12 and named <= rules | {f"tokenize_{task}" for task in ("nli",)}


def test_the_example_of_a_condition_is_where_the_layout_puts_it():
    text = "tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm"
    layout, condition = Layout("run"), Condition.parse(text)
    below = layout.at("").rstrip("/") + "/"
    for path in (layout.embeddings(condition), layout.partition(condition), layout.model(condition)["model"]):
        assert path.removeprefix(below) in TEXT
    assert layout.scores(condition, "ner+rerank@in-language#0").endswith("mlm/scores/ner+rerank@in-language#0.parquet")
    assert "mlm/scores/ner+rerank@in-language#0.parquet" in TEXT


def test_the_example_of_a_grouping_method_works():
    method = {}
    exec(re.search(r"```python\n(.*?)```", CONTRIBUTING, re.DOTALL)[1], method)
    tokens = Vocabulary(tuple(f"t{i}" for i in range(40)), (0, 1), (), "wordpiece")
    made = method["partition"](GroupingInputs(torch.randn(40, 4), tokens, 12, None, 0))
    assert made.n_groups == 12 and made.method == "my-way"
    assert np.bincount(made.group_of).min() > 0
