"""The world's text across languages: the same in all, without names, and a question that one passage answers."""

from collections import Counter

import pytest

from semantic_tokens.world import parallel
from semantic_tokens.world.articles import knowledge_bases
from semantic_tokens.world.lexicon import read_lexicon
from semantic_tokens.world.names import SPLITS
from semantic_tokens.world.too_few import TooFew

LANGUAGES = ["en", "sw", "zh"]


@pytest.fixture(scope="module")
def knowledges():
    return knowledge_bases(read_lexicon(), 0)


@pytest.fixture(scope="module")
def asked(knowledges):
    return {split: parallel.clir(knowledges[split], LANGUAGES, 30, 0) for split in SPLITS}


def test_every_language_has_every_question_and_passage(asked):
    for rows in asked.values():
        assert Counter(row["lang"] for row in rows) == dict.fromkeys(LANGUAGES, 30)
        assert len({row["query_id"] for row in rows}) == 30 and all(row["question"] and row["passage"] for row in rows)


def test_no_text_has_a_capital_or_a_digit_that_would_give_it_away(asked):
    for rows in asked.values():
        for row in rows:
            text = row["question"] + row["passage"]
            assert not any(character.isdigit() or character.isupper() for character in text), row


def test_one_passage_answers_a_question(knowledges):
    knowledge = knowledges["test"]
    facts = parallel._scenes(knowledge, 120, "a key")
    passages = [facts[i : i + 3] for i in range(0, 120, 3)]
    import random

    found = parallel._asked(passages, random.Random(0))
    assert 20 < len(found) < 41
    for passage, fact, role in found:
        answering = [own for own in passages for f in own if parallel._left(f, role) == parallel._left(fact, role)]
        assert answering == [passage] and fact in passage


def test_splits_tell_of_other_scenes(knowledges):
    scenes = {
        split: {(f.subject, f.verb, f.object) for f in parallel._scenes(knowledges[split], 200, "a key")}
        for split in SPLITS
    }
    assert not scenes["train"] & scenes["test"] and not scenes["dev"] & scenes["test"] and len(scenes["test"]) == 200


def test_a_world_too_small_says_how_much_it_has(knowledges):
    with pytest.raises(TooFew, match=r"data\.sizes\.clir\.test = 9000: must be at most \d+"):
        parallel.clir(knowledges["test"], LANGUAGES, 9_000, 0)


def test_the_same_seed_tells_the_same(knowledges):
    first, again, other = (parallel.bitext(knowledges["dev"], LANGUAGES, 40, seed) for seed in (0, 0, 1))
    assert first == again != other
