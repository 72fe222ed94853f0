"""The section `efficiency`, and which tables the ledger of claims may ask for."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.errors import InputError
from support import ROOT

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
GIVEN = {"ratios": {768: [100, 5]}, "batch_size": 2, "sequence_length": 16, "steps": 1}


def with_section(**changes):
    return DEFAULT | {"efficiency": GIVEN | changes}


def test_the_default_and_the_papers_config_measure_the_rows_of_table_3():
    rows = [(768, 5), (768, 10), (768, 20), (768, 40), (768, 100), (128, 5), (128, 100), (32, 5), (32, 100)]
    for name in ("config.yaml", "configs/paper.yaml"):
        section = load(yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))).efficiency
        assert sorted((dim, ratio) for dim, ratios in section.ratios.items() for ratio in ratios) == sorted(rows)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ratios": {769: [100]}}, "ratios: the name 769 must be at most 768"),
        ({"ratios": {768: [0]}}, r"ratios\[768\]\[0\] = 0: must be at least 1"),
        ({"ratios": {768: [5, 5]}}, "must not repeat"),
        ({"ratios": {768: []}}, "at least 1 entries"),
        ({"sequence_length": 513}, "must be at most 512"),
    ],
)
def test_what_cannot_be_measured_is_refused(changes, message):
    load(with_section())
    with pytest.raises(InputError, match=rf"efficiency\.{message}|efficiency.*{message}"):
        load(with_section(**changes))


def test_claims_may_only_be_judged_by_what_the_config_measures():
    claims = {"measured_by": ["efficiency"]}
    assert load(with_section() | {"claims": claims}).claims.measured_by == ["efficiency"]
    assert load(DEFAULT).claims.measured_by == [], "judging scores makes no analysis run"
    with pytest.raises(InputError, match=r"claims\.measured_by = 'efficiency': the config has no section 'efficiency'"):
        load({name: section for name, section in DEFAULT.items() if name != "efficiency"} | {"claims": claims})
    with pytest.raises(InputError, match=r"claims\.measured_by\[0\] = 'scores': must be"):
        load(DEFAULT | {"claims": {"measured_by": ["scores"]}})
