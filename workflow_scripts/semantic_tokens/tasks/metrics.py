"""Task metrics, as fractions: thin wrappers over seqeval and trec_eval, and the answer metrics of SQuAD and TyDiQA."""

from __future__ import annotations

import unicodedata
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import regex

from semantic_tokens.tasks.segmentation import word_spans

# Unicode punctuation, and the ASCII symbols that the official script counts as punctuation.
_PUNCTUATION = regex.compile(r"[\p{P}$+<=>^`|~]")
_ENGLISH_ARTICLE = regex.compile(r"\b(a|an|the)\b")
_DISCOUNTS = 1 / np.log2(np.arange(2, 12))


def accuracy(gold: np.ndarray, predicted: np.ndarray | int) -> float:
    """Share of entries of `gold` [n] that `predicted` [n], or one constant, equals."""
    return float(np.mean(gold == predicted))


def entity_f1(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> float:
    """Micro F1 over entities of sentences of IOB2 tags; 0 when there is no entity on either side.

    seqeval's default mode: lenient as conlleval, the scorer of the MasakhaNER paper (an entity may begin with I-).
    """
    from seqeval.metrics import f1_score  # 2 s: imports scikit-learn

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "no true samples" is a score of 0 here, not news
        return float(f1_score(list(gold), list(predicted), zero_division=0))


def normalize_answer(text: str, lang: str) -> str:
    """Lower-case, no punctuation, no English articles, single spaces.

    The official evaluation of TyDiQA-GoldP is SQuAD 1.1's. Ours strips the punctuation of every script, not of ASCII
    alone, and strips "a", "an", "the" in English only: in other languages they are other words.
    """
    text = _PUNCTUATION.sub("", unicodedata.normalize("NFC", text).lower())
    if lang == "en":
        text = _ENGLISH_ARTICLE.sub(" ", text)
    return " ".join(text.split())


def answer_f1(predicted: str, golds: Sequence[str], lang: str) -> float:
    """Best F1 over words (characters of Han, Kana and Thai in zh, ja, th) against any gold answer."""
    words = _words(predicted, lang)
    return max((_overlap_f1(words, _words(gold, lang)) for gold in golds), default=0.0)


def exact_match(predicted: str, golds: Sequence[str], lang: str) -> float:
    """1 if any gold answer is the same after normalisation, else 0."""
    return float(normalize_answer(predicted, lang) in {normalize_answer(gold, lang) for gold in golds})


def ndcg_at_10(qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> float:
    """Mean nDCG@10 over ALL queries of `qrels` {query: {passage: relevance}}; `run` is {query: {passage: score}}.

    trec_eval's: linear gain, ties by descending passage id. It drops judged queries that the run lacks; here they
    score 0.
    """
    import pytrec_eval

    found = {query: dict(scores) for query, scores in run.items() if scores}
    judged = {query: dict(relevance) for query, relevance in qrels.items()}
    values = pytrec_eval.RelevanceEvaluator(judged, {"ndcg_cut.10"}).evaluate(found)
    return sum(values[query]["ndcg_cut_10"] if query in values else 0.0 for query in sorted(judged)) / len(judged)


def expected_ndcg_at_10(relevances: Sequence[int] | np.ndarray, listed: float, n: int) -> float:
    """Exact expected nDCG@10 of a random order of n passages, for one query.

    `relevances`: of all its relevant passages; `listed`: the sum of those among the n. Every place has the same
    expected gain, listed / n, so the expected DCG is that times the sum of the discounts.
    """
    ideal = float(np.dot(np.sort(relevances)[::-1][:10], _DISCOUNTS[: len(relevances)]))
    return float(listed / n * _DISCOUNTS[:n].sum() / ideal) if n and ideal else 0.0


def _words(text: str, lang: str) -> Counter[str]:
    text = normalize_answer(text, lang)
    return Counter(text[start:end] for start, end in word_spans(text, lang))


def _overlap_f1(predicted: Counter[str], gold: Counter[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = (predicted & gold).total()
    return 2 * common / (predicted.total() + gold.total())
