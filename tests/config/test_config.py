"""Configs: what is accepted, every refusal, and the enumeration of units."""

import copy
import subprocess
import sys

import pytest
import yaml

from semantic_tokens import conditions
from semantic_tokens.conditions import Condition, Unit
from semantic_tokens.config import loading as config
from semantic_tokens.config import selected
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.method import Method
from support.toy_config import VALID

GONE = object()


@pytest.fixture(autouse=True)
def methods(monkeypatch):
    lexicon = Method(has_ratio=False, needs_dictionary=True)
    declared = {"full": Method(has_ratio=False), "first": Method(), "kmeans-cosine": Method(), "lexicon": lexicon}
    monkeypatch.setattr(conditions.methods, "declared", lambda: declared)


@pytest.fixture
def valid():
    return yaml.safe_load(VALID)


def changed(mapping, path, value):
    """A copy of the mapping with `value` at the dotted path, or without that key."""
    mapping = copy.deepcopy(mapping)
    *parents, key = path.split(".")
    section = mapping
    for parent in parents:
        section = section[parent]
    if value is GONE:
        del section[key]
    else:
        section[key] = value
    return mapping


def message(mapping):
    with pytest.raises(InputError) as error:
        config.load(mapping, [("config.yaml", mapping)])
    return str(error.value)


def test_a_valid_config_is_typed(valid):
    loaded = config.load(valid)
    assert loaded.run.evaluation_split == "test"
    assert loaded.backbones["tiny-bert"].dropout == 0.1
    assert loaded.pretraining.mask_probability == 0.15
    assert loaded.tasks.qa.stride == 32
    assert list(loaded.tasks.named()) == ["nli", "qa", "rerank", "retrieval"]


