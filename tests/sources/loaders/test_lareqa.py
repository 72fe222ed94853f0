"""XQuAD-R and TyDiQA-GoldP as questions with their paragraphs, NTREX as sentences: ids that translations share."""

import json
from collections import Counter

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.canonical import task_rows
from semantic_tokens.sources.catalogue import files_of
from support import ROOT


def squad(*paragraphs):
    """(context, {id: question}) of one article."""
    answer = [{"text": "a", "answer_start": 0}]
    return {
        "data": [
            {
                "paragraphs": [
                    {"context": context, "qas": [{"id": i, "question": q, "answers": answer} for i, q in asked.items()]}
                    for context, asked in paragraphs
                ]
            }
        ]
    }


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_paragraph_is_known_by_the_smallest_id_of_its_questions(tmp_path):
    for lang in ("en", "zh"):
        write(tmp_path / f"xquad-r/{lang}.json", squad((f"a {lang}", {"q2": "x?", "q1": "y?"}), ("ab", {"q0": "z?"})))
    rows = list(task_rows("lareqa", "clir", tmp_path, ["all"], {}))
    assert Counter(row["lang"] for row in rows) == {"en": 3, "zh": 3}
    assert {(row["query_id"], row["passage_id"]) for row in rows} == {("q2", "q1"), ("q1", "q1"), ("q0", "q0")}
    first = {"lang": "en", "split": "test", "query_id": "q2", "passage_id": "q1", "question": "x?", "passage": "a en"}
    assert first in rows
    write(tmp_path / "xquad-r/xx.json", squad(("a", {"q": "?"})))
    with pytest.raises(InputError, match=r"xx\.json"):
        list(task_rows("lareqa", "clir", tmp_path, ["all"], {}))


def test_training_pairs_are_those_of_tydiqas_training_file(tmp_path):
    for split in ("train", "dev"):
        asked = {f"english-{split}-2": "x?", f"english-{split}-1": "y?"}
        write(tmp_path / f"tydiqa-goldp-v1.1-{split}.json", squad(("ab", asked), ("ac", {f"korean-{split}-1": "z?"})))
    rows = list(task_rows("tydiqa", "clir", tmp_path, ["all"], {}))
    assert {row["split"] for row in rows} == {"train"} and len(rows) == 3
    assert {row["passage_id"] for row in rows if row["lang"] == "en"} == {"english-train-1"}
    assert {file.table for file in files_of("tydiqa", "qa", tmp_path)} == {"qa"}, "QA reads them as before"


def test_sentences_of_ntrex_are_known_by_their_line(tmp_path):
    for code, lines in (("src.eng", ["one", "two", "three"]), ("ref.swa", ["moja", " ", "tatu"])):
        (tmp_path / f"newstest2019-{code}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = list(task_rows("ntrex", "bitext", tmp_path, ["en", "sw"], {}))
    by_id = {(row["lang"], row["sentence_id"]): row["text"] for row in rows}
    assert by_id["en", "0003"] == "three" and by_id["sw", "0003"] == "tatu" and ("sw", "0002") not in by_id


def test_the_real_files_have_the_same_questions_in_every_language():
    folder = ROOT / "../shared/real-tasks/lareqa"
    if not folder.is_dir():
        pytest.skip(f"no XQuAD-R: {folder} is not a folder")
    rows = list(task_rows("lareqa", "clir", folder, ["all"], {}))
    by_language = {
        lang: {(r["query_id"], r["passage_id"]) for r in rows if r["lang"] == lang} for lang in ("ar", "en", "zh")
    }
    assert by_language["ar"] == by_language["en"] == by_language["zh"] and len(by_language["en"]) == 1190
    assert len({passage for _, passage in by_language["en"]}) == 240
