"""A table as LaTeX with booktabs: text is escaped, numbers stand as they are, the same cells give the same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NOTHING = "--"
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "–": "--", "−": "$-$", "±": r"$\pm$", "×": r"$\times$",
}  # fmt: skip


class Markup(str):
    """Text that is LaTeX already."""


@dataclass(frozen=True)
class Column:
    """A column: its head, the head that it shares with its neighbours ("" for none), and `l`, `r` or `c`."""

    head: str
    group: str = ""
    side: str = "r"


@dataclass(frozen=True)
class Block:
    """Rows under a line of their own (`title`, "" for none); None is an empty cell's dash."""

    rows: Sequence[Sequence[str | None]]
    title: str = ""


def escape(text: str) -> str:
    """Plain text as LaTeX."""
    return text if isinstance(text, Markup) else "".join(_SPECIAL.get(sign, sign) for sign in text)


def table(columns: Sequence[Column], blocks: Sequence[Block], caption: str, label: str, *, wide: bool = False) -> str:
    """A `table` environment; `wide`: over both columns of a page, shrunk to its width (needs graphicx too).

    Raises ValueError for a row that has not as many cells as there are columns.
    """
    for row in (row for block in blocks for row in block.rows):
        if len(row) != len(columns):
            raise ValueError(f"{label}: {len(row)} cells, but {len(columns)} columns")
    kind = "table*" if wide else "table"
    grid = [
        rf"\begin{{tabular}}{{@{{}}{''.join(column.side for column in columns)}@{{}}}}",
        r"\toprule",
        *_heads(columns),
        *_body(columns, blocks),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    if wide:
        grid = [r"\resizebox{\textwidth}{!}{%", *grid[:-1], grid[-1] + "}"]
    needed = r"\usepackage{booktabs,graphicx}" if wide else r"\usepackage{booktabs}"
    return "\n".join(
        [
            f"% {needed}",
            rf"\begin{{{kind}}}[t]",
            r"\centering",
            r"\small",
            *grid,
            rf"\caption{{{escape(caption)}}}",
            rf"\label{{{label}}}",
            rf"\end{{{kind}}}",
            "",
        ]
    )


def _heads(columns: Sequence[Column]) -> list[str]:
    lines = []
    if any(column.group for column in columns):
        cells, rules, start = [], [], 0
        while start < len(columns):
            group = columns[start].group
            end = start + 1
            while group and end < len(columns) and columns[end].group == group:
                end += 1
            cells.append(rf"\multicolumn{{{end - start}}}{{c}}{{{escape(group)}}}" if group else "")
            if group:
                rules.append(rf"\cmidrule(lr){{{start + 1}-{end}}}")
            start = end
        lines = [_line(cells), " ".join(rules)]
    return [*lines, _line([escape(column.head) for column in columns])]


def _body(columns: Sequence[Column], blocks: Sequence[Block]) -> list[str]:
    lines = []
    for block in blocks:
        lines.append(r"\midrule")
        if block.title:
            lines.append(rf"\multicolumn{{{len(columns)}}}{{@{{}}l}}{{\textit{{{escape(block.title)}}}}} \\")
        lines += [_line([NOTHING if cell is None else escape(cell) for cell in row]) for row in block.rows]
    return lines


def _line(cells: Sequence[str]) -> str:
    return re.sub(r" +", " ", " & ".join(cells) + r" \\")