def test_numbers_may_be_integers_or_text(valid):
    loaded = config.load(valid)
    assert valid["pretraining"]["learning_rate"] == "1e-4"  # what PyYAML makes of it
    assert loaded.pretraining.learning_rate == 1e-4
    assert loaded.alignment.learning_rates == [1e-4, 1e-3]
    noise = loaded.data.dictionaries["muse"].noise
    assert (noise, type(noise)) == (0.0, float)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("tasks.nli.epochs", -1, "config.yaml: tasks.nli.epochs = -1: must be at least 1"),
        ("tasks.nli.epochs", True, "config.yaml: tasks.nli.epochs = True: must be an integer"),
        ("tasks.nli.epochs", "three", "config.yaml: tasks.nli.epochs = 'three': must be an integer"),
        ("tasks.nli.epochs", 3.0, "config.yaml: tasks.nli.epochs = 3.0: must be an integer"),
        ("tasks.nli.epochs", None, "config.yaml: tasks.nli.epochs = None: must be an integer"),
        ("tasks.nli.epochs", GONE, "config.yaml: tasks.nli.epochs: is missing"),
        ("tasks.nli.warmup_ratio", False, "config.yaml: tasks.nli.warmup_ratio = False: must be a number"),
        ("tasks.nli.warmup_ratio", "10%", "config.yaml: tasks.nli.warmup_ratio = '10%': must be a number"),
        ("tasks.nli.warmup_ratio", "nan", "config.yaml: tasks.nli.warmup_ratio = nan: must be a finite number"),
        ("tasks.nli.warmup_ratio", 1.5, "config.yaml: tasks.nli.warmup_ratio = 1.5: must be at most 1"),
        ("tasks.nli", 3, "config.yaml: tasks.nli = 3: must be a mapping of keys to values"),
        ("run.name", "My run", "config.yaml: run.name = 'My run': must match ^[a-z0-9-]+$"),
        ("run.evaluation_split", "train", "config.yaml: run.evaluation_split = 'train': must be 'dev' or 'test'"),
        ("data.kind", "hub", "config.yaml: data.kind = 'hub': must be 'world', 'upstream'"),
        ("data.kind", GONE, "config.yaml: data.kind: is missing"),
        ("backbones.tiny-bert.kind", "local", "backbones.tiny-bert.kind = 'local': must be 'scratch', 'hub'"),
        ("data.languages", ["en"], "config.yaml: data.languages = ['en']: must have at least 2 entries, but has 1"),
        ("data.languages", ["en", "en"], "config.yaml: data.languages = ['en', 'en']: must not repeat an entry"),
        ("data.languages", ["en", "fr"], "config.yaml: data.languages[1] = 'fr': must be 'en', 'es', 'ru', 'ar'"),
        ("data.dictionaries.wiki", {}, "config.yaml: data.dictionaries: the name 'wiki' must be 'muse', 'panlex'"),
        ("data.bm25_candidates", 31, "config.yaml: data.bm25_candidates = 31: must be at most passages = 30"),
        ("backbones.tiny-bert.heads", 3, "config.yaml: backbones.tiny-bert.heads = 3: must divide dim = 128"),
        ("backbones.tiny-bert.max_length", 32, "sequence_length must be at most max_length = 32"),
        ("backbones.Tiny", {}, "config.yaml: backbones: the name 'Tiny' must match"),
        ("tasks.qa.stride", 96, "config.yaml: tasks.qa.stride = 96: must be less than max_length = 96"),
        (
            "grouping.semantic_embedding",
            "sum",
            "config.yaml: grouping.semantic_embedding = 'sum': must be 'mean', 'renorm' or 'weighted-mean'",
        ),
        (
            "studies.main.conditions",
            ["tiny-bert/d128/none/kmean-r05/mlm"],
            "config.yaml: studies.main.conditions[0] = 'tiny-bert/d128/none/kmean-r05/mlm': condition",
        ),
    ],
)
def test_a_bad_value_names_key_value_and_rule(valid, path, value, expected):
    assert expected in message(changed(valid, path, value))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("sed", "config.yaml: sed: unknown key; "),
        ("run.sed", "config.yaml: run.sed: unknown key; did you mean seed? allowed: name, seed, evaluation_split"),
        ("tasks.nli.stride", "config.yaml: tasks.nli.stride: unknown key; allowed: max_length, epochs,"),
        ("tasks.pos", "config.yaml: tasks.pos: unknown key; allowed: bitext, clir, ner, nli, qa, rerank, retrieval"),
        ("backbones.tiny-bert.head", "config.yaml: backbones.tiny-bert.head: unknown key; did you mean heads? "),
        ("backbones.tiny-bert.pretraining.step", "pretraining.step: unknown key; did you mean steps"),
        ("data.sizes.nli.tests", "config.yaml: data.sizes.nli.tests: unknown key; did you mean test? "),
        ("studies.main.seed", "config.yaml: studies.main.seed: unknown key; did you mean seeds? "),
    ],
)
def test_an_unknown_key_names_the_closest(valid, path, expected):
    assert expected in message(changed(valid, path, 1))


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            "data.sizes.qa",
            GONE,
            "config.yaml: data.sizes = ['nli', 'retrieval']: must contain 'qa', which the task 'qa'",
        ),
        ("data.sizes.retrieval", GONE, "must contain 'retrieval', which the task 'rerank' needs"),
        ("data.languages", ["es", "zh"], "config.yaml: studies.english.transfer = 'zero-shot': trains on English"),
        ("studies.english.transfer", "ms-marco", "transfer = 'ms-marco': needs data.ms_marco, which is not set"),
        (
            "studies.english.transfer",
            "ms-marco",
            "tasks = 'nli': must be rerank or retrieval: no other task trains on MS MARCO",
        ),
        ("data.dictionaries.panlex", GONE, "alignment.source_sets.all = 'panlex': must be in data.dictionaries: muse"),
        ("data.bm25_candidates", 5, "tasks.rerank.group_size = 8: must be at most data.bm25_candidates = 5"),
        ("alignment.source_sets", {}, "source set 'all' must be in alignment.source_sets"),
        ("tasks.qa", GONE, "config.yaml: studies.main.tasks = 'qa': must be in tasks: nli, rerank, retrieval"),
        ("tasks.qa", GONE, "config.yaml: compute.bundles = 'qa': must be in tasks: nli, rerank, retrieval"),
        ("tasks.nli.max_length", 256, "tasks.nli.max_length = 256 must be at most backbones.tiny-bert.max_length"),
        ("pretraining.sequence_length", 256, "pretraining.sequence_length = 256 must be at most backbones.tiny-bert"),
        (
            "compute.bundles",
            [["nli", "qa"], ["retrieval"]],
            "must list each task of `tasks` once, but lists 'rerank' 0",
        ),
        ("compute.bundles", [["nli", "qa"], ["nli", "retrieval", "rerank"]], "but lists 'nli' 2 times"),
        (
            "tasks.retrieval.shards",
            4,
            "config.yaml: compute.bundles = [['nli', 'qa'], ['retrieval', 'rerank']]: must list 'retrieval' in a "
            "separate bundle, because tasks.retrieval.shards = 4",
        ),
        ("backbones.tiny-bert.vocabulary", 100, "leaves 5 groups, but must leave more than the 5 special tokens"),
        (
            "studies.main.conditions",
            ["mbert/d128/none/full/mlm"],
            "studies.main.conditions = 'mbert/d128/none/full/mlm': backbone 'mbert' must be in backbones: tiny-bert",
        ),
        ("studies.main.conditions", ["tiny-bert/d256/none/full/mlm"], "d256 must be at most backbones.tiny-bert.dim"),
    ],
)
def test_a_contradiction_names_both_sides(valid, path, value, expected):
    assert expected in message(changed(valid, path, value))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("tiny-bert/d128/none/full/none", "must merge the vocabulary: inspection looks into groups"),
        ("tiny-bert/d128/none/kmeans-cosine-r05/mlm", "must end in /none: groups are those before continual"),
        ("mbert/d128/none/kmeans-cosine-r05/none", "backbone 'mbert' must be in backbones: tiny-bert"),
        ("tiny-bert/d128/clsa-other/kmeans-cosine-r05/none", "source set 'other' must be in alignment.source_sets"),
    ],
)
def test_what_is_inspected_are_groups_of_a_backbone_that_there_is(valid, condition, expected):
    valid["inspection"] = {"conditions": [condition], "keywords": ["tomato"]}
    assert f"config.yaml: inspection.conditions = '{condition}': {expected}" in message(valid)


