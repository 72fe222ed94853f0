"""check-data: every file under a folder is parsed, and what cannot be parsed is said with its line."""

import csv
import os

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.check_data import check_folder, main


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "muse/en-ru.txt": "dog\tsobaka\nonly one field\tand\tthree\n",
        "masakhane-ner/data/hau/train.txt": "Ina O\nLagos B-LOC\n\nKano I-LOC\n",
        "text/yo.txt": "kan\n\nmeji\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_file_has_a_line_with_its_rows_and_what_was_skipped(folder, capsys, tmp_path):
    assert main([str(folder), "--csv", str(tmp_path / "check.csv")]) == 0
    printed = capsys.readouterr().out
    assert "3 files, 5 rows, 0 files that cannot be parsed" in printed
    rows = {row["source"]: row for row in csv.DictReader((tmp_path / "check.csv").open(encoding="utf-8"))}
    assert (rows["muse"]["rows"], rows["muse"]["skipped"]) == ("1", "1")
    assert rows["muse"]["first_problem"].startswith("line 2: ")
    assert (rows["masakhaner"]["lang"], rows["masakhaner"]["split"], rows["masakhaner"]["rows"]) == ("ha", "train", "2")
    assert "I-" in rows["masakhaner"]["reasons"] and rows["masakhaner"]["skipped"] == "0"
    assert rows["text"]["skipped"] == "1"


def test_a_file_that_cannot_be_parsed_fails_but_the_others_are_shown(folder, capsys):
    (folder / "masakhane-ner/data/hau/dev.txt").write_text("Ina O\nLagos B-TOWN\n", encoding="utf-8")
    assert main([str(folder)]) == 1
    captured = capsys.readouterr()
    assert "4 files" in captured.out and "1 files that cannot be parsed" in captured.out
    assert "dev.txt, line 2" in captured.err and "B-TOWN" in captured.err


def test_a_folder_with_an_unknown_language_is_a_failed_line(folder):
    (folder / "text/xx.txt").write_text("what\n", encoding="utf-8")
    failed = [report for report in check_folder(folder) if report.failed]
    assert len(failed) == 1 and "'xx'" in failed[0].failed


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="contains none of the upstream folders: masakhane-ner, xnli"):
        list(check_folder(tmp_path))
    assert main([str(tmp_path / "absent")]) == 2


@pytest.mark.slow
def test_all_real_files_parse(real_data):
    reports = list(check_folder(real_data))
    assert [report.failed for report in reports if report.failed] == []
    sentences = {(r.lang, r.split): r.rows for r in reports if r.source == "masakhaner"}
    assert (sentences["ha", "train"], sentences["wo", "test"]) == (1912, 539)
    assert {report.source for report in reports} == {
        "masakhaner", "xnli-original", "tydiqa", "xquad", "miracl", "miracl-corpus", "muse", "panlex", "concepticon",
        "colexnet", "dictionaries", "ntrex", "text",
    }  # fmt: skip


def test_one_bad_file_of_whatever_kind_is_a_line_and_the_others_are_checked(folder, capsys):
    """A folder, a pipe, a link to nothing, a damaged footer, JSON without end, integers of 5,000 digits."""
    bad = {
        "xquad/xquad.en.json": "[" * 100_000,
        "xquad/xquad.es.json": '{"data": ' + "9" * 5000 + "}",
        "xnli/en/train-00000-of-00001.parquet": "PAR1 and no footer",
    }
    for name, text in bad.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    os.mkfifo(folder / "text/sw.txt")
    (folder / "text/ha.txt").symlink_to(folder / "nowhere")
    (folder / "muse/en-de.txt").mkdir()
    assert main([str(folder)]) == 1
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    for name in bad:
        assert f"{name}" in captured.err
    assert "muse/en-ru.txt" in captured.out and "text/yo.txt" in captured.out


def test_what_no_source_is_looked_for_in_is_named(folder, capsys):
    (folder / "masakhaner").mkdir()
    assert main([str(folder)]) == 0
    assert "not recognised, and not read (docs/data.md says what is): masakhaner" in capsys.readouterr().out
