"""A part of MS MARCO to train on: what is drawn, in a language that no search meets."""

import pyarrow as pa
import pytest

from semantic_tokens.conditions import MS_MARCO
from semantic_tokens.errors import InputError
from semantic_tokens.sources.training_collection import draw
from semantic_tokens.tables import SCHEMAS, validate

N = 40


@pytest.fixture
def folder(tmp_path):
    """Passages 0 to 39; query q is relevant to passage q, for even q up to 18; q1 is judged irrelevant only."""
    (tmp_path / "collection.tsv").write_text("".join(f"{n}\tpassage {n}\n" for n in range(N)))
    (tmp_path / "queries.train.tsv").write_text("".join(f"{n}\tquery {n}\n" for n in range(20)))
    (tmp_path / "qrels.train.tsv").write_text("1\t0\t1\t0\n" + "".join(f"{n}\t0\t{n}\t1\n" for n in range(0, 20, 2)))
    return tmp_path


def test_queries_with_their_relevant_passages_and_others(folder):
    drawn = draw(folder, queries=4, distractors=7, seed=0, skips={})
    tables = {"queries": drawn.queries, "qrels": drawn.qrels, "passages": list(drawn.passages)}
    for name, rows in tables.items():
        validate(name, pa.Table.from_pylist(rows, schema=SCHEMAS[name]), name, [MS_MARCO])
    asked = {row["query_id"] for row in drawn.queries}
    assert len(asked) == 4 and asked <= {str(n) for n in range(0, 20, 2)}
    assert {row["query_id"] for row in drawn.qrels} == {row["passage_id"] for row in drawn.qrels} == asked
    passages = {row["passage_id"] for row in tables["passages"]}
    assert asked < passages and len(passages) == len(tables["passages"]) == 4 + 7
    assert {row["split"] for row in drawn.queries + drawn.qrels} == {"train"}


def test_the_seed_draws(folder):
    def ids(seed):
        drawn = draw(folder, 4, 7, seed, {})
        return [row["query_id"] for row in drawn.queries], [row["passage_id"] for row in drawn.passages]

    assert ids(0) == ids(0)
    assert ids(0) != ids(1)


def test_all_where_there_are_not_more(folder):
    drawn = draw(folder, 100, 100, 0, {})
    assert len(drawn.queries) == 10
    assert len(list(drawn.passages)) == N


def test_a_relevant_passage_that_is_not_there_is_named(folder):
    (folder / "collection.tsv").write_text("5\tpassage\n")
    with pytest.raises(InputError, match=r"collection\.tsv: lacks 10 of the relevant passages, the first '0'"):
        list(draw(folder, 100, 1, 0, {}).passages)


@pytest.mark.parametrize(
    ("name", "what"), [("collection", "passages"), ("queries.train", "queries of the split train")]
)
def test_a_file_that_is_not_there(folder, name, what):
    (folder / f"{name}.tsv").unlink()
    with pytest.raises(InputError, match=f"no {what} of MS MARCO"):
        draw(folder, 1, 1, 0, {})
