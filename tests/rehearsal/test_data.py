"""Stand-ins through the steps' own ways: served, downloaded, checked, unpacked, read by the loaders of real files."""

from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from rehearsal import data, hub, project
from semantic_tokens import tables
from semantic_tokens.errors import InputError
from semantic_tokens.siblings.probing import files
from semantic_tokens.sources.catalogue import LOADERS, WORD_PAIRS
from semantic_tokens.sources.fetch import registry, remote_files
from semantic_tokens.sources.fetch.obtain import languages_in, obtain
from semantic_tokens.sources.files import Skipped
from support.running import ROOT

PAPER = yaml.safe_load((ROOT / "configs/paper.yaml").read_text(encoding="utf-8"))
LANGUAGES = PAPER["data"]["languages"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, dict[str, registry.Source], Path]:
    """Where the stand-ins lie, the registry that names them, and the copy of the project."""
    home = tmp_path_factory.mktemp("rehearsal")
    data.write_all(home / "upstream")
    return home / "upstream", project.write_project(home / "project", home / "upstream"), home / "project"


@pytest.fixture
def downloads(made, monkeypatch, tmp_path):
    """`obtain` by source, from the server, with the registry of the copy."""
    upstream, sources, copy = made
    for module in (registry, remote_files):
        monkeypatch.setattr(module, "HERE", copy / project.SOURCES)
    registry.sources.cache_clear()
    remote_files.checksums.cache_clear()
    with hub.running(hub.Routes(sources, upstream), tmp_path / "port") as url:
        yield lambda name: obtain(name, tmp_path / "resources", languages_in(name, LANGUAGES), mirror=url)
    registry.sources.cache_clear()
    remote_files.checksums.cache_clear()


@pytest.mark.parametrize("name", data.WRITERS)
def test_every_file_is_read_in_every_language(name, downloads):
    folder = downloads(name)
    assert folder.name == project.REVISION
    found, skips = {}, {}
    for file in LOADERS[name](folder):
        skipped = skips.setdefault(str(file.path), Skipped())
        for row in file.rows(skipped):
            found.setdefault(file.table, []).append(row)
    for table, rows in found.items():
        if table in tables.SCHEMAS:
            tables.validate(table, pa.Table.from_pylist(rows, tables.SCHEMAS[table]), name)
    if name not in WORD_PAIRS:  # a row has one language
        wanted = set(languages_in(name, LANGUAGES))
        assert all({row["lang"] for row in rows} == wanted for rows in found.values())
    kept = {reason for skipped in skips.values() for reason in (*skipped.rows, *skipped.notes)}
    assert kept <= {"not the standard variety", "an I- tag that does not continue an entity"}


@pytest.mark.parametrize("name", PAPER["data"]["dictionaries"])
def test_dictionaries_agree(name, downloads):
    rows = list(WORD_PAIRS[name](downloads(name), ["en", "sw", "zh"], {}))
    assert {(row["lang_a"], row["lang_b"]) for row in rows} >= {("en", "zh")}
    assert {(row["word_a"], row["word_b"]) for row in rows if row["lang_b"] == "zh"} >= {("bird", "鸟")}


def test_parallel_sentences_in_all_languages_of_probing(downloads):
    rows = list(files.read(downloads("ntrex"), PAPER["probing"]["languages"]))
    assert len(rows) == data.LINES * len(PAPER["probing"]["languages"])


def test_a_file_that_is_not_the_one_of_the_registry_is_refused(made, downloads):
    path = made[0] / "ntrex/newstest2019-src.eng.txt"
    before = path.read_bytes()
    path.write_bytes(before[:-2] + b"?\n")
    try:
        with pytest.raises(InputError, match="sha256 checksum"):
            downloads("ntrex")
    finally:
        path.write_bytes(before)


def test_the_real_registry_is_untouched_and_pins_other_files(made):
    real = yaml.safe_load((ROOT / project.SOURCES / "registry.yaml").read_text(encoding="utf-8"))
    assert project.REVISION not in {entry["revision"] for entry in real.values()}
    pinned = [(folder / project.SOURCES / "checksums.tsv").read_text().split("\n")[1:-1] for folder in (ROOT, made[2])]
    of_real, of_copy = ({tuple(line.split("\t")[:2]): line.split("\t")[3] for line in lines} for lines in pinned)
    common = of_real.keys() & of_copy.keys()
    assert len(common) > 50 and all(of_real[key] != of_copy[key] for key in common)
