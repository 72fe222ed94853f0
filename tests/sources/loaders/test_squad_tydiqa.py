"""SQuAD 1.1 JSON: offsets that do not fit, ids that repeat, files that are cut off; TyDiQA's ids name the language."""

import json

import pyarrow as pa
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders import squad, tydiqa
from semantic_tokens.tables import SCHEMAS, validate

CONTEXT = "Le cafe\u0301 😀 de Nairobi."  # not NFC: the accent is a character of its own


def question(id_="q1", *answers):
    found = [{"text": text, "answer_start": start} for text, start in answers or [("Nairobi", 14)]]
    return {"id": id_, "question": "Où ?", "answers": found}


def document(*questions, context=CONTEXT):
    return {"version": "1.1", "data": [{"title": "Café", "paragraphs": [{"context": context, "qas": list(questions)}]}]}


def parsed(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    skipped = Skipped()
    return list(squad.parse_squad(path, skipped, lang="fr", split="test")), skipped


def refusal(path, content):
    with pytest.raises(InputError) as error:
        parsed(path, content)
    return str(error.value)


def test_offsets_count_characters_of_the_text_as_it_stands(tmp_path):
    rows, skipped = parsed(tmp_path / "x.json", document(question()))
    answers = [{"text": "Nairobi", "start": 14}]
    row = {"lang": "fr", "split": "test", "id": "q1", "question": "Où ?", "context": CONTEXT, "answers": answers}
    assert rows == [row]
    assert skipped == Skipped()


def test_an_answer_in_another_normal_form_is_not_found(tmp_path):
    rows, skipped = parsed(
        tmp_path / "x.json", document(question("nfc", ("caf\u00e9", 3)), question("nfd", ("cafe\u0301", 3)))
    )
    assert [row["id"] for row in rows] == ["nfd"]
    assert skipped.rows == {"no answer is in the context at its offset": [1, 1]}


def test_wrong_answers_are_left_out_and_questions_without_a_right_one_skipped(tmp_path):
    questions = [
        question("q1", ("Nairobi", 13), ("Nairobi", 14), ("", 2)),
        question("q2", ("Nairobi", 15)),
        question("q3", ("Nairobi", -8)),
        question("q4", ("Nairobi", 99)),
        {"id": "q5", "question": "?", "answers": []},
        question("q6"),
    ]
    rows, skipped = parsed(tmp_path / "x.json", document(*questions))
    assert [(row["id"], row["answers"]) for row in rows] == [
        ("q1", [{"text": "Nairobi", "start": 14}]),
        ("q6", [{"text": "Nairobi", "start": 14}]),
    ]
    assert skipped.rows == {"no answer is in the context at its offset": [3, 2], "no answer": [1, 5]}
    assert skipped.notes == {"an answer left out that is not in the context at its offset": [2, 1]}


def test_an_id_that_repeats_is_named(tmp_path):
    content = document(question("a"), question("b"), question("a"))
    assert "x.json, question 3: id 'a' is already that of question 1" in refusal(tmp_path / "x.json", content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps(document(question()), indent=1)[:-30], "x.json, line 19: cut off, or not JSON"),
        ("", "x.json, line 1: cut off, or not JSON"),
        ({"data": []}, "x.json: no questions"),
        ([], "after question 0: data must be present and of type list; the shape is data / paragraphs"),
        (document(question(), {"id": "b", "question": "?"}), "after question 2: answers must be present"),
        (document(question(), question(7)), "after question 2: id must be present and of type str"),
        (document(question("a", ("x", None))), "after question 1: answer_start must be present and of type int"),
        (document(question(), context=None), "after question 0: context must be present"),
    ],
)
def test_what_is_refused(tmp_path, content, expected):
    assert expected in refusal(tmp_path / "x.json", content)


def test_a_file_that_is_not_utf8(tmp_path):
    (tmp_path / "x.json").write_bytes(b'{"data": "\xff"}')
    with pytest.raises(InputError, match=r"x\.json: not UTF-8"):
        list(squad.parse_squad(tmp_path / "x.json", Skipped(), lang="fr", split="test"))


def test_find_xquad(tmp_path):
    for lang in ("zh", "ar"):
        (tmp_path / f"xquad.{lang}.json").write_text("\ufeff" + json.dumps(document(question())), encoding="utf-8")
    files = squad.find(tmp_path)
    assert [(file.source, file.table, file.lang, file.split) for file in files] == [
        ("xquad", "qa", "ar", "test"),
        ("xquad", "qa", "zh", "test"),
    ]
    assert [row["lang"] for file in files for row in file.rows(Skipped())] == ["ar", "zh"]
    assert squad.find(tmp_path / "absent") == []
    (tmp_path / "xquad.xx.json").touch()
    with pytest.raises(InputError, match=r"xquad\.xx\.json: unknown language code 'xx'"):
        squad.find(tmp_path)


def test_the_languages_of_tydiqa_stand_in_the_ids_and_hashes_may_be_negative(tmp_path):
    ids = ["finnish--7633091408814529542-0", "arabic-2387335860751143628-1", "swahili-1-0"]
    for split in ("train", "dev"):
        content = json.dumps(document(*map(question, ids)))
        (tmp_path / f"tydiqa-goldp-v1.1-{split}.json").write_text(content)
    files = tydiqa.find(tmp_path)
    assert [(file.lang, file.split) for file in files] == [("ar+bn+en+fi+id+ko+ru+sw+te", s) for s in ("train", "dev")]
    rows = list(files[1].rows(Skipped()))
    assert [(row["lang"], row["split"], row["id"]) for row in rows] == list(zip(("fi", "ar", "sw"), ["dev"] * 3, ids))
    assert tydiqa.find(tmp_path / "absent") == []


@pytest.mark.parametrize("name", ["thai-1-0", "klingon-1-0", "1-0"])
def test_another_language_in_a_tydiqa_id_is_named(tmp_path, name):
    path = tmp_path / "tydiqa-goldp-v1.1-dev.json"
    path.write_text(json.dumps(document(question(name))))
    with pytest.raises(InputError, match=f"{path}: id '{name}' names none of GoldP's languages: ar bn"):
        list(tydiqa.parse_goldp(path, Skipped(), split="dev"))


def test_upstreams_files(real_data):
    numbers = {}
    for file in squad.find(real_data / "xquad") + tydiqa.find(real_data / "tydiqa"):
        skipped = Skipped()
        table = pa.Table.from_pylist(list(file.rows(skipped)), schema=SCHEMAS["qa"])
        validate("qa", table, str(file.path), file.lang.split("+"))
        assert skipped == Skipped()
        numbers[file.source, file.lang[:2], file.split] = table.num_rows
    assert numbers == {("xquad", lang, "test"): 1190 for lang in ("en", "es", "hi", "ru", "tr", "zh")} | {
        ("tydiqa", "ar", "train"): 2,
        ("tydiqa", "ar", "dev"): 1,
    }
