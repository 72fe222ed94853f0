"""What the documentation tells people to run: Snakemake resolves every line, and README's graph is the real one."""

import re
from itertools import pairwise

import pytest
import yaml

from support import ROOT
from support.documented import everywhere, words
from support.running import copy_project, snakemake

pytestmark = pytest.mark.slow

# TARGET and x stand for a name; --lint is `make lint`; --report wants a finished run, as in test_small_run.py; the
# others need conda or Apptainer even to list jobs.
NOT_RUN = re.compile(r"TARGET| x$|--lint|--report|--software-deployment-method")
# What configs/laptop.yaml and configs/beyond.yaml read of the folder; only ntrex and text have files here.
LAPTOP = ("ntrex", "muse", "concepticon-data", "lareqa", "tydiqa", "xnli", "anserini-tools", "miracl-format-corpus")
LISTED = sorted({tuple(words(line)[1:]) for _, line in everywhere("snakemake") if not NOT_RUN.search(line)})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project with the files that stand for the reader's own."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    own = yaml.safe_load((folder / "config.yaml").read_text())
    tutorial = re.search(r"```yaml\n(studies:.*?)```", (ROOT / "docs/tutorial.md").read_text(), re.DOTALL)[1]
    own |= yaml.safe_load(tutorial) | {"run": {"name": "mine", "seed": 0}}
    for name in ("mine.yaml", "your-copy.yaml"):
        (folder / name).write_text(yaml.safe_dump(own))
    for local in ("folder", "path/to/files"):
        parts = ("masakhane-ner/data/hau", "text", "dictionaries", "bert_multi_cased", *LAPTOP)
        for part in parts:
            (folder / local / part).mkdir(parents=True)
        for language in yaml.safe_load((folder / "configs/beyond.yaml").read_text())["data"]["corpus"]["languages"]:
            (folder / local / f"text/{language}.txt").write_text("A line of text.\n")
        for name in ("src.eng", *(f"ref.{code}" for code in ("arb", "hin", "kor", "rus", "swa", "tur", "zho-CN"))):
            (folder / local / f"ntrex/newstest2019-{name}.txt").write_text("A line of text.\n")
        (folder / local / "bert_multi_cased/vocab.txt").touch()
        (folder / local / "masakhane-ner/data/hau/train.txt").write_text("Kano B-LOC\n\n" * 500)
    return folder


@pytest.mark.parametrize("arguments", LISTED, ids=" ".join)
def test_snakemake_resolves_the_line(project, arguments):
    done = snakemake(project, "-n", *arguments, mini=False)
    assert done.returncode == 0, done.stdout


def test_the_readme_draws_dependencies_that_there_are(project):
    drawn = re.search(r"```mermaid\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    chains = [re.findall(r"\w+", line.replace("-->", " ")) for line in drawn.splitlines()[1:]]
    dot = snakemake(project, "--rulegraph", mini=False).stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', dot))
    feeds = {name: set() for name in names.values()}
    for source, target in re.findall(r"(\d+) -> (\d+)", dot):
        feeds[names[source]].add(names[target])

    def reached(name: str) -> set[str]:
        return feeds[name].union(*map(reached, feeds[name]))

    pairs = [pair for chain in chains for pair in pairwise(chain)]
    assert len(pairs) > 10
    assert [(a, b) for a, b in pairs if b not in reached(a)] == []
