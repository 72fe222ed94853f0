"""Schema and table of the config follow the models."""

import yaml

from semantic_tokens.config import docs as config_docs
from semantic_tokens.config.models import Config
from support.toy_config import VALID


def test_documents_follow_the_models(tmp_path, capsys):
    assert config_docs.main(["--check"], tmp_path) == 1
    assert "config.schema.json, docs/config.md" in capsys.readouterr().out
    assert config_docs.main([], tmp_path) == 0
    assert config_docs.main(["--check"], tmp_path) == 0
    table = tmp_path / "docs" / "config.md"
    table.write_text(table.read_text(encoding="utf-8").replace("| `0.15` |", "| `0.2` |"), encoding="utf-8")
    assert config_docs.main(["--check"], tmp_path) == 1


def test_the_documents_in_the_repository_are_up_to_date():
    assert config_docs.main(["--check"]) == 0, "run python -m semantic_tokens.config.docs"


def test_the_table_has_a_row_for_every_key_of_a_config():
    table = config_docs.reference_table().replace(" (world)", "").replace(" (scratch)", "")
    free = ("backbones", "studies", "data.sizes", "data.dictionaries")

    def keys(section, prefix=""):
        for name, value in section.items():
            path = prefix + name
            if prefix.rstrip(".") in free:
                path = f"{prefix}<name>"
            else:
                yield path
            if isinstance(value, dict) and path != "alignment.source_sets":
                yield from keys(value, f"{path}.")

    assert [key for key in keys(yaml.safe_load(VALID)) if f"| `{key}` |" not in table] == []
    assert {row.count(" | ") for row in table.split("|---|---|---|---|\n")[1].splitlines()} == {3}


def test_the_schema_states_bounds_and_choices():
    definitions = Config.model_json_schema()["$defs"]
    rate = definitions["Labelled"]["properties"]["warmup_ratio"]
    assert (rate["type"], rate["minimum"], rate["maximum"]) == ("number", 0, 1)
    assert definitions["Study"]["properties"]["transfer"]["enum"] == [
        "in-language", "zero-shot", "ms-marco", "as-is",
    ]  # fmt: skip
    assert definitions["Labelled"]["additionalProperties"] is False
