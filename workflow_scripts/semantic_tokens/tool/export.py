"""`semantic-tokens export`: a grouped model in the form that another tool reads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.export.folder import write_model, write_tokenizer
from semantic_tokens.models.export.onnx import require_exporter, write_onnx
from semantic_tokens.models.export.sentence_transformers import look_groups_up, write_modules
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.tool import card
from semantic_tokens.tool.forms import FORMS
from semantic_tokens.tool.made import BEHIND
from semantic_tokens.tool.opened import Opened, open_folder
from semantic_tokens.tool.publish import published_folder, size_of


@dataclass(frozen=True)
class Exported:
    """The folder that was written, and its bytes."""

    folder: Path
    size: int


def export_folder(folder: str | Path, form: str, out: str | Path) -> Exported:
    """Write the grouped model in `folder` to the new folder `out`, in one of `tool.forms.FORMS`.

    Nothing is left of `out` where this fails. InputError: no such form, a form that this model cannot have, a package
    that is not installed, a folder that exists.
    """
    if form not in FORMS:
        raise InputError(f"form {form!r}; allowed: {', '.join(FORMS)}")
    if form == "onnx":
        require_exporter()
    opened = open_folder(folder)
    with published_folder(Path(out)) as draft:
        model = _WRITERS.get(form, _as_transformers_reads_it)(opened, form, draft)
        if opened.made is not None:
            opened.made.save(draft)
        text = card.render(form, opened.made, opened.partition, model)
        (draft / "README.md").write_text(text, encoding="utf-8")
        size = size_of(draft)
    return Exported(Path(out), size)


def _as_transformers_reads_it(opened: Opened, form: str, draft: Path) -> PreTrainedModel:
    _tokenizer(opened, form, draft)
    write_model(form, opened.folder, opened.partition, draft)
    opened.partition.save(draft / "partition.parquet")
    return checkpoint.load_padded(draft)


def _onnx(opened: Opened, form: str, draft: Path) -> PreTrainedModel:
    model = checkpoint.load_for_task(opened.folder, "encoder", 0).eval()
    write_onnx(model, opened.partition, draft / "model.onnx")
    _tokenizer(opened, "compact", draft)
    return model


def _sentence_transformers(opened: Opened, form: str, draft: Path) -> PreTrainedModel:
    grouped = form.endswith("compact")
    write_model("compact" if grouped else "expanded", opened.folder, opened.partition, draft)
    _tokenizer(opened, "compact", draft)
    model = checkpoint.load_padded(draft)
    kept = opened.folder / BEHIND
    write_modules(draft, word_embeddings(model).embedding_dim, kept if kept.is_dir() else None)
    if grouped:
        look_groups_up(draft, opened.partition)
    return model


def _tokenizer(opened: Opened, form: str, draft: Path) -> None:
    tokenizer, settings = (opened.folder / name for name in ("tokenizer.json", "tokenizer_config.json"))
    write_tokenizer(form, tokenizer, settings, opened.partition, draft)


_WRITERS: dict[str, Callable[[Opened, str, Path], PreTrainedModel]] = {
    "onnx": _onnx,
    "sentence-transformers": _sentence_transformers,
    "sentence-transformers-compact": _sentence_transformers,
}
