"""PanLex in its three shapes: expressions joined by meaning, lists of pairs, and damaged and hostile archives."""

import zipfile

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.sources.loaders import panlex, panlex_dump
from support.source_files import of_one_file

HEADER = "id\tlangvar\ttxt\ttxt_degr\tmeaning\tlangvar_uid\n"


def mirror(folder, **expressions):
    """`expressions`: ISO 639-3 code -> (text, meaning) or (text, meaning, variety)."""
    (folder / "data").mkdir(exist_ok=True)
    for iso3, rows in expressions.items():
        lines = [f"{i}\t1\t{row[0]}\t{row[0]}\t{row[1]}\t{iso3}-{(*row, '000')[2]}\n" for i, row in enumerate(rows)]
        (folder / f"data/{iso3}.tsv").write_text(HEADER + "".join(lines), encoding="utf-8")
    return folder


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return path


def pairs(folder, *languages, skips=None):
    rows = panlex.word_pairs(folder, languages or LANGUAGES, {} if skips is None else skips)
    return [(row["lang_a"], row["word_a"], row["lang_b"], row["word_b"]) for row in rows]


def test_expressions_that_share_a_meaning_are_translations(tmp_path):
    mirror(
        tmp_path,
        eng=[("cat", 10), ("cat", 11), ("feline", 11), ("dog", 12), ("nan", 13), ("ice cream", 14)],
        deu=[("Katze", 10), ("Katze", 11), ("Hund", 12), ("Sonne", 99), ("null", 13), ("Eis", 14)],
        fra=[("chat", 11)],
    )
    assert pairs(tmp_path, "en", "de", "fr") == [
        ("de", "Eis", "en", "ice cream"),
        ("de", "Hund", "en", "dog"),
        ("de", "Katze", "en", "cat"),  # by two meanings, but once
        ("de", "Katze", "en", "feline"),
        ("de", "null", "en", "nan"),
        ("de", "Katze", "fr", "chat"),
        ("en", "cat", "fr", "chat"),
        ("en", "feline", "fr", "chat"),
    ]
    assert pairs(tmp_path, "fr", "en") == [("en", "cat", "fr", "chat"), ("en", "feline", "fr", "chat")]
    assert pairs(tmp_path, "en") == []


def test_rows_are_those_of_the_canonical_table(tmp_path):
    mirror(tmp_path, eng=[("cat", 1)], swh=[("paka", 1)])
    assert list(panlex.word_pairs(tmp_path, ["en", "sw"], {})) == [
        {"word_a": "cat", "lang_a": "en", "word_b": "paka", "lang_b": "sw", "source": "panlex"}
    ]


def test_a_language_is_read_from_its_own_code_rather_than_the_macro_code(tmp_path):
    mirror(tmp_path, eng=[("cat", 1)], arb=[("قط", 1)], ara=[("هر", 1)], zho=[("猫", 1)], xho=[("ikati", 1)])
    assert [(file.path.stem, file.lang) for file in panlex.find(tmp_path)] == [
        ("arb", "ar"),
        ("eng", "en"),
        ("zho", "zh"),
    ]
    assert pairs(tmp_path, "ar", "en", "zh") == [
        ("ar", "قط", "en", "cat"), ("ar", "قط", "zh", "猫"), ("en", "cat", "zh", "猫")
    ]  # fmt: skip


def test_files_of_languages_that_are_not_wanted_are_not_read(tmp_path):
    mirror(tmp_path, eng=[("cat", 1)], fra=[("chat", 1)], deu=[("Katze", "broken")])
    assert pairs(tmp_path, "en", "fr") == [("en", "cat", "fr", "chat")]


def test_a_file_with_a_header_only_gives_nothing(tmp_path):
    mirror(tmp_path, eng=[("cat", 1)], wol=[])
    assert pairs(tmp_path, "en", "wo") == []


def test_other_varieties_and_empty_texts_are_skipped_and_counted(tmp_path):
    mirror(tmp_path, eng=[("cat", 1)], cmn=[("猫", 1), ("māo", 1, "003"), ("  ", 1), ("mao", 1, "003")])
    skips = {}
    assert pairs(tmp_path, "en", "zh", skips=skips) == [("en", "cat", "zh", "猫")]
    assert of_one_file(skips) == {"not the standard variety": [2, 3], "no text": [1, 4]}


