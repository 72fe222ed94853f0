"""Numbers that no config holds: published counts, mean lengths of samples, and sizes nobody can know before.

Published ones carry their source. Sampled ones are means of real files under mBERT's vocabulary, or of the embedded
world of config.yaml under its own. Assumed ones say why.
"""

from typing import NamedTuple

from semantic_tokens.tasks import declared

# --- published ---

# MasakhaNER 1.0 (Adelani et al. 2021), sentences: train, dev, test.
MASAKHANER = {
    "am": (1750, 250, 500), "ha": (1912, 276, 552), "ig": (2235, 320, 638), "lg": (1428, 200, 407),
    "luo": (644, 92, 186), "pcm": (2124, 306, 600), "rw": (2116, 302, 605), "sw": (2109, 300, 604),
    "wo": (1871, 267, 539), "yo": (2171, 305, 645),
}  # fmt: skip

# XNLI (Conneau et al. 2018) in each of its languages, pairs: train (translated), dev, test.
XNLI = (392_702, 2_490, 5_010)
XNLI_DOWNLOAD = 963_942_271 / 15  # bytes per language: the card of facebook/xnli gives the sum

# TyDiQA-GoldP 1.1 (Clark et al. 2020), questions: train, dev. They add up to the 49,881 and 5,077 of its files.
TYDIQA = {
    "ar": (14_805, 921), "bn": (2_390, 113), "en": (3_696, 440), "fi": (6_855, 782), "id": (5_702, 565),
    "ko": (1_625, 276), "ru": (6_490, 812), "sw": (2_755, 499), "te": (5_563, 669),
}  # fmt: skip

# XQuAD-R (Roy et al. 2020), in each of its languages: questions, and paragraphs. NTREX-128: sentences.
XQUAD_R = (1_190, 240)
NTREX = 1_997


class Miracl(NamedTuple):
    """MIRACL 1.0 in one language: training and dev queries, passages of the corpus."""

    train: int
    dev: int
    passages: int


# Zhang et al. 2023, and the README of project-miracl/miracl.
MIRACL = {
    "ar": Miracl(3495, 2896, 2_061_414), "bn": Miracl(1631, 411, 297_265), "de": Miracl(0, 305, 15_866_222),
    "en": Miracl(2863, 799, 32_893_221), "es": Miracl(2162, 648, 10_373_953), "fa": Miracl(2107, 632, 2_207_172),
    "fi": Miracl(2897, 1271, 1_883_509), "fr": Miracl(1143, 343, 14_636_953), "hi": Miracl(1169, 350, 506_264),
    "id": Miracl(4071, 960, 1_446_315), "ja": Miracl(3477, 860, 6_953_614), "ko": Miracl(868, 213, 1_486_752),
    "ru": Miracl(4683, 1252, 9_543_918), "sw": Miracl(1901, 482, 131_924), "te": Miracl(3452, 828, 518_079),
    "th": Miracl(2972, 733, 542_166), "yo": Miracl(0, 119, 49_043), "zh": Miracl(1312, 393, 4_934_368),
}  # fmt: skip
MIRACL_JUDGED = 9  # judged passages per query: 469,253 judgements of 53,274 queries (README of project-miracl/miracl)
MIRACL_PASSAGE = (424, 243)  # bytes of text and of download: 13.94 and 8.00 GB for the 32,893,221 English passages
HARD_NEGATIVES = 2_450_000  # passages of MTEB's MIRACLRetrievalHardNegatives, all languages

# Articles of a Wikipedia: the dumps behind MIRACL (same README), German of 2022-03, Vietnamese of 2023-09.
WIKIPEDIA = {
    "ar": 656_982, "bn": 63_762, "de": 2_665_357, "en": 5_758_285, "es": 1_669_181, "fa": 857_827, "fi": 447_815,
    "fr": 2_325_608, "hi": 148_107, "id": 446_330, "ja": 1_133_444, "ko": 437_373, "ru": 1_476_045, "sw": 47_793,
    "te": 66_353, "th": 128_179, "vi": 1_287_269, "zh": 1_246_389,
}  # fmt: skip


class Gpu(NamedTuple):
    """TFLOP/s of dense products in float32 (no tensor cores) and in bf16 (0: it has none); memory in GB and TB/s."""

    float32: float
    bf16: float
    memory: float
    bandwidth: float


