"""Two million word pairs become token pairs in bounded memory and in seconds, and the counts are exact."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tokenizers import Tokenizer, models

import semantic_tokens

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(semantic_tokens.__file__).parents[1])}
N_PAIRS, N_WORDS, N_TOKENS, N_LANGUAGES = 1_000_000, 200_000, 20_000, 12

# In a separate process: pairs given and kept, seconds of computing, and KiB by which the peak memory grew.
MEASURE = """
import sys
import time
from pathlib import Path
import pyarrow.compute as pc
from tokenizers import Tokenizer
from semantic_tokens.alignment.pairs import token_pairs

def peak():
    line, = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])

before, tokenizer = peak(), Tokenizer.from_file(sys.argv[2])
made = token_pairs(Path(sys.argv[1]), tokenizer, ["muse", "panlex"])
given, kept = (pc.sum(made.coverage[name]).as_py() for name in ("given", "kept"))
print(given, kept, len(made), time.process_time(), peak() - before)
"""


def named(letter: str, *numbers: np.ndarray) -> pa.Array:
    text = pc.cast(pa.array(np.concatenate(numbers)), pa.string())
    return pc.binary_join_element_wise(letter, text, "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the peak of memory is read from Linux's /proc")
def test_two_million_pairs_in_little_memory(tmp_path):
    vocabulary = {"[UNK]": 0} | {f"w{i}": 1 + i for i in range(N_TOKENS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    # Each pair appears twice, once of each source and the second time the other way round.
    pair = np.arange(N_PAIRS)
    first, language = pair % N_WORDS, pair % N_LANGUAGES
    second = (7 * first + pair // N_WORDS) % N_WORDS
    table = pa.table(
        {
            "word_a": named("w", first, second),
            "lang_a": named("a", language, language + N_LANGUAGES),
            "word_b": named("w", second, first),
            "lang_b": named("a", language + N_LANGUAGES, language),
            "source": pa.array(np.repeat(["muse", "panlex"], N_PAIRS), pa.string()),
        }
    )
    pq.write_table(table, tmp_path / "word_pairs.parquet", row_group_size=20_000)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "word_pairs.parquet"), str(tmp_path / "tokenizer.json")]
    measured = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
    given, kept, n, seconds, kibibytes = map(float, measured.stdout.split())
    print(f"{seconds:.1f} s, {kibibytes / 1024:.0f} MiB")
    assert given == N_PAIRS
    assert kept == n == ((first < N_TOKENS) & (second < N_TOKENS) & (first != second)).sum()
    assert seconds < 120
    assert kibibytes < 2 * 2**20
