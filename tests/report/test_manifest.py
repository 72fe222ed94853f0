"""The manifest: time and memory by rule, the commit, and no names."""

import json
import subprocess

from semantic_tokens.report import costs, manifest


def test_manifest_sums_benchmarks_and_holds_no_names(tmp_path):
    (tmp_path / "score" / "a").mkdir(parents=True)
    header = "s\th:m:s\tmax_rss\tmax_vms\n"
    (tmp_path / "score" / "a" / "x.tsv").write_text(header + "10.5\t0:00:10\t900.25\t1\n")
    (tmp_path / "score" / "y.tsv").write_text(header + "2.25\t0:00:02\t1000.5\t1\n")
    (tmp_path / "group.tsv").write_text(header + "0.1\t0:00:00\t-\t-\n")
    record = manifest.collect({"run": {"name": "made-up"}}, costs.measured(tmp_path), tmp_path)
    assert record["rules"] == {
        "group": {"jobs": 1, "seconds": 0.1, "peak_memory_mib": None},
        "score": {"jobs": 2, "seconds": 12.8, "peak_memory_mib": 1000.5},
    }
    assert record["code"] is None
    assert "torch" in record["packages"]
    manifest.write(record, tmp_path / "manifest.json")
    assert manifest.read(tmp_path / "manifest.json") == record
    assert str(tmp_path) not in json.dumps(record)


def test_manifest_tells_commit_and_changes(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", "-C", tmp_path, *identity, *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "a")
    assert manifest.commit(tmp_path) == {"commit": git("rev-parse", "HEAD"), "dirty": False}
    (tmp_path / "a").write_text("2")
    assert manifest.commit(tmp_path)["dirty"]
    (tmp_path / "inside").mkdir()
    assert manifest.commit(tmp_path / "inside") is None  # another project's repository
