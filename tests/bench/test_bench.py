"""`make bench`: alternating pairs, ratios, and a failure where two results differ."""

import json
import subprocess
import sys
import weakref
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from semantic_tokens.bench import __main__ as bench
from semantic_tokens.bench import comparison, kmeans
from semantic_tokens.bench.comparison import Benchmark, BenchRow, compare
from semantic_tokens.bench.growth.stages import STAGES
from semantic_tokens.bench.rows import rows as all_rows
from semantic_tokens.bench.word_vectors import trained
from semantic_tokens.errors import InputError

needs_peers = pytest.mark.skipif(
    not find_spec("superkmeans"), reason="needs envs/bench.lock, which make bench installs"
)


def timed(monkeypatch, ours_s, theirs_s):
    """A comparison whose runs take the given seconds, one after another, on a clock of its own; and who ran when."""
    clock, order = [0.0], []
    monkeypatch.setattr(comparison, "perf_counter", lambda: clock[0])

    def run(name, seconds):
        order.append(name)
        clock[0] += seconds[order.count(name) - 1]
        return order.count(name)

    return order, Benchmark(
        "row", "peer 1", lambda: run("ours", ours_s), lambda: run("theirs", theirs_s), lambda a, b: abs(a - b), 0.5
    )


def test_pairs_alternate_and_the_first_does_not_count(monkeypatch):
    order, one = timed(monkeypatch, [50, 1, 2, 4], [1, 4, 4, 4])
    row = compare(replace(one, work=("steps", 8)), pairs=3)
    assert row.measures == {"ours_steps_per_s": 4, "peer_steps_per_s": 2}
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs", "theirs", "ours"]
    assert (row.ours_s, row.peer_s, row.ratio, row.ratio_low, row.ratio_high) == (2, 4, 2, 1, 4)
    assert row.result_difference == 0 and row.same_result


def test_the_ratio_is_the_median_of_the_pairs_ratios(monkeypatch):
    _, one = timed(monkeypatch, [1, 1, 10, 1], [1, 3, 10, 2])
    assert compare(one, pairs=3).ratio == 2  # 3, 1, 2; of the medians it would be 3


def test_the_largest_difference_counts():
    results = iter([1.0, 9.0, 1.0])
    row = compare(Benchmark("row", "peer", lambda: next(results), lambda: 1.0, lambda a, b: abs(a - b), 0.5), pairs=2)
    assert row.result_difference == 8 and not row.same_result


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_difference_that_is_not_a_number_is_not_the_same_result(place):
    differences = [0.0, 0.0, 0.0]
    differences[place] = float("nan")
    row = compare(Benchmark("row", "peer", int, int, lambda a, b: differences.pop(0), 0.5), pairs=2)
    assert np.isnan(row.result_difference) and not row.same_result


def test_a_row_without_a_peer_has_a_time_alone(monkeypatch):
    _, one = timed(monkeypatch, [9, 1, 2, 3], [])
    alone = Benchmark("row", "", one.ours, one.theirs, one.difference, 0, lambda: {"startup_s": 0.5})
    row = compare(alone, pairs=3)
    assert (row.ours_s, row.peer_s, row.ratio, row.same_result) == (2, None, None, True)
    assert row.measures == {"startup_s": 0.5}


@pytest.fixture
def built(monkeypatch):
    """Two topics in place of the real ones, with the results of the peer's rows; collects what is built."""
    theirs, built = {"kmeans-x-05": 1.0, "encode-y": 3.0}, []

    def comparison(name, full):
        built.append(name)
        if name == "kmeans-broken-05":
            raise ImportError("No module named 'peer'")
        if name == "dag-left-out":
            return None
        return Benchmark(name, "peer 1", lambda: 1.0, lambda: theirs[name], lambda a, b: abs(a - b), 0.5)

    topics = {"kmeans-x-05": "kmeans", "encode-y": "tasks"}
    monkeypatch.setattr(bench, "all_rows", lambda full: topics)
    monkeypatch.setattr(bench, "import_module", lambda name: SimpleNamespace(comparison=comparison))
    return SimpleNamespace(names=built, topics=topics, theirs=theirs)