@pytest.mark.parametrize(
    ("written", "meant"), [('"""cat"""', '"cat"'), ('3" disk', '3" disk'), ('"cat', '"cat'), ("cat", "cat")]
)
def test_quotes_are_those_of_csv_or_none(tmp_path, written, meant):
    mirror(tmp_path, eng=[(written, 1)], deu=[("Katze", 1)])
    assert pairs(tmp_path, "en", "de") == [("de", "Katze", "en", meant)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "eng.tsv: empty"),
        ("id\ttxt\tmeaning\n", "eng.tsv, line 1: the columns must be id langvar txt txt_degr meaning langvar_uid"),
        (HEADER + "1\t1\tcat\tcat\t7\n", "eng.tsv, line 2: the columns must be"),
        (HEADER + "1\t1\tcat\tcat\tseven\teng-000\n", "eng.tsv, line 2: 'seven' is not the number of a meaning"),
    ],
)
def test_a_file_of_another_shape_is_an_error(tmp_path, text, message):
    mirror(tmp_path, eng=[])
    (tmp_path / "data/eng.tsv").write_text(text)
    (file,) = panlex.find(tmp_path)
    with pytest.raises(InputError, match=message):
        list(file.rows(Skipped()))


def test_lists_of_pairs_named_by_iso_codes(tmp_path):
    (tmp_path / "zho_eng_lexicon.txt").write_text("猫\tcat\n猫\tcat\n冰淇淋\tice cream\nonly\n", encoding="utf-8")
    skips = {}
    expected = [("en", "cat", "zh", "猫"), ("en", "ice cream", "zh", "冰淇淋")]
    assert pairs(tmp_path, "zh", "en", skips=skips) == expected
    assert of_one_file(skips) == {"not exactly two fields": [1, 4]}
    assert pairs(tmp_path, "en", "de") == []
    (tmp_path / "xxx_eng_lexicon.txt").write_text("a\tb\n")
    with pytest.raises(InputError, match=r"xxx_eng_lexicon\.txt: unknown language code 'xxx'"):
        panlex.find(tmp_path)


def test_lists_of_pairs_in_a_zip(tmp_path):
    members = {
        "th-bg/": "",
        "th-bg/th-bg.train.5000.cc.trans": "แมว\tкотка\nหมา\tкуче\n",
        "th-bg/th-bg.train.500.cc.trans": "แมว\tкотка\n",
        "th-bg/th-bg.test.2000.cc.trans": "แมว\tкотка\nปี\tгодини\n",
        "th-ka/th-ka.train.5000.cc.trans": "แมว\tკატა\n",
        "README": "th-bg",
    }
    archive(tmp_path / "th-l2.zip", members)
    assert [file.lang for file in panlex.find(tmp_path)] == ["th+bg", "th+bg"]
    assert pairs(tmp_path, "bg", "th") == [
        ("bg", "години", "th", "ปี"),
        ("bg", "котка", "th", "แมว"),
        ("bg", "куче", "th", "หมา"),
    ]


def test_a_pair_that_two_shapes_have_comes_once(tmp_path):
    mirror(tmp_path, eng=[("cat", 1)], cmn=[("猫", 1)])
    (tmp_path / "zho_eng_lexicon.txt").write_text("猫\tcat\n狗\tdog\n", encoding="utf-8")
    assert pairs(tmp_path, "en", "zh") == [("en", "cat", "zh", "猫"), ("en", "dog", "zh", "狗")]


@pytest.mark.parametrize("name", ["../th-bg.train.5000.cc.trans", "/etc/passwd", "a/../../b", "..\\b", "C:\\b"])
def test_a_member_that_climbs_out_is_refused(tmp_path, name):
    archive(tmp_path / "th-l2.zip", {name: "แมว\tкотка\n"})
    with pytest.raises(InputError, match=r"th-l2\.zip: refused"):
        panlex.find(tmp_path)


def test_a_damaged_zip_is_an_error(tmp_path):
    path = archive(tmp_path / "th-l2.zip", {"th-bg/th-bg.train.5000.cc.trans": "แมว\tкотка\n" * 1000})
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(InputError, match=r"th-l2\.zip: the archive is cut off or damaged"):
        panlex.find(tmp_path)
    path.write_bytes(whole[:90] + b"\0\0\0\0" + whole[94:])
    with pytest.raises(InputError, match=r"th-bg\.train\.5000\.cc\.trans, after line \d+: cut off or damaged"):
        pairs(tmp_path)


