"""K-Means never holds the scores of all rows with all centroids, whatever the back end."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import torch
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans
from semantic_tokens.peak_memory import peak_resident

rows = torch.randn(40_000, 32, generator=torch.Generator().manual_seed(0))
spherical_kmeans(rows[:200], 20, seed=0, max_iterations=3, backend=sys.argv[1])
before = peak_resident()
result = spherical_kmeans(rows, 12_000, seed=0, max_iterations=3, backend=sys.argv[1])
assert result.assignment.bincount().min() >= 1
print((peak_resident() - before) / 2**20)
"""


FEW = """
import torch
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans
from semantic_tokens.peak_memory import peak_resident

rows = torch.randn(150_000, 512, generator=torch.Generator().manual_seed(0))
spherical_kmeans(rows[:200], 20, seed=0, max_iterations=3)
before = peak_resident()
spherical_kmeans(rows, 8, seed=0, max_iterations=3)
print((peak_resident() - before) / 2**20)
"""


def test_memory_of_few_clusters_is_that_of_the_rows():
    """K-Means holds the rows, 293 MiB, once more with length 1, and never a second copy of most of them."""
    printed = subprocess.run([sys.executable, "-c", FEW], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert float(printed) < 480


@pytest.mark.parametrize("backend", ["torch", "faiss"])
def test_memory_stays_far_below_that_of_all_scores(backend):
    """In a separate process. 40,000 x 12,000 scores are 1,831 MiB; the rows are 5 MiB."""
    command = [sys.executable, "-c", PROGRAM, backend]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert float(printed) < 500