def test_the_file_is_written_and_the_command_fails_on_another_result(built, tmp_path, capsys):
    path = tmp_path / "deep" / "bench.json"
    assert bench.main(["--output", str(path), "--pairs", "2"]) == 1
    content = json.loads(path.read_text())
    assert [row["name"] for row in content["rows"]] == ["kmeans-x-05", "encode-y"]
    assert {"ours_s", "peer", "peer_s", "ratio", "result_difference", "measures"} <= set(content["rows"][0])
    assert content["machine"]["cores"] >= 1 and content["versions"]["torch"] == torch.__version__
    assert "encode-y: result differs from peer 1's by 2, allowed 0.5" in capsys.readouterr().out
    assert [file.name for file in path.parent.iterdir()] == ["bench.json"]


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_no_number_makes_the_command_fail_and_the_file_stays_json(built, number, tmp_path):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    built.theirs["encode-y"] = float(number)
    path = tmp_path / "bench.json"
    assert bench.main(["encode", "--output", str(path), "--pairs", "1"]) == 1
    (row,) = json.loads(path.read_text(), parse_constant=refuse)["rows"]
    assert row["result_difference"] == number and row["allowed"] == 0.5


def test_a_row_that_fails_or_is_left_out_does_not_end_the_others(built, tmp_path, capsys):
    names = ("kmeans-broken-05", "dag-left-out", "kmeans-x-05")
    built.topics.clear()
    built.topics.update(dict.fromkeys(names, "any"))
    path = tmp_path / "bench.json"
    assert bench.main(["--output", str(path), "--pairs", "1"]) == 1
    assert "kmeans-broken-05: failed: ImportError: No module named 'peer'" in capsys.readouterr().out
    assert [row["name"] for row in json.loads(path.read_text())["rows"]] == ["kmeans-x-05"]
    assert bench.main(["left-out", "x-05", "--output", str(path), "--pairs", "1"]) == 0


def test_a_topic_may_give_rows_itself_and_what_exceeds_a_limit_makes_the_command_fail(monkeypatch, tmp_path, capsys):
    def comparison(name, full):
        return BenchRow(name, 1.0, "", None, None, None, None, None, None, {"exponent": 1.5}, "it grows too fast")

    monkeypatch.setattr(bench, "all_rows", lambda full: {"growth-x": "growth.rows"})
    monkeypatch.setattr(bench, "import_module", lambda name: SimpleNamespace(comparison=comparison))
    path = tmp_path / "bench.json"
    assert bench.main(["--output", str(path)]) == 1
    assert json.loads(path.read_text())["rows"][0]["exceeds"] == "it grows too fast"
    assert "growth-x: it grows too fast" in capsys.readouterr().out.splitlines()


def test_rows_are_chosen_by_parts_of_their_names_and_no_other_is_built(built, tmp_path, capsys):
    path = tmp_path / "bench.json"
    assert bench.main(["kmeans", "--output", str(path), "--pairs", "1"]) == 0
    assert built.names == ["kmeans-x-05"]
    assert [row["name"] for row in json.loads(path.read_text())["rows"]] == ["kmeans-x-05"]
    with pytest.raises(InputError, match="no row has nothing in its name"):
        bench.main(["nothing"])
    capsys.readouterr()
    assert bench.main(["--list"]) == 0
    assert capsys.readouterr().out.split() == ["kmeans-x-05", "encode-y"]
    assert built.names == ["kmeans-x-05"]


def test_a_comparison_is_gone_before_the_next_is_built(built, tmp_path, monkeypatch):
    alive, compared = [], []

    def one(comparison, pairs):
        compared.append([reference() is not None for reference in alive])
        alive.append(weakref.ref(comparison))
        return compare(comparison, pairs)

    monkeypatch.setattr(bench, "compare", one)
    bench.main(["--output", str(tmp_path / "bench.json"), "--pairs", "1"])
    assert compared == [[], [False]]


def test_the_list_imports_no_library():
    """In a separate process, which tells what it has imported."""
    program = "import sys; from semantic_tokens.bench.__main__ import main; main(['--list']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    *names, modules = done.stdout.splitlines()
    assert names == list(all_rows(full=False)) and len(names) == 22 + len(STAGES)
    # numpy too: the number of its threads is fixed when it is loaded.
    assert not {"numpy", "torch", "transformers", "superkmeans", "sentence_transformers"} & set(modules.split())


def test_an_unknown_size_is_refused(monkeypatch):
    monkeypatch.setenv("BENCH", "huge")
    with pytest.raises(InputError, match="BENCH = 'huge'; allowed: full"):
        bench.main(["--list"])


@pytest.fixture
def few_rows(monkeypatch):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 32))[rng.integers(0, 40, 600)] + 0.3 * rng.normal(size=(600, 32))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    monkeypatch.setattr(kmeans, "word_vectors", lambda size, dim, folder: rows)
    monkeypatch.setattr(kmeans, "SIZE", rows.shape)