def test_without_its_section_nothing_is_inspected(valid):
    assert selected.inspected(config.load(valid)) == []
    valid["inspection"] = {"conditions": ["tiny-bert/d128/{none,clsa-all}/kmeans-cosine-r05/none"], "keywords": ["I"]}
    loaded = config.load(valid)
    assert list(map(str, selected.inspected(loaded))) == [
        f"tiny-bert/d128/{alignment}/kmeans-cosine-r05/none" for alignment in ("none", "clsa-all")
    ]
    assert selected.units(loaded) == selected.units(config.load(valid | {"inspection": None})), "they are not scored"


def test_a_long_query_does_not_fit_the_backbone(valid):
    valid["studies"]["main"]["tasks"].append("retrieval")
    assert "tasks.retrieval.query_length = 129 must" in message(changed(valid, "tasks.retrieval.query_length", 129))


def test_all_problems_come_at_once_one_line_each(valid):
    valid["run"]["seed"] = -1
    valid["tasks"]["nli"]["epoch"] = valid["tasks"]["nli"].pop("epochs")
    valid["studies"]["main"]["transfer"] = "few-shot"
    valid["studies"]["main"]["conditions"] = ["tiny-bert"]
    lines = message(valid).splitlines()
    keys = [line.split(": ")[1].split(" = ")[0] for line in lines]
    assert keys == [
        "run.seed",
        "tasks.nli.epochs",
        "tasks.nli.epoch",
        "studies.main.conditions[0]",
        "studies.main.transfer",
    ]


@pytest.mark.parametrize(("path", "hinted"), [("run.name", True), ("data.languages", True), ("run.seed", False)])
def test_a_word_that_yaml_read_as_a_truth_value_is_to_be_quoted(valid, path, hinted):
    value = yaml.safe_load("[en, no]" if path == "data.languages" else "no")
    assert ("quote it, as in 'no'" in message(changed(valid, path, value))) == hinted


@pytest.mark.parametrize("mapping", [None, [], "run"])
def test_a_config_that_is_not_a_mapping(mapping):
    assert message(mapping).startswith("config.yaml")
    assert "must be a mapping of keys to values" in message(mapping)


def test_units_are_enumerated_once_with_the_studies_that_need_them(valid):
    units = selected.units(config.load(valid))
    k05, k20 = (f"tiny-bert/d128/none/kmeans-cosine-r{ratio}/mlm" for ratio in ("05", "20"))
    assert [str(condition) for condition in units] == [
        k20,
        k05,
        k20.replace("none", "clsa-all", 1),
        k05.replace("none", "clsa-all", 1),
        "tiny-bert/d128/none/full/mlm",
        k05.replace("d128", "d32"),
    ]
    assert units[Condition.parse(k05)] == {
        Unit("nli", "in-language", 0): ("main",),
        Unit("nli", "in-language", 1): ("main", "ratios"),
        Unit("qa", "in-language", 0): ("main",),
        Unit("qa", "in-language", 1): ("main",),
        Unit("nli", "in-language", 2): ("ratios",),
    }
    full = units[Condition.parse("tiny-bert/d128/none/full/mlm")]
    assert full[Unit("nli", "zero-shot", 0)] == ("english",)
    assert sum(map(len, units.values())) == 4 * 4 + 1 + (4 + 1) + 2


