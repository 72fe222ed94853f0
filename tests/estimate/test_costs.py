"""Seconds, their marks and the schedule: on recorded runs that are made up."""

import csv
import json

import pytest

from estimate.test_estimate import made, study
from semantic_tokens.estimate import costs as costing
from semantic_tokens.estimate import roofline, table
from semantic_tokens.estimate.plan import plan_of
from semantic_tokens.estimate.roofline import Device
from semantic_tokens.estimate.schedule import ScheduledJob, wall_seconds
from semantic_tokens.estimate.speeds import START, read_runs
from semantic_tokens.estimate.table import LEGEND

CONDITION = "tiny-bert/d32/none/kmeans-cosine-r20/mlm"


def config_of(device="cpu", threads=1, **compute):
    compute = {"device": device, "threads_pretraining": 1, "threads": threads, "bundles": [["ner"], ["nli"]]} | compute
    tasks = {
        name: settings for name, settings in made().tasks.model_dump(mode="json").items() if name in ("ner", "nli")
    }
    return made({"a": study(CONDITION)}, compute=compute, tasks=tasks)


def machine(cpu="Xeon", gpus=(), torch="2.13.0"):
    return {"machine": {"cpu": cpu, "cores": 2, "gpus": list(gpus)}, "packages": {"torch": torch}}


def record(results, name, config, seconds, **about):
    """A finished run whose jobs all took so long."""
    manifest = {"config": config.model_dump(mode="json"), **machine(**about)}
    folder = results / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for job in plan_of(config).jobs.values():
        if job.benchmark:
            path = folder / "benchmarks" / job.benchmark
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"s\th:m:s\tmax_rss\n{seconds}\t-\t-\n")


def costs_of(config, results, here=None, resources=None):
    calibration = read_runs(results)
    hardware = costing.hardware_of(config, here or machine(), calibration)
    plan = plan_of(config)
    found = costing.costs(config, plan, hardware, calibration, resources or results / "no-resources")
    return plan, found, hardware


def score(costs):
    return next(cost for cost in costs.values() if cost.job.rule == "score")


def test_a_recorded_job_takes_as_long_as_it_took(tmp_path):
    record(tmp_path, "before", config_of(), 100)
    _, costs, _ = costs_of(config_of(), tmp_path)
    recorded = [cost for cost in costs.values() if cost.job.benchmark]
    assert {cost.job.rule for cost in recorded} == {"pretrain_backbone", "group", "continue_pretraining", "score"}
    for cost in recorded:
        assert cost.speed.basis == "measured", cost.job.output
    by_rule = {cost.job.rule: cost.seconds for cost in recorded}
    assert by_rule["score"] == pytest.approx(100) and by_rule["group"] == pytest.approx(100)
    assert all(cost.speed.basis == "assumed" for cost in costs.values() if not cost.job.benchmark)


def test_twice_the_work_takes_twice_the_seconds_above_the_start(tmp_path):
    record(tmp_path, "before", config_of(), 100)
    tasks = config_of().tasks.model_dump(mode="json", exclude_none=True)
    once = score(costs_of(config_of(), tmp_path)[1])
    more = {name: settings | {"epochs": 2} for name, settings in tasks.items()}
    twice = score(
        costs_of(
            config_of().model_copy(
                update={
                    "tasks": made(
                        tasks=tasks | more,
                        compute=config_of().compute.model_dump(mode="json"),
                        studies={"a": study(CONDITION)},
                    ).tasks
                }
            ),
            tmp_path,
        )[1]
    )
    assert twice.job.work > once.job.work
    grown = (twice.seconds - START) / (once.seconds - START)
    assert grown == pytest.approx(twice.job.work / once.job.work, rel=0.02), "evaluation is quicker a FLOP"


@pytest.mark.parametrize(
    ("recorded", "here"),
    [
        ({"cpu": "Xeon"}, {"cpu": "Epyc"}),
        ({"gpus": ["NVIDIA A100-SXM4-80GB"]}, {"gpus": ["NVIDIA H100 PCIe"]}),
        ({"gpus": ["NVIDIA A100-SXM4-80GB"]}, {"gpus": ["A card of next year"]}),
    ],
)
def test_another_device_is_scaled_and_said_so(tmp_path, recorded, here):
    config = config_of("auto")
    record(tmp_path, "before", config, 100, **recorded)
    same = score(costs_of(config, tmp_path, machine(**recorded))[1])
    other = score(costs_of(config, tmp_path, machine(**here))[1])
    assert (same.speed.basis, other.speed.basis) == ("measured", "scaled")
    assert other.speed.samples > 1, "all training on that kind of device counts, not this task's alone"
    slower = sorted(sample.slower for sample in read_runs(tmp_path).samples if sample.kind == "training")
    expected = roofline.seconds(other.job, other.device, 1)
    assert slower[0] * expected <= other.seconds - START <= slower[-1] * expected