@needs_peers
def test_kmeans_rows_do_the_same_work(few_rows):
    names = [name for name, topic in all_rows(full=False).items() if topic == "kmeans"]
    peers = ("plain", "faiss", "sklearn", "superkmeans")
    assert sorted(names) == sorted(f"kmeans-{peer}-{percent}" for peer in peers for percent in ("05", "20", "40"))
    for name in names:
        row = compare(kmeans.comparison(name, full=False), pairs=1)
        assert row.name == name and row.same_result, row
        assert row.measures["k"] == 600 * int(name[-2:]) // 100
        if "plain" in name:
            assert row.result_difference == 0, row


@pytest.mark.skipif(not find_spec("fastkmeans"), reason="needs envs/bench.lock, which make bench installs")
@pytest.mark.parametrize("percent", ["05", "20", "40"])
def test_the_rows_of_a_gpu_do_the_same_work_where_they_run_on_a_cpu(percent, few_rows, monkeypatch):
    monkeypatch.setattr(kmeans, "KMEANS_ON_GPU", ())
    row = compare(kmeans.comparison(f"kmeans-fastkmeans-{percent}", full=False), pairs=1)
    assert row.same_result and row.result_difference < 0.01, row


@pytest.mark.gpu
@pytest.mark.skipif(
    not (torch.cuda.is_available() and find_spec("flash_kmeans")), reason="needs a GPU and envs/bench.lock"
)
@pytest.mark.parametrize("percent", ["05", "20", "40"])
def test_flash_does_the_same_work(percent, few_rows):
    row = compare(kmeans.comparison(f"kmeans-flash-{percent}", full=False), pairs=1)
    assert row.same_result, row


@pytest.mark.skipif(torch.cuda.is_available(), reason="torch sees a GPU")
def test_a_row_of_a_gpu_is_left_out_where_torch_sees_none(capsys):
    assert kmeans.comparison("kmeans-flash-05", full=True) is None
    assert "kmeans-flash-05: left out: torch" in capsys.readouterr().out


def test_a_gpu_has_separate_rows_at_real_sizes(monkeypatch):
    before = set(all_rows(full=False))
    monkeypatch.setattr("semantic_tokens.bench.rows.list_devices", lambda: ["GPU-1"])
    assert set(all_rows(full=False)) == before
    more = set(all_rows(full=True)) - before
    assert more == {f"kmeans-{peer}-{p}" for peer in ("cuml", "fastkmeans", "flash") for p in ("05", "20", "40")}


def test_a_different_clustering_is_noticed(monkeypatch):
    rows = torch.nn.functional.normalize(torch.randn(60, 8, generator=torch.Generator().manual_seed(0)), dim=1).numpy()
    monkeypatch.setattr(kmeans, "word_vectors", lambda size, dim, folder: rows)
    problem = kmeans.Problem(rows.shape, 20)
    ours = problem.ours()
    assert problem.objectives_apart(ours, ours) == 0
    assert problem.objectives_apart(ours, ours.roll(1)) > kmeans.SAME_OBJECTIVE
    cosine = torch.from_numpy(rows) * problem.plain.centroids[problem.plain.assignment]
    assert problem.objective(problem.plain.assignment) == pytest.approx(1 - float(cosine.sum()) / 60, abs=1e-6)


@needs_peers
def test_superkmeans_starts_from_the_rows_that_are_said_to_be_its_first():
    """Rows so far from each other that each first centroid keeps its row, and the others join one of them."""
    start = kmeans.drawn(200, 150)
    assert len(set(start.tolist())) == 150 and start.max() < 200
    rows = np.eye(200, 256, dtype=np.float32)
    centroids = kmeans._flat(150, 256, 1, angular=True).train(rows)
    assert (centroids[np.arange(150), start.numpy()] > 0.05).all()


def test_word_vectors_bring_words_of_one_use_together():
    rng = np.random.default_rng(0)
    text = []
    for _ in range(3000):
        animal, verb = rng.choice(["cat", "dog"]), rng.choice(["eats", "sleeps"])
        car, drive = rng.choice(["car", "bus"]), rng.choice(["stops", "starts"])
        text += ["the", animal, verb, "now", "and", "here"] if rng.random() < 0.5 else ["a", car, drive, "later", "or"]
    vectors = trained(text, 15, 6)
    assert vectors.dtype == np.float32 and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    place = {word: i for i, (word, _) in enumerate(Counter(text).most_common(15))}
    cat, dog, bus = (vectors[place[word]] for word in ("cat", "dog", "bus"))
    assert cat @ dog > cat @ bus + 0.3
