#!/usr/bin/env python3
"""Loads docs/openapi.yaml as tools for OpenAPI do: no anchors, aliases or merge keys, no key without a value (half a
sentence behind a comma), every $ref leads somewhere, every operation has answers, and every parameter in a path is declared. Prints what is wrong and exits with 1."""
import re
import sys
from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parent.parent / "docs/openapi.yaml"


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def without_value(node):
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if value is None:
            yield key
        yield from without_value(value)


def target(document, reference):
    node = document
    for word in reference.removeprefix("#/").split("/"):
        node = node.get(word) if isinstance(node, dict) else None
    return node


def main():
    text, wrong = FILE.read_text(), []
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "value", None) == "<<":
            wrong.append(f"line {event.start_mark.line + 1}: an anchor, an alias or a merge key")
    document = yaml.safe_load(text)
    if not re.fullmatch(r"3\.\d+\.\d+", document.get("openapi", "")) or not {"title", "version"} <= document["info"].keys():
        wrong.append("openapi, info.title or info.version is missing")
    wrong += [f"{reference} leads nowhere" for reference in references(document) if target(document, reference) is None]
    wrong += [f"'{key}' has no value" for key in without_value(document)]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            declared = {one["name"] for one in operation.get("parameters", []) if one.get("in") == "path"}
            if set(re.findall(r"{(\w+)}", path)) != declared or not operation.get("responses"):
                wrong.append(f"{method} {path}: its parameters in the path or its answers are missing")
    print("\n".join(wrong) or f"{len(document['paths'])} paths stand in {FILE.name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
