"""Curves of trainings: read from the files that training writes, thinned, and drawn as SVG."""

import pytest

from semantic_tokens.report.pages import curves


def test_losses_are_read_and_long_ones_thinned_to_means(tmp_path):
    (tmp_path / "losses.csv").write_text("step,loss\n" + "".join(f"{i},{1000 - i}\n" for i in range(1, 1001)))
    curve = curves.read_losses("pretraining", "tiny", tmp_path / "losses.csv")
    assert (curve.first, curve.last, len(curve.lines["loss"])) == (999, 0, 1000)
    drawn = curves.draw(curve)
    assert drawn.count(",") - drawn.count(", ") == 80 and 'aria-label="pretraining of tiny: from 999 to 0"' in drawn


def test_the_chosen_learning_rate_of_an_alignment_comes_first(tmp_path):
    (tmp_path / "history.csv").write_text(
        "learning_rate,epoch,loss,held_out_precision_at_1,drift,chosen\n"
        "0.1,0,nan,0,0,false\n0.1,1,6.5,0,0,false\n0.2,0,nan,0,0,false\n0.2,1,5.5,0,0,false\n0.2,2,4.5,0,0,true\n"
    )
    curve = curves.read_history("tiny/d8/clsa-all", tmp_path / "history.csv")
    assert list(curve.lines) == ["learning rate 0.2", "learning rate 0.1"]
    assert (curve.first, curve.last) == (5.5, 4.5)
    drawn = curves.draw(curve)
    assert drawn.index('class="other"') < drawn.index('class="main"'), "what is drawn last lies on top"


@pytest.mark.parametrize("lines", [{"loss": [(1, 2.0)]}, {"loss": [(1, 2.0), (2, 2.0)]}])
def test_a_flat_line_or_a_single_point_can_be_drawn(lines):
    assert "nan" not in curves.draw(curves.Curve("x", "pretraining", lines))
