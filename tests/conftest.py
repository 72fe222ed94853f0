"""What tests share: small tokenizers and models, made here in well under a second, and the folder of upstream files."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, XLMRobertaConfig, XLMRobertaForMaskedLM

torch.set_num_threads(1)
N_TOKENS = 40
REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of upstream files, in their publishers' layout; REAL_DATA names another one."""
    folder = REPOSITORY / os.environ.get("REAL_DATA", "../shared/real")
    if not folder.is_dir():
        pytest.skip(f"no upstream files: {folder} is not a folder (REAL_DATA names another)")
    return folder


@pytest.fixture
def bert() -> BertForMaskedLM:
    """Two layers, 16 wide, 40 tokens: [PAD] [UNK] [CLS] [SEP] [MASK] are 0 to 4. Biases are not zero."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=N_TOKENS, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=32, pad_token_id=0, cls_token_id=2, sep_token_id=3, mask_token_id=4,
    )  # fmt: skip
    return _shaken(BertForMaskedLM(config))


@pytest.fixture
def xlmr() -> XLMRobertaForMaskedLM:
    """Two layers, 16 wide, 40 tokens: <s> <pad> </s> <unk> are 0 to 3, <mask> is the last."""
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=N_TOKENS, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=34, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    return _shaken(XLMRobertaForMaskedLM(config))


@pytest.fixture(params=["bert", "xlmr"])
def masked_lm(request):
    """Each architecture in turn, with the ids of its special tokens."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def special_ids(masked_lm) -> tuple[int, ...]:
    return (0, 1, 2, 3, 4) if masked_lm.config.model_type == "bert" else (0, 1, 2, 3, N_TOKENS - 1)


@pytest.fixture
def word_tokenizer() -> Tokenizer:
    """WordPiece over w0 ... w34, each a token of its own: word i is token 5 + i."""
    vocabulary = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])}
    vocabulary |= {f"w{i}": 5 + i for i in range(N_TOKENS - 5)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return tokenizer


def random_partition(n_tokens: int, special: tuple[int, ...], k: int, seed: int = 0) -> np.ndarray:
    """int32 [n]: special tokens alone in the first groups, the others in `k` random groups, none empty."""
    rng = np.random.default_rng(seed)
    ordinary = np.setdiff1d(np.arange(n_tokens), special)
    group_of = np.empty(n_tokens, np.int32)
    group_of[list(special)] = np.arange(len(special))
    group_of[ordinary] = len(special) + rng.permutation(np.arange(len(ordinary)) % k)
    return group_of


def _shaken(model):
    """Untrained biases are zero, which would hide mistakes in how they are carried over."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.3)
    return model.eval()
