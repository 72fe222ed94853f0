"""MasakhaNER: sentences and tags from files with the faults that upstream and editors leave in them."""

import pyarrow as pa
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.loaders.masakhaner import find, parse_conll
from semantic_tokens.tables import SCHEMAS, validate

SENTENCES = {  # train, dev, test, as published
    "ha": (1912, 276, 552),
    "ig": (2235, 320, 638),
    "lg": (1428, 200, 407),
    "pcm": (2124, 306, 600),
    "rw": (2116, 302, 605),
    "sw": (2109, 300, 604),
    "wo": (1871, 267, 539),
}
ORPHANS = {"ha": 2, "lg": 3, "pcm": 5}


def parsed(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    skipped = Skipped()
    return list(parse_conll(path, skipped, lang="luo", split="dev")), skipped


def refusal(path, content):
    with pytest.raises(InputError) as error:
        parsed(path, content)
    return str(error.value)


def test_sentences_through_a_byte_order_mark_crlf_blank_lines_and_other_separators(tmp_path):
    content = "\ufeffOn O\r\nNairobi   B-LOC\r\n\r\n \t\r\n\r\nJaji\tB-PER\r\n10\u00a0000 O\r\n"
    rows, skipped = parsed(tmp_path / "dev.txt", content)
    assert rows == [
        {"lang": "luo", "split": "dev", "tokens": ["On", "Nairobi"], "tags": ["O", "B-LOC"]},
        {"lang": "luo", "split": "dev", "tokens": ["Jaji", "10\u00a0000"], "tags": ["B-PER", "O"]},
    ]
    assert skipped == Skipped()


def test_orphan_i_tags_are_kept_and_noted(tmp_path):
    content = "a I-PER\nb I-PER\nc B-LOC\nd I-LOC\ne I-ORG\n\nf I-ORG\ng O\nh I-ORG\n"
    rows, skipped = parsed(tmp_path / "dev.txt", content)
    assert [row["tags"] for row in rows] == [
        ["I-PER", "I-PER", "B-LOC", "I-LOC", "I-ORG"],
        ["I-ORG", "O", "I-ORG"],
    ]
    assert skipped == Skipped(notes={"an I- tag that does not continue an entity": [4, 1]})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a O\n\nb NN O\n", "line 3: must be a token and a tag, but has 3 fields: 'b NN O'"),
        ("a O\nb\n", "line 2: must be a token and a tag, but has 1 fields"),
        ("a O\nb B-MISC\n", "line 2: unknown tag 'B-MISC'; allowed: O B-PER I-PER B-ORG I-ORG"),
        (b"a O\n\xff O\n", "line 2: not UTF-8"),
        ("", "no sentences"),
        ("\n \n", "no sentences"),
    ],
)
def test_what_is_refused(tmp_path, content, expected):
    message = refusal(tmp_path / "dev.txt", content)
    assert str(tmp_path / "dev.txt") in message
    assert expected in message


def test_find_lists_the_splits_by_the_projects_codes(tmp_path):
    for name in ("data/swa/train.txt", "data/swa/dev.txt", "data/luo/test.txt", "data/luo/notes.txt", "README.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Nairobi B-LOC\n")
    files = find(tmp_path)
    assert [(file.table, file.lang, file.split) for file in files] == [
        ("ner", "luo", "test"),
        ("ner", "sw", "dev"),
        ("ner", "sw", "train"),
    ]
    assert next(files[1].rows(Skipped())) == {"lang": "sw", "split": "dev", "tokens": ["Nairobi"], "tags": ["B-LOC"]}
    assert find(tmp_path / "absent") == []


def test_an_unknown_folder_is_named(tmp_path):
    (tmp_path / "data" / "xxx").mkdir(parents=True)
    (tmp_path / "data" / "xxx" / "dev.txt").write_text("a O\n")
    with pytest.raises(InputError, match="xxx: 'xxx' is not the ISO 639-3 code of a known language"):
        find(tmp_path)


def test_upstreams_files_have_the_published_numbers_of_sentences(real_data):
    sentences: dict[tuple[str, str], int] = {}
    orphans: dict[str, int] = {}
    for file in find(real_data / "masakhane-ner"):
        skipped = Skipped()
        table = pa.Table.from_pylist(list(file.rows(skipped)), schema=SCHEMAS["ner"])
        validate("ner", table, str(file.path))
        sentences[file.lang, file.split] = table.num_rows
        for count, _ in skipped.notes.values():
            orphans[file.lang] = orphans.get(file.lang, 0) + count
        assert not skipped.rows
    expected = {(lang, split): n for lang, ns in SENTENCES.items() for split, n in zip(("train", "dev", "test"), ns)}
    assert sentences == expected
    assert orphans == ORPHANS
