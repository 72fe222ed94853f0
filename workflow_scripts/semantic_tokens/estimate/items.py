"""How much there is to read: items and tokens of every task, of the corpus and of the dictionaries, from the config."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, comb
from pathlib import Path
from typing import Any, cast

from semantic_tokens.conditions import AS_IS
from semantic_tokens.config.data import UpstreamData, WorldData
from semantic_tokens.config.models import Config
from semantic_tokens.config.own import languages_read, role_of, sources_of
from semantic_tokens.estimate import facts
from semantic_tokens.sources.fetch.registry import source
from semantic_tokens.sources.listing import FOLDERS, OWN, SCORED_ON_DEV
from semantic_tokens.sources.own.places import languages_of, local_places
from semantic_tokens.sources.own.settings import Role
from semantic_tokens.sources.walk import files_below
from semantic_tokens.tasks import declared

ENGLISH = ("en",)
Rows = dict[str, dict[str, int]]  # language -> split -> items


@dataclass(frozen=True)
class Reading:
    """Tokens that a task's model reads: in all epochs of training, and in evaluation; mean tokens of a sequence;
    updates of the weights."""

    training: float
    evaluation: float
    length: float
    updates: float


def reading(config: Config, task: str, transfer: str) -> Reading:
    """What one fine-tuning of `task` and its evaluation read.

    Batches of similar lengths have hardly any padding; retrieval's random ones are padded to their longest passage,
    taken to be twice the mean.
    """
    settings: Any = config.tasks.named()[task].for_transfer(transfer)
    if declared()[task].own_table:
        tokens, longest = own_tokens(config, task), settings.max_length
        updates = settings.epochs * ceil(tokens / longest / settings.batch_size)
        return Reading(settings.epochs * tokens, tokens, longest, updates)
    rows, length = task_rows(config, task), mean_tokens(config, task)
    train = _training_items(config, rows, transfer)
    scored = sum(split[_scored_split(config, task)] for split in rows.values())
    windows = facts.QA_WINDOWS if task == "qa" and isinstance(config.data, UpstreamData) else 1
    if task == "bitext":
        return Reading(0, scored * length, length, 0)
    updates = settings.epochs * ceil(train * windows / settings.batch_size)
    if task == "clir":
        query, padded = mean_tokens(config, "question"), min(settings.max_length, 2 * length)
        searched = paragraphs(config, rows) * length + scored * query
        return Reading(settings.epochs * train * (query + padded), searched, length, updates)
    if task == "retrieval":
        query, padded = mean_tokens(config, "query"), min(settings.max_length, 2 * length)
        searched = sum(passages(config).values()) * length + scored * query
        return Reading(settings.epochs * train * (query + 2 * padded), searched, length, updates)
    if task == "rerank":
        pairs = settings.epochs * train * getattr(settings, "group_size", 1)
        return Reading(pairs * length, scored * config.data.bm25_candidates * length, length, updates)
    return Reading(settings.epochs * train * windows * length, scored * windows * length, length, updates)


def own_tokens(config: Config, task: str) -> float:
    """Tokens of all splits of a task that reads a file of the user's: nothing but its size is looked at."""
    file: Any = config.tasks.named()[task]
    return Path(file.file).stat().st_size / facts.BYTES_A_TOKEN


def searched_pairs(config: Config, task: str) -> float:
    """Pairs of a scored query and a passage of its language."""
    split, searched = _scored_split(config, task), passages(config)
    return sum(rows[split] * searched[lang] for lang, rows in task_rows(config, task).items())


def mean_tokens(config: Config, task: str) -> float:
    """Mean tokens of a sequence that the model reads, cut to the task's `max_length`; also of a `query` alone."""
    sampled = facts.WORLD_TOKENS if isinstance(config.data, WorldData) else facts.TOKENS
    text = {"retrieval": "passage", "rerank": "passage", "clir": "paragraph"}.get(task, task)
    whole = sampled[text] + (sampled["query"] if task == "rerank" else 0)
    settings: Any = config.tasks.named().get(task)
    return whole if settings is None else min(whole, settings.max_length)


