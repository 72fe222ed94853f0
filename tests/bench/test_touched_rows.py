"""The row finetune-touched-rows of `make bench`: both sides end with the same bits, and a row would tell if not."""

import gc

from semantic_tokens.bench import touched_rows
from semantic_tokens.bench.comparison import compare
from semantic_tokens.bench.inputs import Workload
from semantic_tokens.bench.touched_rows import difference, peak_mib, run_of

TINY = Workload(vocabulary=500, dim=32, layers=1, heads=1, passages=0, pairs=8)


def test_both_sides_end_with_the_same_bits_run_after_run():
    ours, whole = (run_of(side, TINY) for side in ("ours", "whole"))
    assert [difference(ours(), whole()) for _ in range(3)] == [0, 0, 0]
    ours()
    assert difference(ours(), whole()) > 0, "one is a run ahead"


def test_the_row_compares_weights_and_lets_models_go(monkeypatch):
    monkeypatch.setattr(touched_rows, "E5_SMALL", TINY)
    made = []
    own = touched_rows.run_of

    def run_and_remember(side, sizes):
        run = own(side, sizes)
        made.append(run())
        return run

    monkeypatch.setattr(touched_rows, "run_of", run_and_remember)

    def peak(side):
        gc.collect()
        assert [ref() for ref in made] == [None, None]
        return {"ours": 1.0, "whole": 4.0}[side]

    monkeypatch.setattr(touched_rows, "_peak", peak)
    row = compare(touched_rows.comparison("finetune-touched-rows", full=False), pairs=1)
    assert row.same_result and row.result_difference == 0
    assert (row.measures["ours_peak_mib"], row.measures["peer_peak_mib"]) == (1, 4)


def test_peaks_are_above_the_weights():
    assert peak_mib("ours", TINY) < 500
