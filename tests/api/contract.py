"""Answers compared with the contract, more strictly than it says: nothing undeclared is in them."""

import json
import re
from functools import cache

from jsonschema_rs import Draft202012Validator

from api.reference import DOCUMENT


def check(method, path, response):
    """That the contract declares this answer of the API, field by field."""
    if response.status_code >= 300 or path == "/openapi.json" or method == "HEAD":
        return
    for pattern, answers in _operations(method):
        if pattern.fullmatch(path.partition("?")[0]):
            assert response.status_code in answers, (path, response.status_code)
            if validator := answers[response.status_code]:
                validator.validate(json.loads(response.content))
            return
    raise AssertionError(f"{method} {path} is not in the contract")


@cache
def _operations(method):
    document = json.loads(DOCUMENT.read_text("utf-8"))
    components = _closed(document["components"])
    found = []
    for path, operations in document["paths"].items():
        if operation := operations.get(method.lower()):
            pattern = re.sub(r"\{\w+\}", "[^/]+", path.removeprefix("/api/v1"))
            # Some senders leave the last stroke of an address out.
            pattern = pattern.rstrip("/") + "/?"
            found.append((re.compile(pattern), _answers(operation, components)))
    return found


def _answers(operation, components):
    found = {}
    for status, answer in operation["responses"].items():
        if status != "default":
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            whole = schema and schema | {"components": components}
            found[int(status)] = Draft202012Validator(whole) if whole else None
    return found


def _closed(schema):
    """The schema, in which no object has further fields."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in schema.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed["additionalProperties"] = False
    return closed
