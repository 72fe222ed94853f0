"""A full disk, a real one: a small file system in memory, where the machine lets us mount it."""

import subprocess

import pytest

from workflow.test_step import SCRIPT, WRITE, run

# Of torch and of others: each says it in other words, or in none.
WRITERS = {
    "python": "job.output.two.write_bytes(bytes(4 << 20))",
    "torch": "import torch; torch.save(torch.ones(1 << 20), job.output.two)",
    "safetensors": "import numpy, safetensors.numpy as s; s.save_file({'a': numpy.ones(1 << 20)}, job.output.two)",
    "parquet": "import numpy, pyarrow as pa, pyarrow.parquet as pq; "
    "pq.write_table(pa.table({'a': numpy.random.default_rng(0).random(1 << 20)}), job.output.two)",
    "checkpoint": "import torch, pathlib; from semantic_tokens import resumable; "
    "resumable.save(pathlib.Path('out/checkpoint.pt'), 'a', {'a': torch.ones(1 << 20)})",
}


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("only root may mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_is_told_as_such_and_nothing_is_left(writer, small_disk, tmp_path):
    failed = run(tmp_path, WRITE[0], WRITERS[writer], script=SCRIPT)
    assert failed.returncode == 1 and "make failed: no space left on the disk of out" in failed.stderr, failed.stderr
    assert "Traceback" not in failed.stderr and list(small_disk.iterdir()) == []
