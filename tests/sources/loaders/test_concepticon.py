"""Concepticon: words of one concept in two languages, and what the cells of real lists hold besides words."""

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders import concepticon


def write(folder, mappings=None, lists=None):
    """`mappings`: language -> lines `ID GLOSS`; `lists`: name -> text."""
    for place in ("mappings", "concepticondata/conceptlists"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for lang, glosses in (mappings or {}).items():
        lines = [f"{concept}\t{gloss}\t1\n" for concept, gloss in glosses]
        (folder / f"mappings/map-{lang}.tsv").write_text("ID\tGLOSS\tPRIORITY\n" + "".join(lines), encoding="utf-8")
    for name, text in (lists or {}).items():
        (folder / f"concepticondata/conceptlists/{name}.tsv").write_text(text, encoding="utf-8")
    return folder


def pairs(folder, *languages, skips=None):
    rows = concepticon.word_pairs(folder, languages, {} if skips is None else skips)
    return [(row["lang_a"], row["word_a"], row["lang_b"], row["word_b"]) for row in rows]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("ankle", ["ankle"]),
        ("Ankle ", ["ankle"]),
        ("über (Ruhe)", ["über"]),
        ("been [English: bone]", ["been"]),
        ("ACORN(S)", ["acorn"]),
        ("(villa)pusero", ["pusero"]),
        ("桥 ((*的)~)", ["桥"]),
        ("上(桌子~)", ["上"]),
        ("活动（人）", ["活动"]),
        ("Haar/Stirn", ["haar", "stirn"]),
        ("anklagen, beschuldigen", ["anklagen", "beschuldigen"]),
        ("call; be called", ["call", "be called"]),
        ("割，切；剪、断", ["割", "切", "剪", "断"]),
        ("other~else ", ["other", "else"]),
        ("activo/a, alerta", ["activo", "alerta"]),
        ("buku_lali", ["buku lali"]),
        ("*breast", ["breast"]),
        ("¿dónde?", ["dónde"]),
        ("哪里？", ["哪里"]),
        ("s'asseoir", ["s'asseoir"]),
        ("bukung-bukong", ["bukung-bukong"]),
        ("गोड़ालि", ["गोड़ालि"]),  # vowel signs are marks, not letters
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("nan", ["nan"]),
    ],
)
def test_the_forms_of_a_cell(tmp_path, cell, expected):
    (file,) = concepticon.find(write(tmp_path, {"en": [(1, f"CONCEPT///{cell}")]}))
    skipped = Skipped()
    assert [row["word"] for row in file.rows(skipped)] == expected
    assert not skipped.rows


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("die Königin", ["Königin"]),
        ("Haar/Stirn", ["Haar", "Stirn"]),
        ("das Kind, kindlich", ["Kind", "kindlich"]),
        ("DICKFLÜSSIG", ["dickflüssig"]),
        ("Die Nase", ["Nase"]),
        ("über (Ruhe)", ["über"]),
    ],
)
def test_german_nouns_keep_their_capitals(tmp_path, cell, expected):
    (file,) = concepticon.find(write(tmp_path, {"de": [(1, f"CONCEPT///{cell}")]}))
    assert [row["word"] for row in file.rows(Skipped())] == expected


@pytest.mark.parametrize("cell", ["2SG", "skin: hide", "fast v.", "GET (= obtain", "3.01", "(自称)", "?", "--"])
def test_a_form_that_is_not_a_word_is_skipped_and_counted(tmp_path, cell):
    (file,) = concepticon.find(write(tmp_path, {"en": [(1, "CONCEPT///cat"), (1, f"CONCEPT///{cell}")]}))
    skipped = Skipped()
    assert [row["word"] for row in file.rows(skipped)] == ["cat"]
    assert list(skipped.rows.values()) == [[1, 3]]


def test_marks_for_no_word_are_not_words(tmp_path):
    listed = "ID\tCONCEPTICON_ID\tENGLISH\tHINDI\nL-1\t5\tNA\tआँख\nL-2\t5\t_\t-\nL-3\t5\teye\t\n"
    folder = write(tmp_path, {"de": [(5, "EYE///NA")]}, {"L-2000-3": listed})
    skips = {}
    assert pairs(folder, "en", "hi", "de", skips=skips) == [("en", "eye", "hi", "आँख")]
    assert {path.rpartition("/")[2]: skipped.rows for path, skipped in skips.items()} == {
        "map-de.tsv": {"marked as having no word": [1, 2]},
        "L-2000-3.tsv": {"marked as having no word": [3, 2]},
    }