def test_one_precision_says_nothing_about_another(tmp_path):
    a100 = {"gpus": ["NVIDIA A100"]}
    record(tmp_path, "before", config_of("auto", precision="float32"), 100, **a100)
    costs = costs_of(config_of("auto"), tmp_path, machine(**a100))[1]
    pretrained = next(cost for cost in costs.values() if cost.job.rule == "continue_pretraining")
    assert pretrained.speed.basis == "measured", "in bf16 on a GPU, whatever fine-tuning is in"
    fine_tuned = [sample for sample in read_runs(tmp_path).samples if sample.like.startswith(("ner", "nli"))]
    assert {sample.precision for sample in fine_tuned} == {"float32"}
    masked = [sample for sample in read_runs(tmp_path).samples if sample.like.startswith("masked")]
    assert score(costs).speed == (pytest.approx(score(costs).speed.rate), "scaled", len(masked))
    assert (
        score(costs_of(config_of("auto", precision="float32"), tmp_path, machine(**a100))[1]).speed.basis == "measured"
    )


def test_a_run_from_before_precision_could_be_chosen_was_in_float32(tmp_path):
    record(tmp_path, "before", config_of("auto"), 100, gpus=["NVIDIA A100"])
    path = tmp_path / "before/manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["config"]["compute"]["precision"]
    path.write_text(json.dumps(manifest))
    found = {sample.like.split()[0]: sample.precision for sample in read_runs(tmp_path).samples}
    assert found["nli"] == "float32" and found["masked"] == "bf16"


def test_another_number_of_threads_is_scaled(tmp_path):
    record(tmp_path, "before", config_of(threads=1), 100)
    cost = score(costs_of(config_of(threads=4), tmp_path)[1])
    assert cost.speed.basis == "scaled"
    assert cost.core_seconds == cost.seconds * 4


def test_a_processor_says_nothing_about_a_gpu(tmp_path):
    record(tmp_path, "before", config_of("cpu"), 100)
    cost = score(costs_of(config_of("auto"), tmp_path, machine(gpus=["NVIDIA A100"]))[1])
    assert cost.speed.basis == "assumed"
    assert cost.seconds == pytest.approx(START + roofline.seconds(cost.job, cost.device, 1))
    assert cost.gpu_seconds == cost.seconds and cost.core_seconds == 0


def test_a_gpu_that_torch_cannot_use_is_not_counted(tmp_path):
    here = machine(gpus=["NVIDIA A100"], torch="2.13.0+cpu")
    record(tmp_path, "before", config_of("auto"), 100, gpus=["NVIDIA A100"], torch="2.13.0+cpu")
    _, costs, hardware = costs_of(config_of("auto"), tmp_path, here)
    assert hardware.gpus == 0
    assert score(costs).speed.basis == "measured" and score(costs).device == Device("cpu", "Xeon")


def test_gpus_asked_for_are_assumed_where_there_is_none(tmp_path):
    _, costs, hardware = costs_of(config_of("auto", gpus=8), tmp_path)
    assert (hardware.gpus, hardware.gpu, hardware.gpu_from) == (8, "NVIDIA A100", "assumed")
    assert score(costs).speed.basis == "assumed"
    record(tmp_path, "before", config_of("cuda"), 100, gpus=["NVIDIA H100"])
    _, costs, hardware = costs_of(config_of("auto", gpus=8), tmp_path)
    assert (hardware.gpu, hardware.gpu_from) == ("NVIDIA H100", "a recorded run's")
    assert score(costs).speed.basis == "measured"
    assert costs_of(config_of("cpu", gpus=8), tmp_path)[2].gpus == 0


def test_without_a_run_everything_is_assumed(tmp_path):
    _, costs, _ = costs_of(config_of(), tmp_path)
    assert {cost.speed.basis for cost in costs.values()} == {"assumed"}
    found = score(costs)
    assert found.seconds == pytest.approx(START + roofline.seconds(found.job, found.device, found.job.threads))


