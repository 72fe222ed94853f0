"""Upstream's files, damaged at random: each is parsed, or refused with its name, and never anything else."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semantic_tokens.sources.check_data import check_folder

EXAMPLES = int(os.environ.get("FAULTS", 100)) // 4
QA = '{"data": [{"title": "t", "paragraphs": [{"context": "Kano is a city", "qas": [{"id": "1", "question": "What?", '
FILES = {
    "muse/en-ru.txt": "dog\tsobaka\ncat\tkot\n",
    "masakhane-ner/data/hau/train.txt": "Ina O\nLagos B-LOC\n\nKano I-LOC\n",
    "text/yo.txt": "kan\nmeji\n",
    "xquad/xquad.en.json": QA + '"answers": [{"text": "city", "answer_start": 10}]}]}]}]}',
}
ODD = [b"\x00", b"\xff\xfe", b"[" * 5000, b"9" * 5000, b'"', b"\r", b"\xed\xa0\x80"]
BYTES = st.one_of(st.binary(max_size=40), st.sampled_from(ODD))


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(start=st.integers(0, 200), length=st.integers(0, 200), instead=BYTES)
def test_a_damaged_file_is_parsed_or_refused_by_name(name, tmp_path_factory, start, length, instead):
    root = tmp_path_factory.mktemp("data")
    path, content = root / name, FILES[name].encode()
    path.parent.mkdir(parents=True)
    path.write_bytes(content[:start] + instead + content[start + length :])
    for report in check_folder(root):
        assert report.rows or report.failed
        assert not report.failed or path.name in report.failed
