"""What jobs cost, from Snakemake's benchmark files."""

from semantic_tokens.report import costs
from semantic_tokens.report.costs import Cost


def test_each_job_is_a_row_and_unmeasured_memory_is_missing(tmp_path):
    (tmp_path / "score" / "a-mlm").mkdir(parents=True)
    header = "s\th:m:s\tmax_rss\tmax_vms\n"
    (tmp_path / "score" / "a-mlm" / "ner@in-language#0.tsv").write_text(header + "10.5\t0:00:10\t900.25\t1\n")
    (tmp_path / "group.tsv").write_text(header + "0.1\t0:00:00\t-\t-\n")
    found = costs.measured(tmp_path)
    assert found == [Cost("group", "", 0.1, None), Cost("score", "a-mlm/ner@in-language#0", 10.5, 900.25)]
    costs.write(found, tmp_path / "costs.csv")
    assert costs.read(tmp_path / "costs.csv") == found
    assert costs.by_rule(found)["score"] == {"jobs": 1, "seconds": 10.5, "peak_memory_mib": 900.25}
