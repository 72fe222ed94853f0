"""The ledger as files; claims that are expected; claims that cannot be judged."""

import pytest

from semantic_tokens import csv_rows
from semantic_tokens.errors import InputError
from semantic_tokens.report.claims import ledger, page
from semantic_tokens.report.claims.ledger import CONTRADICTS, FALLS_SHORT
from semantic_tokens.report.claims.scores import Scores
from semantic_tokens.report.claims.verdicts import FAILS
from support.toy_claims import CLAIMS, CONTRADICTED, LEDGER, PAPER


def made_up_ledger(run=()):
    return ledger.ledger(LEDGER, Scores(PAPER), Scores(dict(run)))


def test_the_ledger_is_written_with_the_same_bytes_and_read_again(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        page.write(made_up_ledger(PAPER), "en zh", tmp_path / folder / "claims.csv", tmp_path / folder / "claims.md")
    for name in ("claims.csv", "claims.md"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    rows = csv_rows.read(tmp_path / "a" / "claims.csv")
    assert [row["id"] for row in rows] == list(CLAIMS) and tuple(rows[0]) == ledger.COLUMNS
    found = next(row for row in rows if row["id"] == "sg-pretrained-keeps-90-at-5")
    assert (found["paper_verdict"], found["run_verdict"]) == (CONTRADICTS, FAILS)
    assert (found["paper_compared"], found["paper_needed"]) == ("4", "4")
    assert found["paper_decided_by"].count("%") == 2 and "88.1%" in found["paper_decided_by"]
    text = (tmp_path / "a" / "claims.md").read_text(encoding="utf-8")
    assert text.count("\n| `") == len(LEDGER) and "means over en zh." in text
    assert f"{CONTRADICTS}: {len(CONTRADICTED)}, {FALLS_SHORT}: 1." in text and "88.1%" in text


def test_claims_that_are_expected_and_do_not_hold_are_named():
    nothing, paper = made_up_ledger(), made_up_ledger(PAPER)
    assert ledger.unmet(paper, ["embedding-is-more-sensitive"]) == []
    assert ledger.unmet(nothing, []) == []
    found = ledger.unmet(
        paper, ["first-k-deteriorates", "nonsense", "d32-like-d768-at-5", "embedding-is-more-sensitive"]
    )
    assert [line.split("; known")[0] for line in found] == [
        "claim first-k-deteriorates: not measured", "claim nonsense: unknown", "claim d32-like-d768-at-5: fails",
    ]  # fmt: skip


def test_an_unknown_claim_that_is_expected_is_named_before_anything_runs():
    ledger.refuse_unknown(LEDGER, ["embedding-is-more-sensitive"])
    with pytest.raises(InputError, match=r"expect_claims: no claim nonsense, rubbish; known: .*embedding-is-more"):
        ledger.refuse_unknown(LEDGER, ["nonsense", "embedding-is-more-sensitive", "rubbish"])


COMPLETE = (
    "- {id: a, paper: p, place: s, says: x, kind: higher, tasks: [ner], of: m/mlm, than: m/none, smallest: 0.1}\n"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (COMPLETE.replace("higher", "taller"), "claim a: .*kind 'taller'; allowed: retained_at_least"),
        (COMPLETE.replace(", than: m/none", ""), "claim a: .*must give tasks, of, than"),
        (COMPLETE.replace("smallest: 0.1", "smallest: 0"), "claim a: .*higher must demand an effect above 0"),
        (COMPLETE.replace(", smallest: 0.1", ""), "claim a: .*must give tasks, of, smallest"),
        (COMPLETE.replace("[ner]", "[]"), "claim a: .*must give tasks"),
        (COMPLETE.replace("place", "palce"), "claim a: place: Field required"),
        (COMPLETE.replace("of: m/mlm", "of: [a, b, c]").replace("than: m/none", "than: [a, b]"),
         "claim a: .*shorter"),
        (COMPLETE * 2, "claim a: this id appears twice"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_judged_is_refused(tmp_path, text, message):
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"claims\.yaml: {message}"):
        ledger.read_claims(path)
