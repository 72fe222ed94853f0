"""What pydantic finds wrong with a config, in our words."""

import difflib
from typing import Any

from semantic_tokens.config.models import Config
from semantic_tokens.config.problems import ABSENT, KeyPath, Problem

_RULES = {
    "missing": "is missing",
    "int_type": "must be an integer",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "invalid_key": "a key must be text",
    "greater_than": "must be greater than {gt:.12g}",
    "greater_than_equal": "must be at least {ge:.12g}",
    "less_than": "must be less than {lt:.12g}",
    "less_than_equal": "must be at most {le:.12g}",
    "literal_error": "must be {expected}",
    "too_short": "must have at least {min_length} entries, but has {actual_length}",
    "union_tag_invalid": "must be {expected_tags}",
    "string_pattern_mismatch": "must match {pattern}",
    "value_error": "{error}",
}

_OF_TEXT = ("string_type", "literal_error", "string_pattern_mismatch")  # where the code of Norwegian may be meant


def problem(detail: Any) -> Problem:
    """One pydantic error in our words."""
    path, kind, value = _without_kinds(detail["loc"]), detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return path, ABSENT, _unknown_key(detail["loc"])
    if kind == "union_tag_invalid":
        path, value = (*path, "kind"), detail["ctx"]["tag"]
    if kind == "union_tag_not_found":
        path, kind = (*path, "kind"), "missing"
    rule = _RULES[kind].format(**detail.get("ctx", {})) if kind in _RULES else detail["msg"]
    if isinstance(value, bool) and kind in _OF_TEXT:
        rule += "; YAML reads no, yes, on and off as true or false: quote it, as in 'no'"
    if path and path[-1] == "[key]":
        return path[:-2], ABSENT, f"the name {value!r} {rule}"
    return path, ABSENT if kind == "missing" else value, rule


def _without_kinds(path: KeyPath) -> KeyPath:
    """The path without the kinds of sections, which pydantic puts behind the key of a section that has several."""
    chosen = {"data": 1, "backbones": 2}.get(str(path[0]), 0) if path else 0
    has_kind = 0 < chosen < len(path) and path[chosen] in ("world", "upstream", "scratch", "hub")
    return path[:chosen] + path[chosen + 1 :] if has_kind else path


def _unknown_key(path: KeyPath) -> str:
    allowed = _keys(path[:-1])
    close = difflib.get_close_matches(str(path[-1]), allowed, n=2)
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    return f"unknown key; {meant}allowed: {', '.join(allowed)}"


def _keys(path: KeyPath) -> list[str]:
    """The keys that the schema allows in the section at `path`."""
    schema = Config.model_json_schema()
    node = schema
    for part in path:
        if "oneOf" in node:
            node = {"$ref": node["discriminator"]["mapping"][part]}
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
            continue
        known = node.get("properties") or node.get("patternProperties") or {"": node["additionalProperties"]}
        node = known.get(part) or next(iter(known.values()))
        node = node.get("anyOf", [node])[0]  # a section that may be absent
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return list(node["properties"])
