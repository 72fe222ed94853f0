"""What a pretraining step costs: exact parameters, how time and memory are counted, Table 3 as table and figure."""

import json
import math
from types import SimpleNamespace

import pytest

from semantic_tokens.analysis.efficiency import cost as efficiency
from semantic_tokens.analysis.efficiency.settings import Load
from semantic_tokens.models.shape import Shape
from semantic_tokens.report import table3

SMALL = Shape(vocabulary=400, dim=16, layers=1, heads=2, intermediate=32, positions=16, types=2)
LOAD = Load(batch_size=2, sequence_length=8, steps=3)


@pytest.mark.parametrize(
    ("dim", "groups", "parameters"),
    [
        (768, 5_977, 90_631_680), (768, 11_955, 95_222_784), (768, 23_909, 104_403_456), (768, 47_819, 122_766_336),
        (768, 119_547, 177_853_440), (128, 5_977, 86_806_400), (128, 119_547, 101_343_360),
        (32, 5_977, 86_232_608), (32, 119_547, 89_866_848),
    ],
)  # fmt: skip
def test_parameters_of_table_3_are_those_of_mbert(dim, groups, parameters):
    assert efficiency.encoder_parameters(efficiency.MBERT, groups, dim) == parameters
    # Table, positions, token types, layer norm; 12 layers; pooler.
    layer = 4 * (768 * 768 + 768) + 2 * 768 * 3072 + 3072 + 768 + 4 * 768
    assert parameters == groups * dim + (512 + 2 + 2) * 768 + 12 * layer + 768 * 768 + 768


@pytest.mark.parametrize("implementation", efficiency.IMPLEMENTATIONS)
def test_memory_is_counted_above_the_process_the_weights_and_the_moments(monkeypatch, implementation):
    monkeypatch.setattr(efficiency, "peak_resident", lambda: 700 * 2**20)
    process = SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=300 * 2**20))
    monkeypatch.setattr(efficiency.psutil, "Process", lambda: process)
    cost = efficiency.measure(SMALL, LOAD, 8, 50, implementation, 0, "cpu")
    trained = sum(p.numel() for p in efficiency.masked_lm(SMALL, 200, 8, 0, "cpu").parameters())
    assert cost.peak_mib == 700
    assert cost.above_state_mib == pytest.approx(400 - 12 * trained / 2**20)
    assert (cost.dim, cost.percent, cost.groups, cost.implementation) == (8, 50, 200, implementation)
    assert cost.parameters == efficiency.encoder_parameters(SMALL, 200, 8)


@pytest.mark.parametrize("implementation", efficiency.IMPLEMENTATIONS)
def test_steps_are_taken_and_the_median_counts_without_the_first(monkeypatch, implementation):
    clock = iter([0, 100, 100, 101, 101, 103, 103, 113])  # begin and end of steps of 100, 1, 2 and 10 s
    monkeypatch.setattr(efficiency, "perf_counter", lambda: next(clock))
    assert efficiency.measure(SMALL, LOAD, 16, 100, implementation, 0, "cpu").steps_per_second == 0.5


@pytest.mark.parametrize("make", [efficiency._our_step, efficiency._library_step])
def test_both_train_the_model_that_they_are_given(make):
    import numpy as np

    model = efficiency.masked_lm(SMALL, 50, 8, 0, "cpu")
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    labels = np.full((2, 8), -100)
    labels[:, 3] = 7
    step = make(model, LOAD, 0)
    losses = [step(np.full((2, 8), 9), labels) for _ in range(2)]
    assert all(0 < loss < 2 * math.log(50) for loss in losses)
    moved = [name for name, parameter in model.named_parameters() if not parameter.equal(before[name])]
    assert (
        "bert.encoder.layer.0.intermediate.dense.weight" in moved and "bert.embeddings.word_embeddings.weight" in moved
    )


def write_costs(folder, measured):
    """JSON files as the step writes them, of {(implementation, dim, percent): peak and steps per second}."""
    paths = []
    for (implementation, dim, percent), (peak, speed) in measured.items():
        cost = efficiency.StepCost(dim, percent, implementation, 100, 90_500_000, peak, peak / 2, speed)
        about = {"machine": "made-up", "batch_size": 2, "sequence_length": 8, "steps": 3}
        paths.append(folder / f"{implementation}-{dim}-{percent}.json")
        paths[-1].write_text(json.dumps(vars(cost) | about))
    return paths


MEASURED = {
    ("ours", 768, 100): (1000.0, 2.0), ("library", 768, 100): (3000.0, 1.0),
    ("ours", 768, 5): (500.0, 4.0), ("library", 768, 5): (600.0, 3.0),
    ("ours", 64, 5): (400.0, 5.0), ("library", 64, 5): (500.0, 4.0),
}  # fmt: skip


@pytest.fixture
def rows(tmp_path):
    printed = tmp_path / "table3.csv"
    printed.write_text(
        "backbone,dim,ratio,measure,value,cell\nmbert,768,0.05,gpu_memory_gb,19.1,x\n"
        "mbert,768,0.05,steps_per_second,5.1,x\nmbert,768,1,gpu_memory_gb,74.6,x\n",
        encoding="utf-8",
    )
    return table3.rows(write_costs(tmp_path, MEASURED), printed)


def test_a_row_holds_ours_the_librarys_and_the_papers(rows):
    five = rows[1]
    assert [row["ratio"] for row in rows] == [1.0, 0.05, 0.05]
    assert (five["peak_mib"], five["library_peak_mib"], five["printed_gpu_memory_gb"]) == (500, 600, 19.1)
    assert (five["steps_per_second"], five["library_steps_per_second"]) == (4, 3)
    assert (five["parameters_millions"], five["printed_parameters_millions"]) == (90.5, None)
    assert rows[2]["printed_gpu_memory_gb"] is None, "the paper has no d = 64"


def test_a_row_without_one_of_the_two_is_refused(tmp_path):
    (tmp_path / "table3.csv").write_text("backbone,dim,ratio,measure,value,cell\n")
    paths = write_costs(tmp_path, {("ours", 768, 5): (1.0, 1.0)})
    with pytest.raises(KeyError, match="library"):
        table3.rows(paths, tmp_path / "table3.csv")


def test_the_figure_shows_each_over_the_first_row_and_has_the_same_bytes(rows, tmp_path):
    assert table3.relative(rows, "peak_mib") == [1, 0.5, 0.4]
    printed = table3.relative(rows, "printed_gpu_memory_gb")
    assert printed[:2] == [1, pytest.approx(19.1 / 74.6)] and math.isnan(printed[2])
    assert all(map(math.isnan, table3.relative(rows, "printed_steps_per_second"))), "not printed for the first row"
    for name in "ab":
        table3.draw(rows, tmp_path / f"{name}.svg", tmp_path / f"{name}.png")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_the_table_and_the_page_tell_what_was_measured(rows, tmp_path):
    table3.write(rows, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[0].split(",") == [*table3.COLUMNS, *table3.ABOUT] and len(lines) == 4
    assert lines[2].endswith("made-up,2,8,3")
    text = table3.introduction(rows)
    assert "made-up: 2 sequences of 8 tokens" in text and table3.name_of(rows[1]) == "d 768, 5%"
