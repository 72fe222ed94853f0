"""A grouping method is one file: with it alone, Snakemake groups a vocabulary and builds the model."""

import pytest
from transformers import AutoModel

from semantic_tokens.grouping.partition import VocabularyPartition
from support.running import copy_project, snakemake

METHOD = '''"""By the length of the token: a method that nobody has written yet."""

import numpy as np

from semantic_tokens.config.types import Count, Section
from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.method import Method
from semantic_tokens.grouping.partition import VocabularyPartition



class Settings(Section):
    max_iterations: Count


METHOD = Method(settings=Settings, needs_languages=True)


def partition(inputs: GroupingInputs, settings: Settings) -> VocabularyPartition:
    k, tokens = n_clusters(inputs), inputs.vocabulary.clusterable_ids
    order = sorted(range(len(tokens)), key=lambda i: len(inputs.vocabulary.tokens[tokens[i]]))
    clusters = np.empty(len(tokens), dtype=np.int64)
    clusters[order] = np.arange(len(tokens)) * k // len(tokens)
    known = int((inputs.token_languages >= 0).sum())
    return assemble(inputs, clusters, "by-length", known=known, iterations=settings.max_iterations)
'''


@pytest.mark.slow
def test_a_method_is_added_as_one_file(tmp_path):
    project = copy_project(tmp_path)
    (project / "workflow_scripts/semantic_tokens/grouping/methods/by_length.py").write_text(METHOD, encoding="utf-8")
    made = project / "results/mini/conditions/tiny-bert/d16/none/by-length-r20"
    done = snakemake(project, str((made / "none/model.safetensors").relative_to(project)))
    assert done.returncode == 0, done.stdout
    partition = VocabularyPartition.load(made / "partition.parquet")
    assert partition.n_groups == 600 and partition.method == "by-length"
    assert partition.details["known"] > 0, "the corpus told the languages of tokens, as the method asks"
    assert partition.details["iterations"] == 20, "the setting that it names is the config's"
    assert AutoModel.from_pretrained(made / "none").get_input_embeddings().num_embeddings == 600
    refused = snakemake(project, "-n", "results/mini/conditions/tiny-bert/d16/none/by-width-r20/partition.parquet")
    assert refused.returncode != 0 and "by-length" in refused.stdout, "an unknown method is told which there are"
