"""Dictionaries with one pair per line: separators, lines without a pair, both directions; MUSE and the user's own."""

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders import muse
from semantic_tokens.sources.loaders import own_dictionaries as dictionaries


def write(folder, files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


def pairs(rows):
    return [(row["lang_a"], row["word_a"], row["lang_b"], row["word_b"]) for row in rows]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cat\tchat", ("cat", "chat")),
        ("cat chat", ("cat", "chat")),
        ("cat   chat ", ("cat", "chat")),
        ("ice cream\tglace à l'eau", ("ice cream", "glace à l'eau")),  # a TAB wins over spaces
        (" cat \t chat", ("cat", "chat")),
        ("no-break\u00a0space chat", ("no-break\u00a0space", "chat")),  # only the space itself separates
        ('"cat "chat', ('"cat', '"chat')),
        ("null null", ("null", "null")),
        ("nan\tNA", ("nan", "NA")),
    ],
)
def test_a_line_is_a_pair(tmp_path, line, expected):
    (file,) = muse.find(write(tmp_path, {"en-fr.txt": line + "\n"}))
    skipped = Skipped()
    (row,) = file.rows(skipped)
    assert (row["word_a"], row["word_b"]) == expected
    assert not skipped.rows


@pytest.mark.parametrize("line", ["cat", "cat\t", "\tchat", "cat\tchat\tgato", "cat chat gato", "", "cat\t\tchat"])
def test_a_line_without_exactly_two_fields_is_skipped_and_counted(tmp_path, line):
    (file,) = muse.find(write(tmp_path, {"en-fr.txt": f"dog chien\n{line}\nsun soleil\n{line}\n"}))
    skipped = Skipped()
    assert [row["word_b"] for row in file.rows(skipped)] == ["chien", "soleil"]
    assert skipped.rows == {"not exactly two fields": [2, 2]}


def test_byte_order_mark_and_windows_line_ends(tmp_path):
    (file,) = muse.find(write(tmp_path, {"en-fr.txt": "\ufeffcat chat\r\ndog chien\r\n"}))
    assert pairs(file.rows(Skipped())) == [("en", "cat", "fr", "chat"), ("en", "dog", "fr", "chien")]


def test_bytes_that_are_not_utf8_are_an_error_with_file_and_line(tmp_path):
    (tmp_path / "en-fr.txt").write_bytes(b"cat chat\nice gla\xe7on\n")
    with pytest.raises(InputError, match=r"en-fr\.txt, line 2: not UTF-8"):
        list(muse.word_pairs(tmp_path, ["en", "fr"], {}))


def test_an_empty_file_is_refused_and_an_absent_folder_gives_nothing(tmp_path):
    write(tmp_path, {"en-fr.txt": ""})
    with pytest.raises(InputError, match=r"en-fr\.txt: no row of the table word_pairs: it is empty"):
        list(muse.word_pairs(tmp_path, ["en", "fr"], {}))
    assert muse.find(tmp_path / "absent") == dictionaries.find(tmp_path / "absent") == []


def test_an_unknown_language_in_a_name_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"en-xx\.txt: unknown language code 'xx'; known: .*\bfr\b"):
        muse.find(write(tmp_path, {"en-xx.txt": "cat c\n"}))


def test_parts_of_a_dictionary_and_other_files_are_not_read(tmp_path):
    names = ["en-fr.txt", "en-fr.0-5000.txt", "en-fr.5000-6500.txt", "README.txt", "en-lug.dev.json"]
    files = muse.find(write(tmp_path, dict.fromkeys(names, "cat chat\n")))
    assert [(file.path.name, file.lang, file.table) for file in files] == [("en-fr.txt", "en+fr", "word_pairs")]


def test_each_pair_comes_once_whichever_way_round(tmp_path):
    files = {
        "en-fr.txt": "cat chat\ncat minou\ncat chat\n",
        "en-de.txt": "cat katze\n",
        "fr-en.txt": "chat cat\nsoleil sun\n",
        "en-it.txt": "cat gatto\n",
    }
    rows = list(muse.word_pairs(write(tmp_path, files), {"fr", "en", "de"}, {}))
    assert pairs(rows) == [
        ("de", "katze", "en", "cat"),
        ("en", "cat", "fr", "chat"),
        ("en", "cat", "fr", "minou"),
        ("en", "sun", "fr", "soleil"),
    ]
    assert {row["source"] for row in rows} == {"muse"}


def test_the_same_word_pair_of_other_languages_is_another_pair(tmp_path):
    rows = muse.word_pairs(
        write(tmp_path, {"en-fr.txt": "radio radio\n", "en-de.txt": "radio radio\n"}), ["en", "fr", "de"], {}
    )
    assert pairs(rows) == [("de", "radio", "en", "radio"), ("en", "radio", "fr", "radio")]


def test_the_users_dictionaries_have_the_same_shape_and_their_own_source(tmp_path):
    folder = write(tmp_path, {"en-sw.txt": "to be\tkuwa\nwithout\n"})
    skips = {}
    (row,) = dictionaries.word_pairs(folder, ["sw", "en"], skips)
    assert row == {"word_a": "be", "lang_a": "en", "word_b": "kuwa", "lang_b": "sw", "source": "dictionaries"}
    assert {path: skipped.rows for path, skipped in skips.items()} == {
        str(folder / "en-sw.txt"): {"not exactly two fields": [1, 2]}
    }


def test_what_is_left_out_is_counted_by_file(tmp_path):
    folder = write(tmp_path, {"en-fr.txt": "cat chat\ndog\n", "fr-en.txt": "sun\nsky\nmer sea\n", "de-en.txt": "one\n"})
    skips = {}
    list(muse.word_pairs(folder, ["en", "fr"], skips))
    assert {path: skipped.rows for path, skipped in skips.items()} == {
        str(folder / "en-fr.txt"): {"not exactly two fields": [1, 2]},
        str(folder / "fr-en.txt"): {"not exactly two fields": [2, 1]},
    }


def test_real_muse(real_data):
    skipped = Skipped()
    counts = {file.lang: sum(1 for _ in file.rows(skipped)) for file in muse.find(real_data / "muse")}
    assert counts["en+zh"] == 39_334
    assert counts["en+bn"] == 30_737
    assert not skipped.rows
    found = pairs(muse.word_pairs(real_data / "muse", ["en", "bn", "zh"], {}))
    assert ("en", "null", "zh", "無效") in found
    assert ("bn", "null", "en", "null") in found
    assert {(row[0], row[2]) for row in found} == {("bn", "en"), ("en", "zh")}


def test_real_dictionaries(real_data):
    skips = {}
    rows = pairs(dictionaries.word_pairs(real_data / "dictionaries", ["en", "yo", "wo"], skips))
    assert len(rows) == 1_004 + 3_206
    assert ("en", "null", "wo", "baxsaay") in rows
    assert len(skips) == 2 and not any(skipped.rows for skipped in skips.values())
