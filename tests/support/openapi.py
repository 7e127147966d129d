"""An OpenAPI file held against a service: every answer's status must be described there, and every member of its JSON. As much of
OpenAPI 3.0 as docs/openapi.yaml speaks; a word that is not known here is an error, not read over.

    api = Api(file, lambda method, path, body: (status, text, headers))
    user = api.ask("POST", "/users/{action}", {"user": "alice"}, action="lock")
    assert api.not_asked() == []
"""
import datetime
import itertools
import json
import re

import yaml

KNOWN = {"type", "properties", "required", "items", "enum", "pattern", "format", "description", "default", "minimum", "maximum", "minItems",
         "maxItems", "additionalProperties", "allOf", "oneOf", "$ref"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}


class Api:
    def __init__(self, file, send):
        self.document = yaml.safe_load(file.read_text())
        self.send = send
        self.seen = {}  # (method, path): statuses

    def resolved(self, node):
        while "$ref" in node:
            found = self.document
            for word in node["$ref"].removeprefix("#/").split("/"):
                found = found[word]
            node = found
        return node

    def operations(self):
        """(method, template, words in the path, operation), one for each word that a path may hold."""
        for template, methods in self.document["paths"].items():
            for method, operation in methods.items():
                parameters = [self.resolved(one) for one in operation.get("parameters", [])]
                in_path = {one["name"]: one["schema"]["enum"] for one in parameters if one["in"] == "path"}
                for words in itertools.product(*in_path.values()):
                    yield method.upper(), template, dict(zip(in_path, words)), operation

    def paths(self):
        return {(method, template.format(**words)) for method, template, words, _ in self.operations()}

    def not_asked(self, *statuses):
        """Operations that were never answered with one of these."""
        return sorted(one for one in self.paths() if not self.seen.get(one, set()) & set(statuses))

    def ask(self, method, template, body=None, query="", status=200, **words):
        """The JSON of an answer of this status. A body of an expected success must itself be as the file says."""
        operation = self.document["paths"][template][method.lower()]
        path = template.format(**words)
        found, text, headers = self.send(method, path + query, None if body is None else json.dumps(body))
        where = f"{method} {path}{query}: {found} {text[:300]}"
        assert found == status, f"expected {status}: {where}"
        self.seen.setdefault((method, path), set()).add(found)
        assert headers.get("Content-Type") == "application/json", f"{where} {headers}"
        answer = json.loads(text)
        mistakes = list(self.mistakes(answer, self.described(operation, found, where)))
        if body is not None and status < 300:
            schema = self.resolved(operation["requestBody"])["content"]["application/json"]["schema"]
            mistakes += [f"in the request: {one}" for one in self.mistakes(body, schema)]
        assert not mistakes, f"{where}\nis not what {method} {template} describes: " + "; ".join(mistakes)
        return answer

    def described(self, operation, status, where):
        responses = operation["responses"]
        response = self.resolved(responses.get(str(status)) or responses["default"])
        told = str(status) in responses or str(status) in re.findall(r"\b\d{3}\b", response["description"])
        assert told, f"this status is not described: {where}"
        return response["content"]["application/json"]["schema"]

    def whole(self, schema):
        """With what allOf puts together."""
        schema = dict(self.resolved(schema))
        assert schema.keys() <= KNOWN, f"what is {schema.keys() - KNOWN}?"
        for part in map(self.whole, schema.pop("allOf", [])):
            schema = {**schema, **part, "properties": {**schema.get("properties", {}), **part.get("properties", {})},
                      "required": schema.get("required", []) + part.get("required", [])}
        return schema

    def mistakes(self, value, schema, where="it"):
        schema = self.whole(schema)
        if "oneOf" in schema:
            ways = [list(self.mistakes(value, one, where)) for one in schema["oneOf"]]
            if ways.count([]) != 1:
                yield f"{where} fits {ways.count([])} of {len(ways)}: {ways}"
            return
        kind = TYPES[schema["type"]]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield f"{where} is no {schema['type']}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where} is {value!r}, none of {schema['enum']}"
        if kind is dict:
            yield from self.mistakes_of_members(value, schema, where)
        elif kind is list:
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                yield f"{where} has {len(value)} items"
            for n, item in enumerate(value):
                yield from self.mistakes(item, schema["items"], f"{where}[{n}]")
        elif kind is int and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{where} is {value}"
        elif kind is str:
            if not re.search(schema.get("pattern", ""), value):
                yield f"{where} is {value!r}"
            if schema.get("format") == "date-time":
                datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")

    def mistakes_of_members(self, value, schema, where):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where} lacks {name}"
        for name, member in value.items():
            if name in schema.get("properties", {}):
                yield from self.mistakes(member, schema["properties"][name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is not described"