def test_jobs_too_short_say_nothing(tmp_path):
    record(tmp_path, "before", config_of(), 2 * START)
    assert read_runs(tmp_path).samples == ()


def test_a_run_that_does_not_say_where_it_ran_is_left_out_and_named(tmp_path):
    record(tmp_path, "before", config_of(), 100)
    path = tmp_path / "before/manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["machine"]["gpus"]
    path.write_text(json.dumps(manifest))
    found = read_runs(tmp_path)
    assert found.samples == ()
    assert "before" in found.notes[0] and "'gpus'" in found.notes[0]
    del manifest["config"]["tasks"]
    path.write_text(json.dumps(manifest))
    assert "tasks" in read_runs(tmp_path).notes[0]


def task(name, seconds, needs=(), resource="gpu", units=1):
    return ScheduledJob(name, tuple(needs), resource, units, seconds)


def test_schedule_by_hand():
    four = [task(name, 10) for name in "abcd"]
    assert wall_seconds(four, gpus=1, cores=1) == 40
    assert wall_seconds(four, gpus=2, cores=1) == 20
    assert wall_seconds(four, gpus=3, cores=1) == 20
    chain = [task("a", 5), task("b", 5, "a"), task("c", 7, "b"), task("d", 3)]
    assert wall_seconds(chain, gpus=8, cores=1) == 17
    assert wall_seconds(chain, gpus=1, cores=1) == 20
    assert wall_seconds([task("a", 5), task("b", 5, resource="cpu")], gpus=1, cores=1) == 5
    wide = [task("a", 5, resource="cpu", units=2), task("b", 5, resource="cpu")]
    assert wall_seconds(wide, gpus=0, cores=2) == 10
    assert wall_seconds([task("a", 5, resource="cpu", units=8)], gpus=0, cores=2) == 5, "it gets what there is"
    assert wall_seconds([task("b", 5, ["not among them"])], gpus=1, cores=1) == 5


def test_rows_add_up_and_shares_are_whole(tmp_path):
    record(tmp_path, "before", config_of(), 100)
    config = made({"one": study(CONDITION), "two": study(CONDITION, "tiny-bert/d32/none/full/none")})
    plan, costs, hardware = costs_of(config, tmp_path)
    rows = table.rows(plan, costs, hardware, config.studies)
    total, stages = rows[0], [row for row in rows if row.scope == "stage"]
    for column in ("jobs", "gpu_hours", "core_hours", "disk_gb", "download_gb"):
        assert getattr(total, column) == pytest.approx(sum(getattr(row, column) for row in stages)), column
    assert total.wall_hours <= total.core_hours <= 2 * total.wall_hours
    one, two = (row for row in rows if row.scope == "study")
    assert two.jobs == total.jobs and one.jobs == total.jobs - 3, "a partition, a model, a score"
    assert one.alone_hours == 0 and 0 < two.alone_hours < two.core_hours
    for row in rows:
        assert row.work_exact + row.work_sampled + row.work_assumed == pytest.approx(1)
        assert row.speed_measured + row.speed_scaled + row.speed_assumed == pytest.approx(1)


def test_the_text_says_how_far_it_is_guessed(tmp_path):
    config = config_of("auto", gpus=4)
    plan, costs, hardware = costs_of(config, tmp_path)
    rows = table.rows(plan, costs, hardware, config.studies)
    text = table.as_text(rows, plan, costs, hardware, ["a note"], None)
    assert "4 x NVIDIA A100 (assumed)" in text
    assert "measured 1" not in text and "assumed 100%" in text
    assert "download" not in text.split(LEGEND)[0], "columns and tables that hold nothing are left out"
    assert text.endswith("a note")


def test_the_csv_holds_every_row(tmp_path):
    config = config_of()
    plan, costs, hardware = costs_of(config, tmp_path)
    rows = table.rows(plan, costs, hardware, config.studies)
    table.write_csv(rows, tmp_path / "tables/estimate.csv")
    with (tmp_path / "tables/estimate.csv").open(newline="") as handle:
        written = list(csv.DictReader(handle))
    assert [row["name"] for row in written] == [row.name for row in rows]
    assert float(written[0]["core_hours"]) == pytest.approx(rows[0].core_hours, rel=1e-3)
    assert written[0]["alone_hours"] == "" and float(written[-1]["alone_hours"]) > 0
