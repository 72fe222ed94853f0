"""The project's language codes, and what upstream calls the same languages.

A code is ISO 639-1 where the language has one, otherwise ISO 639-3 (luo, pcm), as the paper writes them.
"""

from semantic_tokens.errors import InputError

# code -> (English name in lower case, ISO 639-3 codes that upstream sources use for it)
LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "af": ("afrikaans", ("afr",)),
    "am": ("amharic", ("amh",)),
    "ar": ("arabic", ("arb", "ara")),
    "bg": ("bulgarian", ("bul",)),
    "bn": ("bengali", ("ben",)),
    "bs": ("bosnian", ("bos",)),
    "ca": ("catalan", ("cat",)),
    "cs": ("czech", ("ces",)),
    "da": ("danish", ("dan",)),
    "de": ("german", ("deu",)),
    "el": ("greek", ("ell",)),
    "en": ("english", ("eng",)),
    "es": ("spanish", ("spa",)),
    "et": ("estonian", ("est",)),
    "fa": ("persian", ("pes", "fas")),
    "fi": ("finnish", ("fin",)),
    "fr": ("french", ("fra",)),
    "ha": ("hausa", ("hau",)),
    "he": ("hebrew", ("heb",)),
    "hi": ("hindi", ("hin",)),
    "hr": ("croatian", ("hrv",)),
    "hu": ("hungarian", ("hun",)),
    "id": ("indonesian", ("ind",)),
    "ig": ("igbo", ("ibo",)),
    "it": ("italian", ("ita",)),
    "ja": ("japanese", ("jpn",)),
    "ko": ("korean", ("kor",)),
    "lg": ("ganda", ("lug",)),
    "lt": ("lithuanian", ("lit",)),
    "luo": ("luo", ("luo",)),
    "lv": ("latvian", ("lvs", "lav")),
    "mk": ("macedonian", ("mkd",)),
    "ms": ("malay", ("zsm", "msa")),
    "nl": ("dutch", ("nld",)),
    "no": ("norwegian", ("nob", "nor")),
    "pcm": ("nigerian pidgin", ("pcm",)),
    "pl": ("polish", ("pol",)),
    "pt": ("portuguese", ("por",)),
    "ro": ("romanian", ("ron",)),
    "ru": ("russian", ("rus",)),
    "rw": ("kinyarwanda", ("kin",)),
    "sk": ("slovak", ("slk",)),
    "sl": ("slovenian", ("slv",)),
    "sq": ("albanian", ("als", "sqi")),
    "sv": ("swedish", ("swe",)),
    "sw": ("swahili", ("swh", "swa")),
    "ta": ("tamil", ("tam",)),
    "te": ("telugu", ("tel",)),
    "th": ("thai", ("tha",)),
    "tl": ("tagalog", ("tgl",)),
    "tr": ("turkish", ("tur",)),
    "uk": ("ukrainian", ("ukr",)),
    "ur": ("urdu", ("urd",)),
    "vi": ("vietnamese", ("vie",)),
    "wo": ("wolof", ("wol",)),
    "yo": ("yoruba", ("yor",)),
    "zh": ("chinese", ("cmn", "zho")),
}
_BY_ISO3 = {iso3: code for code, (_, codes) in LANGUAGES.items() for iso3 in codes}
_BY_NAME = {name: code for code, (name, _) in LANGUAGES.items()}


def from_iso3(iso3: str) -> str | None:
    """The code of an ISO 639-3 code, None if the project does not know the language."""
    return _BY_ISO3.get(iso3)


def from_name(name: str) -> str | None:
    """The code of an English name in any case, None if the project does not know the language."""
    return _BY_NAME.get(name.lower())


def known(code: str, where: str) -> str:
    """The code itself. Raises InputError beginning with `where` (file, or file and line) for an unknown one."""
    if code not in LANGUAGES:
        raise InputError(f"{where}: unknown language code {code!r}; known: {' '.join(LANGUAGES)}")
    return code