def test_bytes_in_a_zip_that_are_not_utf8_are_an_error(tmp_path):
    archive(tmp_path / "th-l2.zip", {"th-bg/th-bg.train.5000.cc.trans": b"a\tb\nc\t\xff\n"})
    with pytest.raises(InputError, match=r"th-l2\.zip, th-bg/.*, line 2: not UTF-8"):
        pairs(tmp_path)


DUMP = {
    "langvar.csv": "id,lang_code,var_code,mutable\n1,eng,0,f\n2,cmn,0,f\n3,cmn,3,f\n4,ara,0,f\n5,arb,0,f\n6,xho,0,f\n",
    "expr.csv": 'id,langvar,txt,txt_degr\n30,2,猫,猫\n10,1,cat,cat\n11,1,"cat, wild","cat, wild"\n12,1,null,null\n'
    "40,3,māo,mao\n50,4,هر,هر\n60,5,قط,قط\n70,6,ikati,ikati\n13,1,,\n",
    "denotation.csv": "id,meaning,expr\n1,7,10\n2,7,30\n3,7,40\n4,7,50\n5,7,60\n6,7,70\n7,8,11\n8,8,30\n"
    "9,9,12\n10,9,60\n11,9,13\n",
}


def dump(folder, **changed):
    tables = DUMP | {f"{name}.csv": text for name, text in changed.items()}
    members = {f"panlex-20240301-csv/{name}": text for name, text in tables.items() if text is not None}
    archive(folder / "panlex-20240301-csv.zip", members)
    return folder


def test_the_dump_is_joined_by_meaning(tmp_path):
    skips = {}
    assert pairs(dump(tmp_path), "en", "zh", "ar", skips=skips) == [
        ("ar", "قط", "en", "cat"),
        ("ar", "قط", "en", "null"),
        ("ar", "قط", "zh", "猫"),
        ("en", "cat", "zh", "猫"),
        ("en", "cat, wild", "zh", "猫"),
    ]
    assert of_one_file(skips) == {"no text": [1, 12]}


def test_the_dump_read_in_small_pieces_gives_the_same(tmp_path, monkeypatch):
    expected = pairs(dump(tmp_path))
    monkeypatch.setattr(panlex_dump, "_BLOCK", 64)
    skips = {}
    assert pairs(tmp_path, skips=skips) == expected != []
    assert of_one_file(skips) == {"no text": [1, 12]}


def test_the_wider_table_of_denotations_is_read_too(tmp_path):
    wide = "meaning,source,grp,quality,expr,langvar\n7,1,1,9,10,1\n7,1,1,9,30,2\n"
    folder = dump(tmp_path, denotation=None, denotationx=wide)
    assert pairs(folder, "en", "zh") == [("en", "cat", "zh", "猫")]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"langvar": None}, r"csv\.zip: holds no langvar\.csv"),
        ({"denotation": None}, r"csv\.zip: holds no denotation\.csv"),
        ({"expr": "id,langvar\n10,1\n"}, r"expr\.csv: .*txt"),
        ({"expr": "id,langvar,txt\n10,1\n"}, r"expr\.csv: .*Expected 3 columns, got 2"),
        ({"denotation": "id,meaning,expr\n1,,10\n"}, r"denotation\.csv: .*conversion error"),
    ],
)
def test_a_dump_of_another_shape_is_an_error(tmp_path, changed, message):
    with pytest.raises(InputError, match=message):
        pairs(dump(tmp_path, **changed))


def test_a_zip_of_other_things_and_an_absent_folder_give_nothing(tmp_path):
    archive(tmp_path / "other.zip", {"notes.txt": "nothing"})
    assert panlex.find(tmp_path) == panlex.find(tmp_path / "absent") == []


def test_real_lists(real_data):
    skips = {}
    rows = pairs(real_data / "panlex", "en", "zh", "th", "bg", skips=skips)
    assert ("en", "bulldog", "zh", "牛头犬") in rows
    assert ("bg", "тази", "th", "นิ้") in rows
    assert {(row[0], row[2]) for row in rows} == {("bg", "th"), ("en", "zh")}
    assert sum(row[0] == "bg" for row in rows) == 4_367 + 999 - 38  # lines of both lists, less those that both have
    assert rows == sorted(set(rows), key=lambda row: (row[0], row[2], row[1].encode(), row[3].encode()))
    assert not any(skipped.rows for skipped in skips.values())