def task_rows(config: Config, task: str) -> Rows:
    """Items of the task by language and split; queries of retrieval and reranking."""
    if isinstance(config.data, WorldData):
        sizes = {str(name): given.model_dump() for name, given in config.data.sizes.items()}
        return dict.fromkeys(config.data.languages, sizes[declared()[task].items or task])
    wanted, limit = languages(config), getattr(config.tasks.named().get(task), "train_examples", None)
    role = role_of(declared()[task])
    there = own_rows(config.data, role, task) if role in config.data.own else _published(task, config.data)
    published = {lang: rows for lang, rows in there.items() if lang in wanted}
    settings = config.tasks.named().get(task)
    if getattr(settings, "train_split", "train") == "dev":
        published = {lang: rows | {"train": rows["dev"]} for lang, rows in published.items()}
    if limit is not None:
        published = {lang: rows | {"train": min(limit, rows["train"])} for lang, rows in published.items()}
    if scored := getattr(settings, "test_examples", None):
        split = _scored_split(config, task)
        published = {lang: rows | {split: min(scored, rows[split])} for lang, rows in published.items()}
    return published


def paragraphs(config: Config, rows: Rows) -> int:
    """Paragraphs of `clir` to search, in all languages that are scored."""
    scored = [counts for counts in rows.values() if counts[_scored_split(config, "clir")]]
    return sum(counts["test"] if isinstance(config.data, WorldData) else facts.XQUAD_R[1] for counts in scored)


def own_bytes(data: UpstreamData, role: str) -> dict[tuple[str, str], int]:
    """Bytes of the local files of an entry of `data.own` by languages and split, of which nothing else is looked at."""
    own = data.own[cast(Role, role)]
    sizes: Counter[tuple[str, str]] = Counter()
    for place in local_places(own, role, languages_of(own, role, languages_read(data, role))):
        sizes[place.lang, place.split] += Path(place.path).stat().st_size
    return sizes


def own_rows(data: UpstreamData, role: str, task: str) -> Rows:
    """Rows of an entry: by the size of its files where these are local, else assumed."""
    own = data.own[cast(Role, role)]
    names = languages_of(own, role, languages_read(data, role))
    if own.dataset is not None:
        return {lang: dict(facts.OWN_ROWS) for lang in names}
    rows = {lang: dict.fromkeys(facts.OWN_ROWS, 0) for lang in names}
    text = facts.TOKENS["passage" if role == "retrieval" else task] * facts.BYTES_A_TOKEN
    for (joined, split), size in own_bytes(data, role).items():
        for lang in joined.split("+"):
            rows[lang][split] += ceil(size / text / len(joined.split("+")))
    return rows


def passages(config: Config) -> dict[str, int]:
    """Passages to search, by language."""
    data = config.data
    if isinstance(data, WorldData):
        return dict.fromkeys(data.languages, data.passages)
    if "retrieval" in data.own:  # about one passage a query
        return {lang: sum(rows.values()) for lang, rows in own_rows(data, "retrieval", "retrieval").items()}
    wanted = languages(config)
    known = {lang: counts for lang, counts in _miracl(data).items() if lang in wanted}
    if data.collection == "full":
        return {lang: counts.passages for lang, counts in known.items()}
    extra = data.distractors if data.collection == "sampled" else facts.HARD_NEGATIVES // len(facts.MIRACL)
    judged = {lang: facts.MIRACL_JUDGED * (counts.train + counts.dev) for lang, counts in known.items()}
    return {lang: min(counts.passages, judged[lang] + (extra or 0)) for lang, counts in known.items()}


def articles(config: Config) -> int:
    """Articles of the corpus for masked-LM training."""
    data = config.data
    if isinstance(data, WorldData):
        return len(data.languages) * (data.articles + facts.WORLD_ENTITIES + data.passages)
    wanted = languages(config) if data.corpus.languages is None else set(data.corpus.languages)
    known = ({lang: facts.WIKIPEDIA.get(lang, facts.OTHER_WIKIPEDIA) for lang in wanted}).values()
    return sum(min(data.corpus.texts_a_language, count) for count in known)


