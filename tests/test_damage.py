"""Each kind of file that steps make, damaged in each way, is named with what to do."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.numpy import save_file

from semantic_tokens import csv_rows, damage
from support import ROOT

TABLE = {
    ".parquet": lambda path: pq.write_table(pa.table({"text": [str(i) for i in range(9000)]}), path),
    ".safetensors": lambda path: save_file({"table": np.ones((90, 90), np.float32)}, path),
    ".npy": lambda path: np.save(path, np.ones((90, 90), np.float32)),
    ".json": lambda path: path.write_text('{"a": [1, 2, 3]}\n'),
    ".csv": lambda path: csv_rows.write(["a", "b"], [{"a": i, "b": i} for i in range(50)], path),
    ".svg": lambda path: path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><g></g></svg>\n'),
    ".md": lambda path: path.write_text("# Title\n"),
    ".txt": lambda path: path.write_text("holds\n"),
    ".pt": lambda path: torch.save({"weights": torch.ones(900)}, path),
}
WAYS = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "overwritten": lambda content: b"\x00\xff" * (len(content) // 2),
}
SHOWN_ONLY = {".html", ".png", ".pdf"}  # made for a reader; no step takes them


def test_every_kind_is_in_the_table():
    assert set(TABLE) == set(damage.READERS)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", TABLE)
def test_a_damaged_file_is_named_with_what_to_do(kind, way, tmp_path):
    path = tmp_path / f"results/file{kind}"
    path.parent.mkdir()
    TABLE[kind](path)
    assert damage.damage(path) == ""
    path.write_bytes(WAYS[way](path.read_bytes()))
    found = damage.first_damaged([tmp_path / "nowhere.csv", path])
    assert re.fullmatch(rf"{path}: damaged \(\w+: .+\); delete it to have it made again", found, re.DOTALL)


def test_a_flipped_byte_of_a_checkpoint_is_found(tmp_path):
    TABLE[".pt"](tmp_path / "a.pt")
    content = bytearray((tmp_path / "a.pt").read_bytes())
    content[content.index(np.ones(900, np.float32).tobytes()) + 50] ^= 1
    (tmp_path / "a.pt").write_bytes(content)
    assert "does not have its checksum" in damage.damage(tmp_path / "a.pt")


def test_only_what_a_step_has_made_can_be_made_again():
    assert damage.made_by_steps(["results/demo/a.csv", "mine/vocab.txt", "x/results/a.npy"]) == [
        "results/demo/a.csv", "x/results/a.npy",
    ]  # fmt: skip


def test_every_kind_that_the_layout_names_is_known():
    named = re.findall(r"\w(\.[a-z]+)[\"']", (ROOT / "workflow_scripts/semantic_tokens/workflow/layout.py").read_text())
    assert {*named} - {".vectors", ".model", ".tsv", ".log"} <= {*damage.READERS} | SHOWN_ONLY
