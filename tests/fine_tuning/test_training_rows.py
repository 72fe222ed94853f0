"""What each transfer trains on, and that no text of another split is among it."""

import numpy as np
import pyarrow as pa
import pytest

from semantic_tokens.conditions import MS_MARCO
from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.rows import training_rows
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.tables import SCHEMAS
from support.toy_examples import TOYS
from support.toy_tasks import encoded, settings

TABLE = pa.table(
    {"lang": ["en", MS_MARCO, "sw", "en", MS_MARCO], "split": ["train", "train", "train", "test", "train"]}
)


@pytest.mark.parametrize(("transfer", "rows"), [("in-language", [0, 2]), ("zero-shot", [0]), ("ms-marco", [1, 4])])
def test_the_rows_of_a_transfer(transfer, rows):
    assert training_rows(TABLE, transfer).tolist() == rows


def test_no_rows_of_ms_marco():
    with pytest.raises(InputError, match="'ms-marco': no rows of split 'train' in the language en-x-msmarco"):
        training_rows(TABLE.slice(2, 2), "ms-marco")


MARK = "unseen"


def marked(task):
    """The toy's tables, every text of their split test with a word that no other text has."""
    tables = TOYS[task][0]()
    if "queries" in tables:
        test = [row | {"split": "test", "query_id": f"t{row['query_id']}"} for row in tables["queries"].to_pylist()]
        tables["queries"] = pa.concat_tables([tables["queries"], pa.Table.from_pylist(test, SCHEMAS["queries"])])
        judged = [row | {"split": "test", "query_id": f"t{row['query_id']}"} for row in tables["qrels"].to_pylist()]
        tables["qrels"] = pa.concat_tables([tables["qrels"], pa.Table.from_pylist(judged, SCHEMAS["qrels"])])
        listed = [row | {"query_id": f"t{row['query_id']}"} for row in tables["candidates"].to_pylist()]
        tables["candidates"] = pa.concat_tables(
            [tables["candidates"], pa.Table.from_pylist(listed, SCHEMAS["candidates"])]
        )
    name, column = {"ner": ("ner", "tokens"), "nli": ("nli", "premise"), "qa": ("qa", "question")}.get(
        task.TASK.name, ("queries", "text")
    )
    rows = tables[name].to_pylist()
    for row in rows:
        if row["split"] == "test":
            row[column] = [*row[column], MARK] if name == "ner" else f"{row[column]} {MARK}"
            if name == "ner":
                row["tags"] = [*row["tags"], "O"]
    return tables | {name: pa.Table.from_pylist(rows, SCHEMAS[name])}


@pytest.mark.parametrize("task", TOYS)
def test_no_token_of_a_test_text_alone_is_trained_on(task):
    tables = marked(task)
    tokenizer, chosen = TOYS[task][1](tables), settings()
    features, mark = encoded(task, tables, tokenizer, chosen), tokenizer.token_to_id(MARK)
    columns = [name for name in features.schema_arrow.names if "input_ids" in name]
    assert mark in {token for name in columns for row in features.read([name])[name].to_pylist() for token in row}
    everything = np.arange(tokenizer.get_vocab_size(), dtype=np.int32)
    prepared = task.TASK.prepare(Data(features, tables, everything, "in-language", "test"), chosen)
    assert mark not in prepared.held_ids()