# The makers' data sheets, by a part of the name; the first that a name holds counts.
GPUS = {
    "H200": Gpu(67.0, 989, 141, 4.8), "H100 PCIe": Gpu(51.0, 756, 80, 2.0), "H100 NVL": Gpu(60.0, 835, 94, 3.9),
    "H100": Gpu(67.0, 989, 80, 3.35), "A100-SXM4-40GB": Gpu(19.5, 312, 40, 1.56),
    "A100-PCIE-40GB": Gpu(19.5, 312, 40, 1.56), "A100": Gpu(19.5, 312, 80, 2.0), "V100": Gpu(15.7, 0, 16, 0.9),
    "L40S": Gpu(91.6, 362, 48, 0.864), "L4": Gpu(30.3, 121, 24, 0.3), "A10": Gpu(31.2, 125, 24, 0.6),
    "T4": Gpu(8.1, 0, 16, 0.32), "RTX 4090": Gpu(82.6, 165, 24, 1.008), "RTX 3090": Gpu(35.6, 71, 24, 0.936),
}  # fmt: skip
ASSUMED_GPU = "NVIDIA A100"  # also stands for a GPU that is in no table

# --- sampled ---

# Tokens of a text, special ones included, as the tasks declare them: an item of a task, a query, a passage.
_TEXTS = {text: tokens for task in declared().values() for text, tokens in task.texts.items()}
TOKENS = {text: tokens.upstream for text, tokens in _TEXTS.items()}
QA_WINDOWS = declared()["qa"].windows
BYTES_A_TOKEN = 4.6  # UTF-8: 3.1 (Chinese, Swahili) to 6.3 (Hindi), six languages
PAIRS_A_DICTIONARY = 900  # pairs of two single subwords a language pair: 15 dictionaries with English, 38 to 3,562

WORLD_TOKENS = {text: tokens.world for text, tokens in _TEXTS.items()}
WORLD_ARTICLE = 34  # tokens
WORLD_ENTITIES = 1_319  # articles per language about people and places, whatever data.articles is
WORLD_PAIRS = 570  # token pairs per language pair and dictionary of coverage 1

# --- measured by us, on a core of an AMD EPYC ---

# Seconds per token of a partition, or of a vocabulary (list_token_pairs): docs/bench.md, growth, 250,002 tokens.
MEASURED = {
    "inspect_groups": 3.1e-6,  # 0.8 seconds for e5-small's partition and the world's words
    "measure_groups": 5.0e-6, "measure_mixing": 2.6e-6, "measure_information": 1.4e-6, "measure_dictionaries": 0.4e-6,
    "measure_stability": 0.76e-6, "measure_polysemy": 19.5e-6, "list_token_pairs": 13e-6,
    "write_tokens_data": 7.3e-6, "write_groups_data": 13e-6,
}  # fmt: skip
COUNTED = 23e-9  # a token of a cache: 3 ns to count it, 20 to read it at 200 MB/s
CORE_FLOPS = 32e9  # of products, as in roofline.py

# --- assumed ---


OWN_ROWS = {"train": 10_000, "dev": 1_000, "test": 1_000}  # of a language in a data set of the user's own on the hub
OTHER_WIKIPEDIA = 100_000  # articles of a Wikipedia that the table above lacks: among them Turkish and Wolof
ARTICLE = (
    2_000,
    1_100,
)  # bytes of text and of download: 960 to 2,700 and 440 to 1,600 in Persian, Japanese, Vietnamese
TOUCHED = 20_000  # rows of the table that the examples of a task hold, and fine-tuning trains
KMEANS_ITERATIONS = 40  # until no row moves; data decide
DOWNLOADS = {  # bytes, where neither a size nor a count is published
    "miracl": 20e6,  # half a million judgements and queries, one short line each
    "miracl-hard-negatives": HARD_NEGATIVES * 243,
    "msmarco": 1.06e9,
    "muse": 60e6,  # 60 files of about 1 MB
    "panlex": 1.3e9,  # not more than the publisher's dump of all languages
    "concepticon": 60e6,
    "bloom-560m": 1.2e9,
    "qwen2": 1e9,
    "mt5-base": 2.4e9,
}


def gpu(name: str) -> Gpu:
    """The data sheet of a GPU by its name, or of the assumed one."""
    return next((sheet for part, sheet in GPUS.items() if part in name), GPUS["A100"])