def corpus_tokens(config: Config) -> float:
    """Tokens of the corpus."""
    if isinstance(config.data, WorldData):
        return articles(config) * facts.WORLD_ARTICLE
    if config.local_dir is not None:  # the files are there to be measured, if not to be cut to texts_a_language
        root = Path(config.local_dir)
        folders = [root / folder for name in config.data.corpus.sources for folder in FOLDERS.get(name, ())]
        sizes = [path.stat().st_size for folder in folders for path in files_below(folder)]
        return (sum(sizes) + _own_text(config.data)) / facts.BYTES_A_TOKEN
    if list(config.data.corpus.sources) == [OWN] and config.data.own["corpus"].dataset is None:
        return _own_text(config.data) / facts.BYTES_A_TOKEN
    return articles(config) * facts.ARTICLE[0] / facts.BYTES_A_TOKEN


def token_pairs(config: Config, sources: Iterable[str]) -> float:
    """Pairs of single subwords in these dictionaries; the few of MUSE without English and Round-Trip are left out."""
    language_pairs = comb(len(languages(config)), 2)
    if isinstance(config.data, WorldData):
        known = {str(name): given.coverage for name, given in config.data.dictionaries.items()}
        return language_pairs * facts.WORLD_PAIRS * sum(known.get(name, 0) for name in sources)
    with_english = len(languages(config)) - 1
    pairs = {
        "muse": with_english,
        "dictionaries": with_english,
        "own": with_english,
        "panlex": language_pairs,
        "concepticon": language_pairs,
    }
    return facts.PAIRS_A_DICTIONARY * sum(pairs.get(name, 0) for name in sources)


def languages(config: Config) -> set[str]:
    """Those of the data; `all` stands for every language that some task or corpus has."""
    wanted = set(config.data.languages)
    published = (source(name).languages for name in ("xnli", "lareqa", "ntrex"))
    every = {*facts.MASAKHANER, *facts.TYDIQA, *facts.MIRACL, *facts.WIKIPEDIA}.union(*published)
    return every if "all" in wanted else wanted


def _own_text(data: UpstreamData) -> int:
    """Bytes of local text."""
    local = "corpus" in data.own and data.own["corpus"].dataset is None
    return sum(own_bytes(data, "corpus").values()) if local else 0


def _training_items(config: Config, rows: Rows, transfer: str) -> int:
    if transfer == AS_IS:
        return 0
    if transfer == "ms-marco" and isinstance(config.data, UpstreamData) and config.data.ms_marco:
        return config.data.ms_marco.queries
    return sum(split["train"] for lang, split in rows.items() if transfer != "zero-shot" or lang in ENGLISH)


def _scored_split(config: Config, task: str) -> str:
    """Some test sets are not published."""
    found = sources_of(declared()[task], config.data) if isinstance(config.data, UpstreamData) else ()
    on_dev = bool({*found} & {*SCORED_ON_DEV})
    return "dev" if on_dev else config.run.evaluation_split


def _published(task: str, data: UpstreamData) -> Rows:
    splits = ("train", "dev", "test")
    if task == "ner":
        return {lang: dict(zip(splits, counts)) for lang, counts in facts.MASAKHANER.items()}
    if task == "nli":
        return {lang: dict(zip(splits, facts.XNLI)) for lang in source("xnli").languages}
    if task == "qa":
        return {lang: dict(zip(splits, counts)) for lang, counts in facts.TYDIQA.items()}
    if task == "clir":
        there = dict.fromkeys(source("lareqa").languages, facts.XQUAD_R[0])
        trained = {lang: counts[0] for lang, counts in facts.TYDIQA.items()}
        every = sorted({*there, *trained})
        return {lang: {"train": trained.get(lang, 0), "dev": 0, "test": there.get(lang, 0)} for lang in every}
    if task == "bitext":
        return {lang: {"train": 0, "dev": 0, "test": facts.NTREX} for lang in source("ntrex").languages}
    return {lang: {"train": counts.train, "dev": counts.dev} for lang, counts in _miracl(data).items()}


def _miracl(data: UpstreamData) -> dict[str, facts.Miracl]:
    """MIRACL's counts, its queries at most as many as the config draws."""
    most = data.queries or max(max(counts.train, counts.dev) for counts in facts.MIRACL.values())
    return {
        lang: counts._replace(train=min(most, counts.train), dev=min(most, counts.dev))
        for lang, counts in facts.MIRACL.items()
    }
