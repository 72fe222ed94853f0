"""Extractive question answering: the answer as a span of the context (TyDiQA-GoldP), F1 and exact match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field, ValidationInfo, field_validator
from tokenizers import Encoding, Tokenizer

from semantic_tokens.config.types import Count
from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.encoding import Template, encodings, token_ids
from semantic_tokens.fine_tuning.metrics import answer_f1, answer_f1_unicode, exact_match
from semantic_tokens.fine_tuning.prepared_rows import PreparedRows
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.rows import evaluation_rows, training_rows
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.segmentation import word_spans
from semantic_tokens.fine_tuning.settings import Labelled
from semantic_tokens.fine_tuning.task import Data, TableParts, Task, Tokens

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network

MAX_ANSWER_LENGTH = 30  # tokens, as in BERT's SQuAD code
CHANCE_ROWS, CHANCE_SPANS = 500, 20


class QuestionAnswering(Labelled):
    stride: Count = Field(description="Tokens by which neighbouring windows of a long context overlap.")

    encodes: ClassVar[tuple[str, ...]] = ("max_length", "stride")

    @field_validator("stride")
    @classmethod
    def _window_moves(cls, stride: int, info: ValidationInfo) -> int:
        if stride >= info.data.get("max_length", stride + 1):
            raise ValueError(f"must be less than max_length = {info.data['max_length']}")
        return stride


def encode(tables: TableParts, tokenizer: Tokenizer, settings: QuestionAnswering) -> Iterator[pa.Table]:
    """Features, one row a window of `[CLS] question [SEP] context [SEP]`, at most `max_length` tokens.

    Columns: lang, split, example (row of the qa table), window, input_ids, second_start (where the context starts),
    starts and ends (character offsets of its context tokens), answer_start and answer_end (positions of the first gold
    answer's first and last token; 0, the [CLS] token, where the window does not hold it). The question gets at most
    half of the window. Raises InputError if that leaves no room for the stride.
    """
    template, first = Template.of(tokenizer), 0
    half = settings.max_length // 2 - template.n_pair
    if not 0 <= settings.stride < half:
        raise InputError(f"stride: {settings.stride}; allowed: 0 to {half - 1} at max_length {settings.max_length}")
    for table in tables["qa"]:
        questions = token_ids(tokenizer, table["question"], settings.max_length // 2)
        contexts = encodings(tokenizer, table["context"])
        rows: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        for example, (context, answers) in enumerate(zip(contexts, table["answers"].to_pylist(), strict=True)):
            room = settings.max_length - template.n_pair - len(questions[example])
            for window in _window_rows(context, room, settings.stride, _answer_tokens(context, answers[0])):
                for name, value in zip(_COLUMNS, (example, *window), strict=True):
                    rows[name].append(value)
        yield template.stored_in(_features(table, first, questions, rows, template))
        first += len(table)


class Windows(PreparedRows):
    """Windows of contexts: all are trained on; the best span over an example's windows is its answer."""

    def __init__(self, data: Data, settings: QuestionAnswering) -> None:
        """Raises InputError where there are no rows to train on or to score."""
        columns = data.features.read(["lang", "split", "example", "second_start", "answer_start", "answer_end"])
        self.table = data.tables["qa"]
        super().__init__(data, settings, training_rows(columns, data.transfer, settings.train_split))
        self.evaluation = evaluation_rows(self.table, data.split)
        self.starts, self.ends = (Ragged.read(data.features, name) for name in ("starts", "ends"))
        self.second_start, self.example = (columns[name].to_numpy() for name in ("second_start", "example"))
        gold = [columns[name].to_numpy() for name in ("answer_start", "answer_end")]
        self.gold = np.stack(gold, 1).astype(np.int64)

    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        from torch.nn.functional import cross_entropy

        target = network.tensor(self.gold[items])
        start, end = self._logits(network, items)
        return (cross_entropy(start, target[:, 0]) + cross_entropy(end, target[:, 1])) / 2

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """F1, exact match and F1 by Unicode's rules: three rows a language. Chance: the same words of every context,
        (first word, number of words), chosen on the training rows."""
        best = self._best_answers(network)
        fixed = best_fixed_span(self.table.take(np.unique(self.example[self.train])))
        languages = self.evaluation.items()
        return [row for lang, rows in languages for row in _language_scores(self.table, lang, rows, best, fixed)]

    def _logits(self, network: Network, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        outputs = network.read(self.ids.take(rows), self.template.pad, self.second_start[rows])
        return outputs.start_logits.float(), outputs.end_logits.float()

    def _best_answers(self, network: Network) -> dict[int, tuple[float, int, int]]:
        """(score, first character, end) of the answer to every evaluated example whose windows hold any context."""

        def spans(rows: np.ndarray) -> Tensor:
            context = (network.tensor(of[rows]) for of in (self.second_start, self.starts.lengths))
            return best_spans(*self._logits(network, rows), *context)

        best: dict[int, tuple[float, int, int]] = {}
        windows = np.flatnonzero(np.isin(self.example, np.concatenate(list(self.evaluation.values()))))
        for rows, outputs in network.infer(windows, self.ids.lengths[windows], spans):
            for row, (value, first, last) in zip(rows, outputs, strict=True):
                example = self.example[row]
                if len(self.starts[row]) and value > best.get(example, (-np.inf,))[0]:
                    best[example] = (value, self.starts[row][int(first)], self.ends[row][int(last)])
        return best


def best_spans(start: Tensor, end: Tensor, context_start: Tensor, context_length: Tensor) -> Tensor:
    """Best-scoring span within the context of every window, of at most `MAX_ANSWER_LENGTH` tokens.

    `start`, `end`: logits [n, length]; returns float64 [n, 3]: sum of the two logits, first and last token counted from
    the context's first. Exact: every pair is compared, so no n-best list is needed.
    """
    import torch

    length = start.shape[1]
    columns = torch.arange(length, device=start.device)
    outside = (columns < context_start[:, None]) | (columns >= (context_start + context_length)[:, None])
    sums = start.masked_fill(outside, -torch.inf)[:, :, None] + end.masked_fill(outside, -torch.inf)[:, None, :]
    allowed = torch.ones(length, length, dtype=torch.bool, device=start.device).triu().tril(MAX_ANSWER_LENGTH - 1)
    value, flat = sums.masked_fill(~allowed, -torch.inf).flatten(1).max(1)
    first, last = flat // length - context_start, flat % length - context_start
    return torch.stack([value.double(), first.double(), last.double()], 1)


def best_fixed_span(train: pa.Table) -> tuple[int, int]:
    """(first word, number of words) with the best mean F1 on training rows when answered for every context.

    Among the most frequent positions of the gold answers, on up to `CHANCE_ROWS` rows.
    """
    rows = train.take(np.arange(0, len(train), -(-len(train) // CHANCE_ROWS))).to_pylist()
    positions = Counter(span for row in rows if (span := _answer_words(row)))
    candidates = [span for span, _ in positions.most_common(CHANCE_SPANS)]

    def total_f1(span: tuple[int, int]) -> float:
        return sum(answer_f1(fixed_answer(r["context"], r["lang"], span), _texts(r)) for r in rows)

    return max(candidates, key=total_f1, default=(0, 1))


def fixed_answer(context: str, lang: str, span: tuple[int, int]) -> str:
    """The text of words `span` = (first, number) of the context; empty if it is shorter than that."""
    words = word_spans(context, lang)[span[0] : sum(span)]
    return context[words[0][0] : words[-1][1]] if words else ""


_COLUMNS = ("example", "window", "context_ids", "starts", "ends", "answer_start", "answer_end")


def _windows(n_tokens: int, room: int, stride: int) -> Iterator[tuple[int, int]]:
    """(start, end) of windows of `room` tokens, neighbours sharing `stride`, that cover n tokens; at least one."""
    start = 0
    while start + room < n_tokens:
        yield start, start + room
        start += room - stride
    yield start, n_tokens


def _window_rows(
    context: Encoding, room: int, stride: int, answer: tuple[int, int] | None
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray, int, int]]:
    """Values of `_COLUMNS` after the first for every window; the answer's place is (-1, -1) where it is not inside."""
    offsets = np.array(context.offsets, np.int32).reshape(-1, 2)
    ids = np.array(context.ids, np.int32)
    for window, (start, end) in enumerate(_windows(len(ids), room, stride)):
        first, last = (-1, -1)
        if answer and start <= answer[0] and answer[1] < end:
            first, last = answer[0] - start, answer[1] - start
        yield window, ids[start:end], offsets[start:end, 0], offsets[start:end, 1], first, last


def _answer_tokens(context: Encoding, answer: dict[str, Any]) -> tuple[int, int] | None:
    """First and last context token that overlap the answer's characters; None if no token does."""
    begin, end = answer["start"], answer["start"] + len(answer["text"])
    inside = [i for i, (first, last) in enumerate(context.offsets) if first < end and last > begin and last > first]
    return (inside[0], inside[-1]) if inside else None


def _features(
    table: pa.Table, first: int, questions: Ragged, rows: dict[str, list[Any]], template: Template
) -> pa.Table:
    """Features of a part of the qa table whose rows count from `first`."""
    example = np.array(rows["example"], np.int64)
    ids, second_start = template.pairs(questions.take(example), Ragged.from_lists(rows["context_ids"]))
    columns = {name: table[name].take(example) for name in ("lang", "split")}
    columns |= {"example": pa.array(first + example, pa.int32()), "window": pa.array(rows["window"], pa.int32())}
    columns |= {"input_ids": ids.to_arrow(), "second_start": pa.array(second_start, pa.int32())}
    columns |= {name: Ragged.from_lists(rows[name]).to_arrow() for name in ("starts", "ends")}
    for name in ("answer_start", "answer_end"):
        position = np.array(rows[name], np.int64)
        columns[name] = pa.array(np.where(position < 0, 0, position + second_start), pa.int32())
    return pa.table(columns)


def _language_scores(
    table: pa.Table, lang: str, rows: np.ndarray, best: dict[int, tuple[float, int, int]], fixed: tuple[int, int]
) -> list[ScoreRow]:
    of_language = partial(answer_f1_unicode, lang=lang)
    measures: dict[str, Callable[[str, list[str]], float]]
    measures = dict(zip(TASK.metrics, (answer_f1, exact_match, of_language), strict=True))
    values: dict[str, list[tuple[float, float]]] = {metric: [] for metric in TASK.metrics}
    for row, item in zip(rows, table.take(rows).to_pylist(), strict=True):
        _, start, end = best.get(row, (0.0, 0, 0))
        answer, trivial = item["context"][start:end], fixed_answer(item["context"], lang, fixed)
        for metric, of in measures.items():
            values[metric].append((of(answer, _texts(item)), of(trivial, _texts(item))))
    means = {metric: np.mean(pairs, axis=0) for metric, pairs in values.items()}
    return [ScoreRow(lang, metric, float(value), float(chance), len(rows)) for metric, (value, chance) in means.items()]


def _texts(row: dict[str, Any]) -> list[str]:
    return [answer["text"] for answer in row["answers"]]


def _answer_words(row: dict[str, Any]) -> tuple[int, int] | None:
    """(first word, number of words) of the first gold answer; None if it is white space alone."""
    begin = row["answers"][0]["start"]
    end = begin + len(row["answers"][0]["text"])
    words = [
        i for i, (first, last) in enumerate(word_spans(row["context"], row["lang"])) if first < end and last > begin
    ]
    return (words[0], len(words)) if words else None


TASK = Task(
    name="qa",
    title="QA",
    about="Extractive question answering.",
    place=2,
    metrics={"f1": "F1", "exact_match": "exact match", "f1_unicode": "F1 (Unicode)"},
    head="question-answering",
    n_labels=2,
    tables=("qa",),
    score_tables=("qa",),
    sources=("tydiqa",),
    items="qa",
    settings=QuestionAnswering,
    encode=encode,
    prepare=Windows,
    texts={"qa": Tokens(240, 33)},  # upstream: windows of 384 of XQuAD, 6 languages
    windows=1.13,  # of upstream data, with 384 tokens and a stride of 128
)
