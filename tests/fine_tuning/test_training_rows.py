"""What each transfer trains on."""

import pyarrow as pa
import pytest

from semantic_tokens.conditions import MS_MARCO
from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.rows import training_rows

TABLE = pa.table(
    {"lang": ["en", MS_MARCO, "sw", "en", MS_MARCO], "split": ["train", "train", "train", "test", "train"]}
)


@pytest.mark.parametrize(("transfer", "rows"), [("in-language", [0, 2]), ("zero-shot", [0]), ("ms-marco", [1, 4])])
def test_the_rows_of_a_transfer(transfer, rows):
    assert training_rows(TABLE, transfer).tolist() == rows


def test_no_rows_of_ms_marco():
    with pytest.raises(InputError, match="'ms-marco': no rows of split 'train' in the language en-x-msmarco"):
        training_rows(TABLE.slice(2, 2), "ms-marco")
