"""The captions of `snakemake --report`: each is used, each use has its file, and each is sound reStructuredText."""

import re

import docutils.core
import pytest
from jinja2 import Environment, StrictUndefined

from support import ROOT

CAPTIONS = {path.stem: path for path in sorted((ROOT / "captions").glob("*.rst"))}
RULES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").rglob("*.smk"))}


def test_each_caption_is_used_and_each_use_has_its_file():
    used = {name for text in RULES.values() for name in re.findall(r'shown\(\s*LAYOUT\.\w+\([^)]*\),\s*"(\w+)"', text)}
    by_table = {"keywords", "translated_words"}  # INSPECTION_TABLES
    assert used | by_table | {"workflow"} == set(CAPTIONS)


@pytest.mark.parametrize("name", CAPTIONS)
def test_captions_are_sound(name):
    values = {"config": {"run": {"name": "mini"}}, "wildcards": {"study": "main"}}
    text = Environment(undefined=StrictUndefined).from_string(CAPTIONS[name].read_text(encoding="utf-8"))
    html = docutils.core.publish_parts(
        text.render(snakemake=values), writer="html", settings_overrides={"halt_level": 2, "report_level": 2}
    )["fragment"]
    assert html.startswith("<p>") and "{{" not in html
    assert max(map(len, CAPTIONS[name].read_text(encoding="utf-8").splitlines())) <= 130
