"""The command line of `semantic-tokens`. Results go to stdout, progress and errors to stderr."""

import argparse
import logging
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from semantic_tokens.errors import InputError
from semantic_tokens.tool import methods, wanted
from semantic_tokens.tool.forms import FORMS

ABOUT = """\
Make a multilingual encoder smaller: tokens of similar meaning share a row of its word embeddings.

  semantic-tokens group intfloat/multilingual-e5-small --ratio 0.05 --out small
  semantic-tokens show small mother
  semantic-tokens compare small --against intfloat/multilingual-e5-small --texts texts.txt
  semantic-tokens export small --form onnx --out small-onnx
"""
GROUP = """\
Group the vocabulary of MODEL and write the smaller model to a new folder.

MODEL is a folder, owner/name of the Hugging Face hub, or one of
  {models}

The folder holds config.json and model.safetensors with a row for each group, the original's tokenizer, and
partition.parquet, the map from token to group. Load it in Python:

  from transformers import AutoModel
  from semantic_tokens.models.export.compact import load_compact

  model, encode = load_compact("small", AutoModel)
  states = model(**encode(["Water is wet."], padding=True)).last_hidden_state
"""
COMPARE = """\
Compare a grouped model with the original on your texts.

  token states    cosine of a token's last hidden states in the two models
  texts           cosine of a text's vectors (the mean over its tokens)
  same neighbour  share of the texts whose nearest other text is the same
  translations    share of the texts whose nearest is the translation

Chance is what unrelated tokens or texts give.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit status: 0, 1 where it failed, 2 for a command line that makes no sense."""
    signal.signal(signal.SIGTERM, _end)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except InputError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        return _failed("interrupted; nothing was written")
    return 0


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="semantic-tokens", description=ABOUT, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, summary: str, about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=about, formatter_class=raw)
        added.set_defaults(run=run)
        return added

    group = command("group", _group, "write a smaller model to a folder", GROUP.format(models=_models()))
    group.add_argument("model", metavar="MODEL")
    amount = group.add_mutually_exclusive_group(required=True)
    amount.add_argument("--ratio", type=float, metavar="R", help="groups as a share of the tokens: 0.05 is a twentieth")
    amount.add_argument("--max-size", type=_size, metavar="SIZE", help="size that the folder may have: 100MB, 0.5GB")
    group.add_argument("--out", required=True, metavar="FOLDER", help="the folder to write; must not exist")
    group.add_argument(
        "--method", choices=methods.names(), default=methods.DEFAULT, help=f"{methods.DEFAULT} if not given"
    )
    group.add_argument("--seed", type=_natural, default=0, metavar="N", help="seed of all draws (0)")
    group.add_argument("--max-iterations", type=_positive, default=100, metavar="N", help="of K-Means (100)")
    group.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to group (auto)")

    show = command("show", _show, "list the tokens that share a group with a word", "List the groups of words.")
    show.add_argument("folder", metavar="FOLDER", help="what `semantic-tokens group` wrote")
    show.add_argument("words", metavar="WORD", nargs="+")
    show.add_argument("--most", type=_positive, default=20, metavar="N", help="members of a group to list (20)")

    compare = command("compare", _compare, "compare the model with the original on your texts", COMPARE)
    compare.add_argument("folder", metavar="FOLDER", help="what `semantic-tokens group` wrote")
    compare.add_argument("--against", required=True, metavar="MODEL", help="the original, named as for `group`")
    compare.add_argument("--texts", type=Path, metavar="FILE", help="a text a line")
    compare.add_argument("--translations", type=Path, metavar="FILE", help="a text, a tab and its translation a line")

    forms = "\n".join(f"  {name:30} {what}" for name, what in FORMS.items())
    about = f"Write a grouped model in the form that another tool reads:\n\n{forms}"
    export = command("export", _export, "write the model for another tool", about)
    export.add_argument("folder", metavar="FOLDER", help="what `semantic-tokens group` wrote")
    export.add_argument("--form", choices=FORMS, required=True, metavar="FORM", help="one of those above")
    export.add_argument("--out", required=True, metavar="FOLDER", help="the folder to write; must not exist")
    return parser


def _group(given: argparse.Namespace) -> None:
    from semantic_tokens.tool.group import group_model

    _without_bars()
    made = group_model(
        given.model,
        given.out,
        ratio=given.ratio,
        max_size=given.max_size,
        method=given.method,
        seed=given.seed,
        max_iterations=given.max_iterations,
        device=given.device,
        say=_say,
    )
    before, after = wanted.as_text(made.size_before), wanted.as_text(made.size)
    print(f"{made.folder}: {made.groups:,} groups of {made.tokens:,} tokens, {after} (before: {before} in float32)")


def _show(given: argparse.Namespace) -> None:
    from semantic_tokens.tool.show import as_text, groups_of_words

    for group in groups_of_words(given.folder, given.words):
        print(as_text(group, given.most))


def _compare(given: argparse.Namespace) -> None:
    from semantic_tokens.tool.lines import read_pairs, read_texts

    if given.texts is None and given.translations is None:
        raise InputError("compare needs texts: give --texts or --translations, or both")
    texts = [] if given.texts is None else read_texts(given.texts)
    pairs = [] if given.translations is None else read_pairs(given.translations)
    from semantic_tokens.tool.compare import as_table, compare_models

    _without_bars()
    print(as_table(compare_models(given.folder, given.against, texts=texts, translations=pairs)))


def _export(given: argparse.Namespace) -> None:
    from semantic_tokens.tool.export import export_folder

    _without_bars()
    made = export_folder(given.folder, given.form, given.out)
    print(f"{made.folder}: {given.form}, {wanted.as_text(made.size)}")


def _size(text: str) -> int:
    try:
        return wanted.parse_size(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _natural(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a whole number from 0 on")
    return int(text)


def _positive(text: str) -> int:
    if not _natural(text):
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a whole number from 1 on")
    return int(text)


def _models() -> str:
    from semantic_tokens.tool.find import known_models

    return ", ".join(known_models())


def _without_bars() -> None:
    """Of loading and writing; K-Means shows its progress."""
    from transformers.utils import logging as of_transformers

    of_transformers.disable_progress_bar()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _failed(message: str) -> int:
    _say(f"semantic-tokens: {message}")
    return 1


def _end(number: int, frame: Any) -> NoReturn:
    """As an exception, so that drafts are removed."""
    sys.exit(128 + number)