def test_words_of_one_concept_are_translations_wherever_they_stand(tmp_path):
    listed = "ID\tFRENCH\tHINDI\tCONCEPTICON_ID\tENGLISH_PLURAL\nL-1\tœil\tआँख\t1248\teyes\nL-2\tnez\tनाक\t1221\tnoses\n"
    folder = write(
        tmp_path,
        {"en": [(1248, "EYE///eye"), (1248, "EYE///Eye"), (1221, "NOSE///nose")], "de": [(1248, "EYE///Auge")]},
        {"List-2000-2": listed, "Other-1999-1": "ID\tCONCEPTICON_ID\tENGLISH\nO-1\t1221\tsnout\n"},
    )
    assert pairs(folder, "hi", "en", "de") == [
        ("de", "Auge", "en", "eye"),
        ("de", "Auge", "hi", "आँख"),
        ("en", "eye", "hi", "आँख"),
        ("en", "nose", "hi", "नाक"),
        ("en", "snout", "hi", "नाक"),
    ]
    assert pairs(folder, "hi", "de") == [("de", "Auge", "hi", "आँख")]


def test_rows_are_those_of_the_canonical_table(tmp_path):
    folder = write(tmp_path, {"en": [(1, "CAT///cat")], "fr": [(1, "CAT///chat")]})
    assert list(concepticon.word_pairs(folder, ["en", "fr"], {})) == [
        {"word_a": "cat", "lang_a": "en", "word_b": "chat", "lang_b": "fr", "source": "concepticon"}
    ]


def test_files_and_columns_of_unknown_languages_are_left_out(tmp_path):
    lists = {
        "A-2000-1": "ID\tCONCEPTICON_ID\tKANNADA\n1\t1\tx\n",
        "B-2000-1": "ID\tENGLISH\tTUNISIANARABIC\tFRENCH\tCONCEPTICON_ID\n1\tcat\tx\tchat\t1\n",
    }
    files = concepticon.find(write(tmp_path, {"xh": [(1, "CAT///ikati")], "fi": [(1, "CAT///kissa")]}, lists))
    assert [(file.path.name, file.lang) for file in files] == [("map-fi.tsv", "fi"), ("B-2000-1.tsv", "en+fr")]
    assert list(files[1].rows(Skipped())) == [
        {"lang": "en", "word": "cat", "concept": 1},
        {"lang": "fr", "word": "chat", "concept": 1},
    ]


def test_rows_of_a_list_that_cannot_be_used_are_skipped_and_counted(tmp_path):
    listed = 'ID\tCONCEPTICON_ID\tENGLISH\n1\t\tcat\n2\t7\n3\t7\t"the ""big"" dog"\n4\t7\t"moon"\n5\t\tsun\n'
    (file,) = concepticon.find(write(tmp_path, lists={"A-2000-5": listed}))
    skipped = Skipped()
    assert [row["word"] for row in file.rows(skipped)] == ["moon"]
    assert skipped.rows == {
        "linked to no concept": [2, 2],
        "not as many columns as the header": [1, 3],
        "a form that is not all letters, or only an annotation": [1, 4],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ID\tGLOSS\n", r"map-en\.tsv, line 1: the header must be ID, GLOSS, PRIORITY"),
        ("ID\tGLOSS\tPRIORITY\n1\tCAT///cat\n", r"map-en\.tsv, line 2: .* is not ID TAB CONCEPT///word TAB PRIORITY"),
        ("ID\tGLOSS\tPRIORITY\n1\tcat\t1\n", r"map-en\.tsv, line 2: .* is not ID TAB CONCEPT///word TAB PRIORITY"),
        ("ID\tGLOSS\tPRIORITY\nx\tCAT///cat\t1\n", r"map-en\.tsv, line 2: 'x' is not the number of a concept"),
    ],
)
def test_a_mapping_of_another_shape_is_an_error(tmp_path, text, message):
    write(tmp_path, {"en": []})
    (tmp_path / "mappings/map-en.tsv").write_text(text)
    with pytest.raises(InputError, match=message):
        pairs(tmp_path, "en", "de")


@pytest.mark.parametrize("text", ["", "ID\tENGLISH\n1\tcat\n"])
def test_a_list_without_a_header_is_an_error(tmp_path, text):
    with pytest.raises(InputError, match=r"A-2000-1\.tsv, line 1: no header with a column CONCEPTICON_ID"):
        concepticon.find(write(tmp_path, lists={"A-2000-1": text}))


def test_an_absent_folder_gives_nothing(tmp_path):
    assert concepticon.find(tmp_path / "absent") == []
    assert pairs(tmp_path / "absent", "en", "de") == []


def test_real_files(real_data):
    folder = real_data / "concepticon-data"
    assert len(concepticon.find(folder)) == 12
    rows = pairs(folder, "en", "zh", "sw", "am")
    assert ("en", "eye", "zh", "眼睛") in rows
    assert ("en", "arm", "sw", "mkono") in rows
    assert ("am", "ክንድ", "sw", "mkono") in rows
    assert len(rows) == len(set(rows))
    assert not {"na", "", "NA"} & {word for _, a, _, b in rows for word in (a, b)}
