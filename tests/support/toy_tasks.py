"""What the tests of the tasks share: a small tokenizer, a small random encoder and settings."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig

from semantic_tokens.backbones.architectures import ARCHITECTURES
from semantic_tokens.fine_tuning import training
from semantic_tokens.fine_tuning.encoding import write_features
from semantic_tokens.fine_tuning.settings import Embedding
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.models.checkpoint import save

HEADS = {
    "token-classification": "BertForTokenClassification",
    "sequence-classification": "BertForSequenceClassification",
    "question-answering": "BertForQuestionAnswering",
    "encoder": "BertModel",
}


def wordpiece(texts, words=True):
    """A BERT tokenizer of the characters and, if `words`, the words of these texts, with padding and truncation left on
    from some earlier use. Not trained: `WordPieceTrainer` does not give the same ids twice."""
    split = sorted({word for text in texts for word in text.split()})
    characters = sorted(set("".join(split)))
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = [*specials, *characters, *(f"##{c}" for c in characters), *(split if words else [])]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.enable_padding(length=7)
    tokenizer.enable_truncation(3)
    return tokenizer


def unigram(texts, vocabulary=120):
    """An XLM-R tokenizer trained on these texts."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary, special_tokens=specials, unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def loader(n_ids, positions=64, permutation=None, seen=None, dropout=0.0):
    """A `load` that makes a two-layer encoder, 32 wide; with `permutation`, its table in that order; `seen` collects
    the models."""

    def load(head, n_labels):
        config = BertConfig(
            vocab_size=n_ids,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=positions,
            num_labels=max(1, n_labels),
            hidden_dropout_prob=dropout,
            pad_token_id=0 if permutation is None else int(permutation[0]),
        )
        model = getattr(transformers, HEADS[head])(config)
        table = model.get_input_embeddings().weight
        with torch.no_grad():
            # The padding row starts at zero wherever it is; the other rows must not depend on where.
            rows = torch.randn(n_ids, 32, generator=torch.Generator().manual_seed(0))
            rows[0] = 0
            order = np.arange(n_ids) if permutation is None else permutation
            table[torch.as_tensor(order)] = rows
        if seen is not None:
            seen.append(model)
        return model

    return load


def saved_backbone(architecture, folder, vocabulary=48, **changed):
    """A random backbone of one of our architectures, two layers, 32 wide, with dropout; padding has the id 1."""
    shape = {"dim": 32, "layers": 2, "heads": 2, "intermediate": 128, "dropout": 0.1, "max_length": 64} | changed
    ids = {f"{role}_token_id": i for i, role in enumerate(ARCHITECTURES[architecture].special, 1)}
    own = ARCHITECTURES[architecture]
    torch.manual_seed(0)
    model = own.model(own.config(SimpleNamespace(**shape), vocabulary, ids))
    save(model, folder)
    return folder


def settings(**changed):
    """Settings under which the toys train in a second or two."""
    defaults = {
        "epochs": 10,
        "batch_size": 16,
        "learning_rate": 5e-3,
        "embedding_rate": 1.0,
        "warmup_ratio": 0.1,
        "max_length": 32,
    }
    defaults |= {"stride": 4, "query_length": 16, "group_size": 4}
    defaults |= {"train_split": "train", "train_examples": None, "test_examples": None, "prefix": ""}
    defaults |= {name: Embedding.model_fields[name].default for name in Embedding.records}
    return SimpleNamespace(**(defaults | changed))


def values_of(chosen, task):
    """The settings of `task` among the chosen, as a step gets them."""
    return {name: getattr(chosen, name) for name in task.TASK.settings.model_fields if hasattr(chosen, name)}


def in_parts(tables, rows=7):
    """Each table in parts of a few rows, as the step hands over large ones; an empty one has one empty part."""
    return {
        name: [table.slice(start, rows) for start in range(0, max(1, len(table)), rows)]
        for name, table in tables.items()
    }


def encoded(task, tables, tokenizer, chosen, rows=7):
    """The features of `task` as the file that the step writes."""
    file = pa.BufferOutputStream()
    write_features(task.TASK.encode(in_parts(tables, rows), tokenizer, chosen), file, "toy")
    return pq.ParquetFile(file.getvalue())


def assert_parts_do_not_matter(task, tables, tokenizer, chosen):
    """The same features, however the tables are cut."""
    whole, parts = (encoded(task, tables, tokenizer, chosen, rows) for rows in (10_000, 7))
    assert parts.num_row_groups > whole.num_row_groups
    assert parts.read().equals(whole.read(), check_metadata=True)


def run(
    task,
    tables,
    tokenizer,
    chosen,
    transfer="in-language",
    seed=0,
    split="train",
    permutation=None,
    score=None,
    **model,
):
    """Encode and score with the module of a task, as the workflow does; `score` holds more arguments of it."""
    features = encoded(task, tables, tokenizer, chosen)
    n_ids = tokenizer.get_vocab_size()
    group_of = np.arange(n_ids, dtype=np.int32) if permutation is None else permutation
    load = loader(n_ids, permutation=permutation, **model)
    data = Data(features, tables, group_of, transfer, split)
    return training.score(task.TASK, data, training.Recipe(load, chosen, seed, **(score or {})))


def a_permutation(tokenizer):
    """Some other order of the vocabulary."""
    return np.random.default_rng(5).permutation(tokenizer.get_vocab_size()).astype(np.int32)
