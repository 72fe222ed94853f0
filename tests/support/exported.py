"""Conditions as small as can be, and their exports, for the tests of exports."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM, XLMRobertaConfig, XLMRobertaForMaskedLM

from conftest import _shaken
from semantic_tokens.backbones.tokenizers import train_unigram, train_wordpiece
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.reduced_tokenizer import reduced_tokenizer
from semantic_tokens.grouping.vocabulary import read_vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.export.folder import over_emitted_tokens, write_model, write_tokenizer
from semantic_tokens.models.surgery import group_vocabulary
from semantic_tokens.models.truncation import truncate

DIM = 16
WORDS = ["Water", "is", "wet", "The", "dog", "runs", "green", "mbwa", "anakimbia", "maji", "nyumba", "mti", "kijani"]
TEXTS = ["Water is wet.", "The green dog runs is mbwa anakimbia.", "maji zebra"]
FORMS = {"bert": ("expanded", "compact", "compact-wordpiece"), "xlmr": ("expanded", "compact")}


@dataclass(frozen=True)
class Trained:
    """A condition: folder of its model, its tokenizer.json and tokenizer_config.json, its partition."""

    folder: Path
    tokenizer: Path
    tokenizer_config: Path
    partition: VocabularyPartition


def train(architecture: str, dim: int, method: str, folder: Path) -> Trained:
    """`architecture` bert or xlmr, `method` kmeans, first or product (of two parts), at 50% of the vocabulary. Weights
    change after grouping as training would: rows and biases are no longer what those of the members give."""
    _train_tokenizer(architecture, folder)
    tokenizer = folder / "tokenizer.json"
    vocabulary = read_vocabulary(tokenizer)
    model = _new_model(architecture, len(vocabulary))
    table = model.get_input_embeddings().weight.detach()[:, :dim].clone()
    inputs = GroupingInputs(table, vocabulary, len(vocabulary) // 2, None, seed=0)
    names = {"kmeans": "kmeans-cosine", "first": "first", "product": "product-quantisation"}
    options = {"kmeans": {"max_iterations": 50}, "first": {}, "product": {"max_iterations": 50, "parts": 2}}
    partition = group(names[method], inputs, **options[method])
    grouped = truncate(group_vocabulary(model, partition, table), dim)
    with torch.no_grad():
        grouped.get_input_embeddings().weight.mul_(1.5)
    checkpoint.save(_shaken(grouped), folder)
    if method == "first":
        reduced = reduced_tokenizer(tokenizer.read_text(), partition)
        tokenizer = folder / "reduced.json"
        tokenizer.write_text(reduced)
    return Trained(folder, tokenizer, folder / "tokenizer_config.json", partition)


def export(trained: Trained, form: str, folder: Path) -> VocabularyPartition:
    """Write `trained` in a form; gives the partition over the tokens of the exported tokenizer."""
    folder.mkdir(parents=True)
    emitted = over_emitted_tokens(trained.partition)
    write_tokenizer(form, trained.tokenizer, trained.tokenizer_config, emitted, folder)
    write_model(form, trained.folder, emitted, folder)
    emitted.save(folder / "partition.parquet")
    return emitted


def reference(trained: Trained, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(logits, last hidden state, attention mask) of the trained model, with ids looked up as in fine-tuning."""
    tokenizer = Tokenizer.from_file(str(trained.tokenizer))
    model = checkpoint.load_masked_lm(trained.folder)
    encoded = [tokenizer.encode(text) for text in texts]
    lookup = trained.partition.token_lookup()
    ids = torch.full((len(encoded), max(map(len, encoded))), model.config.pad_token_id)
    mask = torch.zeros_like(ids)
    for row, encoding in enumerate(encoded):
        ids[row, : len(encoding)] = torch.from_numpy(lookup[encoding.ids])
        mask[row, : len(encoding)] = 1
    with torch.no_grad():
        output = model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    return output.logits, output.hidden_states[-1], mask.bool()


def whole_model(architecture: str, folder: Path, head: bool = True) -> Path:
    """A model over its full vocabulary and its tokenizer, in `folder`; without a head, an encoder alone."""
    folder.mkdir()
    _train_tokenizer(architecture, folder)
    model = _shaken(_new_model(architecture, len(read_vocabulary(folder / "tokenizer.json"))))
    checkpoint.save(model if head else model.base_model, folder)
    return folder


def _train_tokenizer(architecture: str, folder: Path) -> None:
    draw = np.random.default_rng(0)
    invented = ["".join(draw.choice(["ka", "mi", "lo", "tu", "re"], 3)) for _ in range(30)]
    texts = [" ".join(draw.choice([*WORDS, *invented], 8)) + "." for _ in range(300)]
    trainer, size = (train_wordpiece, 80) if architecture == "bert" else (train_unigram, 55)
    trainer(lambda: texts, size, folder, max_length=32)


def _new_model(architecture: str, n_tokens: int):
    size = {"vocab_size": n_tokens, "hidden_size": DIM, "num_hidden_layers": 2, "num_attention_heads": 2}
    size |= {"intermediate_size": 24, "max_position_embeddings": 34}
    torch.manual_seed(0)
    if architecture == "bert":
        return BertForMaskedLM(BertConfig(**size, pad_token_id=0, cls_token_id=2, sep_token_id=3, mask_token_id=4))
    special = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "mask_token_id": n_tokens - 1}
    return XLMRobertaForMaskedLM(XLMRobertaConfig(**size, **special, type_vocab_size=1))
