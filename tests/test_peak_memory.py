"""The peak of a process is its own, whoever started it, and does not fall."""

import subprocess
import sys

from semantic_tokens.peak_memory import peak_resident

MIB = 2**20
CHILD = "from semantic_tokens.peak_memory import peak_resident; {work}; print(peak_resident())"


def peak_of_a_child(work: str = "pass") -> int:
    printed = subprocess.run([sys.executable, "-c", CHILD.format(work=work)], check=True, capture_output=True).stdout
    return int(printed)


def test_a_bare_child_of_a_large_parent_has_a_small_peak():
    held = b"x" * (400 * MIB)
    assert peak_resident() > len(held)
    assert peak_of_a_child() < 100 * MIB


def test_memory_that_was_given_back_counts():
    assert 200 * MIB < peak_of_a_child("held = b'x' * (200 << 20); del held") < 300 * MIB
