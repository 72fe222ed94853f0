"""Every grouping method: the numbering of groups, the controls' even deals, First-k's tokenizers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from semantic_tokens.errors import InputError
from semantic_tokens.grouping import group as grouping
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.reduced_tokenizer import reduced_tokenizer
from semantic_tokens.grouping.strata import strata
from semantic_tokens.grouping.vocabulary import Vocabulary, parse_vocabulary
from semantic_tokens.models.surgery import group_rows, semantic_embedding_of
from semantic_tokens.scripts import number_of

METHODS = ("kmeans-cosine", "kmeans-l2", "kmeans-capped", "first", "random", "random-stratified")
CLUSTERING = tuple(method for method in METHODS if method != "first")
TEXT = [
    "the dog sees the old house and the young cat drinks cold water behind a green garden wall",
    "der Hund sieht das alte Haus und die junge Katze trinkt kaltes Wasser hinter der Gartenmauer",
    "собака видит старый дом а молодая кошка пьёт холодную воду за зелёной стеной сада",
    "狗看到老房子 小猫在绿色花园墙后面喝冷水",
] * 5


def vocabulary(n: int, special: tuple[int, ...] = (0, 3, 5), unused: tuple[int, ...] = (1, 2)) -> Vocabulary:
    return Vocabulary(tuple(f"t{i}" for i in range(n)), special, unused, "wordpiece")


def group(method: str, inputs: GroupingInputs) -> VocabularyPartition:
    return grouping.group(method, inputs, **({"max_iterations": 50} if method.startswith("kmeans") else {}))


def inputs(n: int, n_groups: int, seed: int = 0, languages=None, **of_vocabulary) -> GroupingInputs:
    table = torch.from_numpy(np.random.default_rng(n).normal(size=(n, 8)).astype(np.float32))
    languages = np.arange(n) % 4 - 1 if languages is None else languages
    return GroupingInputs(table, vocabulary(n, **of_vocabulary), n_groups, languages, seed)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_groups_asked_for(method):
    made = group(method, inputs(60, 20))
    assert made.n_groups == 20 and made.method == method and made.special_ids == (0, 3, 5)
    assert made.group_of[[0, 3, 5]].tolist() == ([0, 1, 3] if method == "first" else [0, 1, 2])
    again = group(method, inputs(60, 20))
    assert np.array_equal(made.group_of, again.group_of)


@pytest.mark.parametrize("method", CLUSTERING)
def test_numbering_of_groups(method):
    made = group(method, inputs(60, 20))
    assert (made.group_of >= 0).all()
    assert made.members()[3].tolist() == [1, 2]  # the unused tokens, after the special ones
    smallest = [ids[0] for ids in made.members()[4:]]
    assert smallest == sorted(smallest)


def test_full_is_the_identity():
    made = group("full", inputs(60, 60))
    assert made.group_of.tolist() == list(range(60)) and (made.method, made.special_ids) == ("full", (0, 3, 5))


def test_without_unused_tokens_no_group_is_spent_on_them():
    made = group("random", inputs(30, 10, unused=()))
    assert made.group_sizes().tolist()[:3] == [1, 1, 1] and made.group_sizes()[3:].min() >= 3


def test_kmeans_finds_planted_groups_and_their_cosines():
    table = torch.eye(4).repeat(5, 1) * torch.arange(1.0, 21).unsqueeze(1)
    words = Vocabulary(tuple(f"t{i}" for i in range(20)), (0,), (), "wordpiece")
    made = group("kmeans-cosine", GroupingInputs(table, words, 5, None, 0))
    assert [ids.tolist() for ids in made.members()[1:]] == [list(range(i, 20, 4)) for i in (1, 2, 3)] + [[4, 8, 12, 16]]
    np.testing.assert_allclose(made.cosine_to_centroid, 1, rtol=1e-6)
    assert made.details["converged"] and made.details["objective"] == pytest.approx(0, abs=1e-6)


def test_cosine_to_centroid_by_hand():
    table = torch.tensor([[5.0, 5.0], [3.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    words = Vocabulary(("a", "b", "c", "d"), (0,), (), "wordpiece")
    made = group("random", GroupingInputs(table, words, 2, None, 0))
    np.testing.assert_allclose(made.cosine_to_centroid, [1, 0.5**0.5, 0.5**0.5, 0], rtol=1e-6)


@pytest.mark.parametrize("method", ["random", "random-stratified"])
def test_rows_of_random_groups_are_as_long_and_as_far_apart_as_the_tables_own(method):
    """All rows share a direction, as trained ones do: the means of many would be that direction and little else."""
    drawn = inputs(2000, 104, languages=np.arange(2000) % 4)
    table = drawn.embeddings + torch.tensor([1.0] + [0.0] * 7)
    made = group(method, replace(drawn, embeddings=table))
    group_of = torch.from_numpy(made.group_of).long()
    kind = semantic_embedding_of(made, "mean")
    rows, means = (group_rows(table, group_of, made.n_groups, name, 0)[5:] for name in (kind, "mean"))
    own = table[group_of >= 5]
    assert kind == "member"
    assert mean_cosine(means) > 0.5 > mean_cosine(rows) and mean_cosine(rows) == pytest.approx(
        mean_cosine(own), abs=0.1
    )
    length, of_rows, of_means = (float(table.norm(dim=1).mean()) for table in (own, rows, means))
    assert of_rows == pytest.approx(length, rel=0.1) and of_means < 0.6 * length


def mean_cosine(rows):
    unit = torch.nn.functional.normalize(rows, dim=1)
    return float((unit.sum(dim=0).square().sum() - len(unit)) / (len(unit) * (len(unit) - 1)))


def test_random_sizes_are_even_and_seeds_differ():
    made, other = group("random", inputs(60, 20)), group("random", inputs(60, 20, seed=1))
    sizes = made.group_sizes()[4:]
    assert sizes.sum() == 55 and sizes.max() - sizes.min() == 1
    assert not np.array_equal(made.group_of, other.group_of)


@given(st.lists(st.integers(-1, 3), min_size=12, max_size=60), st.integers(5, 14), st.integers(0, 5))
def test_stratified_shares_every_language_out(languages, n_groups, seed):
    languages = np.array(languages)
    k = min(n_groups, len(languages) - 2) - 4
    made = group("random-stratified", inputs(len(languages), k + 4, seed=seed, languages=languages))
    sizes = made.group_sizes()[4:]
    assert len(sizes) == k and sizes.max() - sizes.min() <= 1
    clusterable = vocabulary(len(languages)).clusterable_ids
    for language in np.unique(languages[clusterable]):
        members = clusterable[languages[clusterable] == language]
        shares = np.bincount(made.group_of[members] - 4, minlength=k)
        assert shares.max() <= -(-len(members) // k) and shares.min() >= len(members) // k


def test_stratified_deals_tokens_of_unknown_language_by_script():
    """Two languages, and tokens that never occur in three scripts and in none: no group holds two of one stratum."""
    tokens = tuple(f"{letter}{i}" for letter in ("a", "b", "c", "д", "狗", "1") for i in range(20))
    languages = np.repeat([0, 1, -1, -1, -1, -1], 20)
    table = torch.from_numpy(np.random.default_rng(0).normal(size=(121, 8)).astype(np.float32))
    made = GroupingInputs(
        table, Vocabulary(("[PAD]", *tokens), (0,), (), "wordpiece"), 21, np.append(-1, languages), seed=3
    )
    partition = group("random-stratified", made)
    assert partition.details["language_unknown"] == pytest.approx(80 / 120)
    stratum = np.repeat(np.arange(6), 20)
    for number in range(6):
        assert len(np.unique(partition.group_of[1:][stratum == number])) == 20
    assert strata(("a", "d", "д", "1", "##.", "▁狗"), np.array([1, -1, -1, -1, -1, 0])).tolist() == [
        1, *(2 + number_of(text) for text in "dд1."), 0,
    ]  # fmt: skip


def test_stratified_needs_languages():
    given_none = GroupingInputs(torch.ones(9, 2), vocabulary(9), 6, None, 0)
    with pytest.raises(InputError, match="random-stratified"):
        group("random-stratified", given_none)


@pytest.mark.parametrize("method", METHODS)
def test_a_ratio_that_leaves_no_cluster(method):
    with pytest.raises(InputError, match=r"fewer groups than special tokens.*: 3 groups"):
        group(method, inputs(60, 3))
    with pytest.raises(InputError, match="61 groups"):
        group(method, inputs(60, 61))


def test_bad_inputs_are_named():
    with pytest.raises(InputError, match="'k-means'; allowed: full, first, kmeans-capped, kmeans-cos"):
        group("k-means", inputs(20, 10))
    with pytest.raises(InputError, match=r"shape \(3, 2\) for a vocabulary of 9"):
        GroupingInputs(torch.ones(3, 2), vocabulary(9), 6, None, 0)
    table = torch.ones(9, 2)
    table[7, 0] = torch.nan
    with pytest.raises(InputError, match=r"row 7 .'t7'. is not finite"):
        GroupingInputs(table, vocabulary(9), 6, None, 0)


def wordpiece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(TEXT, trainers.WordPieceTrainer(vocab_size=200, special_tokens=special))
    ends = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ends)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    return tokenizer


def unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=150, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.add_special_tokens(["<mask>"])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def first_k(tokenizer: Tokenizer, n_groups: int) -> tuple[VocabularyPartition, Tokenizer]:
    words = parse_vocabulary(tokenizer.to_str())
    made = group("first", GroupingInputs(torch.ones(len(words), 2), words, n_groups, None, 0))
    return made, Tokenizer.from_str(reduced_tokenizer(tokenizer.to_str(), made))


FULL = {"wordpiece": wordpiece(), "unigram": unigram()}
CUT = {(kind, n): first_k(tokenizer, n) for kind, tokenizer in FULL.items() for n in (10, 45, 80)}


@pytest.mark.parametrize(("kind", "n"), CUT)
def test_first_keeps_specials_in_order_and_the_number_asked_for(kind, n):
    made, tokenizer = CUT[kind, n]
    assert made.n_groups == tokenizer.get_vocab_size() == n
    assert made.group_sizes().tolist() == [1] * n
    words = parse_vocabulary(FULL[kind].to_str())
    kept = np.flatnonzero(made.group_of >= 0)
    assert set(words.special_ids) <= set(kept.tolist()) and made.group_of[kept].tolist() == list(range(n))
    assert [tokenizer.id_to_token(i) for i in range(n)] == [words.tokens[i] for i in kept]
    assert np.isnan(made.cosine_to_centroid).sum() == len(words) - n


def test_first_of_a_wordpiece_vocabulary_is_the_oldest():
    made, _ = CUT["wordpiece", 45]
    words = parse_vocabulary(FULL["wordpiece"].to_str())
    assert made.details["order"] == "emergence"
    kept = set(np.flatnonzero(made.group_of >= 0).tolist())
    assert kept == {*words.special_ids, *words.clusterable_ids[:40].tolist()}
    assert all(made.group_of[i] == -1 for i in words.unused_ids)


def test_first_of_a_unigram_vocabulary_has_the_highest_scores():
    made, tokenizer = CUT["unigram", 45]
    words = parse_vocabulary(FULL["unigram"].to_str())
    assert made.details["order"] == "score"
    scores, ids = np.array(words.scores), words.clusterable_ids
    dropped = made.group_of[ids] < 0
    assert scores[ids][dropped].max() <= scores[ids][~dropped].min()
    assert [tokenizer.token_to_id(token) for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")] == [0, 1, 2, 3, 44]


letters = "".join(sorted(set("".join(TEXT)))) + "qzЖ房#[]<> ▁\n"


@pytest.mark.parametrize(("kind", "n"), CUT)
@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=letters, max_size=60) | st.text(max_size=20) | st.sampled_from(TEXT))
def test_first_emits_only_kept_pieces(kind, n, text):
    made, tokenizer = CUT[kind, n]
    old_id = {int(new): old for old, new in enumerate(made.group_of) if new >= 0}
    encoding = tokenizer.encode(text)
    assert all(
        made.tokens[old_id[i]] == token or token_is_unknown(kind, made, old_id[i]) for i, token in pairs(encoding)
    )
    ends = ("[CLS]", "[SEP]") if kind == "wordpiece" else ("<s>", "</s>")
    assert (made.tokens[old_id[encoding.ids[0]]], made.tokens[old_id[encoding.ids[-1]]]) == ends


def pairs(encoding):
    return zip(encoding.ids, encoding.tokens, strict=True)


def token_is_unknown(kind: str, made: VocabularyPartition, old_id: int) -> bool:
    """A Unigram tokenizer shows the text that it could not spell in place of the unknown token."""
    return kind == "unigram" and made.tokens[old_id] == "<unk>"


def test_first_tokenizer_of_everything_is_the_tokenizer():
    for tokenizer in FULL.values():
        _, same = first_k(tokenizer, tokenizer.get_vocab_size())
        assert all(same.encode(text).ids == tokenizer.encode(text).ids for text in TEXT[:4])


def test_unknown_words_become_the_unknown_token():
    _, tokenizer = CUT["wordpiece", 10]
    assert tokenizer.encode("dog", add_special_tokens=False).tokens == ["[UNK]"]
    _, tokenizer = CUT["unigram", 10]
    assert tokenizer.token_to_id("<unk>") in tokenizer.encode("房", add_special_tokens=False).ids


def test_first_refuses_another_tokenizer():
    made, _ = CUT["wordpiece", 45]
    with pytest.raises(InputError, match=r"not the partition.s tokens of these ids: .*, \.\.\."):
        reduced_tokenizer(FULL["unigram"].to_str(), made)