def test_loading_imports_nothing_heavy():
    code = "import sys, semantic_tokens.config; print({'torch', 'transformers', 'pyarrow', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_as_is_takes_tasks_without_a_head_and_one_seed(valid):
    study = valid["studies"]["main"] | {"transfer": "as-is", "seeds": [0]}
    config.load(valid | {"studies": {"main": study | {"tasks": ["retrieval"]}}})
    rule = r"studies\.main\.tasks = 'nli': has a head, .* allowed here: retrieval"
    with pytest.raises(InputError, match=rule):
        config.load(valid | {"studies": {"main": study | {"tasks": ["nli"]}}})
    found = config.load(valid | {"studies": {"main": study | {"tasks": ["all"]}}})
    assert found.studies["main"].tasks == ["retrieval"]
    with pytest.raises(InputError, match=r"studies\.main\.seeds = \[0, 1\]: must be one"):
        config.load(valid | {"studies": {"main": study | {"tasks": ["retrieval"], "seeds": [0, 1]}}})


@pytest.mark.parametrize("address", ["https://me:secret@host", "https://host/?token=secret", "ftp://secret", "secret"])
def test_a_mirror_with_a_password_or_token_is_refused_and_not_shown(address, valid):
    with pytest.raises(InputError, match=r"mirror = .*without a user name, a password or a query") as caught:
        config.load(valid | {"mirror": address})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("seed", 2**63, r"run.seed = 9223372036854775808: must be at most 4294967295"),
        ("seed", "٣", "run.seed = '٣': must be an integer"),
    ],
)
def test_a_seed_that_no_library_takes_is_refused(key, value, rule, valid):
    with pytest.raises(InputError, match=rule):
        config.load(valid | {"run": {"name": "demo", "seed": 1, key: value}})


def test_sizes_have_an_upper_bound_and_digits_are_ascii(valid):
    for path, value, rule in (
        (("data", "articles"), 10**30, "must be at most"),
        (("alignment", "held_out"), "٠.٥", "must be a number"),
    ):
        section = valid[path[0]] | {path[1]: value}
        with pytest.raises(InputError, match=f"{'.'.join(path)} = .*{rule}"):
            config.load(valid | {path[0]: section})


def test_a_condition_pattern_of_millions_of_conditions_is_refused_at_once(valid):
    study = valid["studies"]["main"] | {"conditions": ["tiny-bert/d8/none/full/none" + "{,}" * 24]}
    with pytest.raises(InputError, match=r"stands for 16777216 conditions, but must stand for at most 10000"):
        config.load(valid | {"studies": {"main": study}})


def test_a_value_that_repeats_itself_without_end_is_shown_in_short(valid):
    bomb = ["x"]
    for _ in range(40):
        bomb = [bomb] * 9
    with pytest.raises(InputError, match=r"local_dir = \[\[\[") as caught:
        config.load(valid | {"local_dir": bomb})
    assert len(str(caught.value)) < 300


def test_a_tilde_in_a_path_is_the_home_folder(valid, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    assert config.load(valid | {"local_dir": "~/data"}).local_dir == str(tmp_path / "data")


def test_training_examples_of_the_world_are_numbered_in_its_section(valid):
    tasks = {"nli": valid["tasks"]["nli"] | {"train_examples": 5}}
    given = valid | {"tasks": valid["tasks"] | tasks}
    with pytest.raises(InputError, match=r"tasks.nli.train_examples = 5: .*set data.sizes.nli.train instead"):
        config.load(given)
    ranked = valid | {"tasks": valid["tasks"] | {"rerank": valid["tasks"]["rerank"] | {"train_examples": 5}}}
    with pytest.raises(InputError, match=r"tasks\.rerank\.train_examples = 5: .*data\.sizes\.retrieval\.train instead"):
        config.load(ranked)


def test_what_is_scored_is_not_trained_on(valid):
    trained = valid | {"tasks": valid["tasks"] | {"nli": valid["tasks"]["nli"] | {"train_split": "dev"}}}
    config.load(trained)
    with pytest.raises(InputError, match=r"tasks\.nli\.train_split = 'dev': must not be run\.evaluation_split"):
        config.load(trained | {"run": valid["run"] | {"evaluation_split": "dev"}})
