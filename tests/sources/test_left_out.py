"""A file that gives nothing is refused, and one that loses many rows is named."""

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.check_data import check_folder
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.left_out import notices, write_skips
from semantic_tokens.sources.loaders import muse


def dictionary(folder, text: bytes):
    (folder / "muse").mkdir(exist_ok=True)
    (folder / "muse/en-sw.txt").write_bytes(text)
    [file] = muse.find(folder / "muse")
    return file


def lines(good: int, bad: int) -> bytes:
    return b"dog mbwa\n" * good + b"bird\n" * bad


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "it is empty"),
        (b"dog\nbird\n", r"all 2 rows were left out \(line 1: not exactly two fields\)"),
        (b"dog mbwa\nbi\0rd ndege\n", "line 2: a NUL byte"),
        ("dog mbwa\n".encode("utf-16"), "line 1: "),
    ],
)
def test_a_dictionary_that_gives_nothing_is_refused_by_the_run_and_by_check_data(tmp_path, text, reason):
    file = dictionary(tmp_path, text)
    with pytest.raises(InputError, match=rf"en-sw\.txt.*{reason}"):
        list(file.rows(Skipped()))
    [report] = check_folder(tmp_path)
    assert "en-sw.txt" in report.failed


@pytest.mark.parametrize(("good", "bad", "said"), [(97, 3, 0), (96, 4, 1), (1, 9, 1), (10, 0, 0)])
def test_above_three_per_cent_a_file_is_named_with_its_loss(tmp_path, good, bad, said):
    skips = {"en-sw.txt": Skipped()}
    assert len(list(dictionary(tmp_path, lines(good, bad)).rows(skips["en-sw.txt"]))) == good
    write_skips(skips, tmp_path / "skipped.csv")
    line = f"en-sw.txt: {bad} of {good + bad} rows left out: not exactly two fields, first in line {good + 1}"
    assert notices([tmp_path / "skipped.csv"]) == [line] * said


def test_what_is_kept_though_odd_is_no_loss(tmp_path):
    skipped = Skipped(kept=1)
    skipped.note(1, "odd")
    write_skips({"a": skipped}, tmp_path / "skipped.csv")
    assert notices([tmp_path / "skipped.csv"]) == []
