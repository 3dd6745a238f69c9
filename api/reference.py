"""The checked-in OpenAPI document, and the reference page that is made of it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

DOCUMENT = Path(__file__).parent / "openapi.json"
# In this order on the page.
TAGS = ("organizations", "tickets", "conversation", "actions", "bulk", "alerts", "desk", "reports")


@dataclass(frozen=True)
class FieldRow:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One endpoint as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: list = field(default_factory=list)
    body: list = field(default_factory=list)
    answer: list = field(default_factory=list)


def operations_by_tag():
    """[(tag, its operations)] of the document."""
    document = json.loads(DOCUMENT.read_text("utf-8"))
    schemas = document["components"]["schemas"]
    found = {tag: [] for tag in TAGS}
    for path, operations in document["paths"].items():
        for method, each in operations.items():
            found[each["tags"][0]].append(_operation(path, method, each, schemas))
    return list(found.items())


def _operation(path, method, each, schemas):
    content = each.get("requestBody", {}).get("content", {})
    body = next((part["schema"] for part in content.values()), None)
    answers = [each["responses"].get(status, {}).get("content", {}) for status in ("200", "201")]
    answer = next((part["schema"] for found in answers for part in found.values()), None)
    return Operation(
        id=each["operationId"],
        method=method.upper(),
        path=path,
        summary=each["summary"],
        text=" ".join(each.get("description", "").split()),
        scope=each.get("x-scope", ""),
        parameters=[_parameter(part, schemas) for part in each.get("parameters", [])],
        body=_fields(body, schemas),
        answer=_fields(answer, schemas),
    )


def _parameter(part, schemas):
    kind = f"{part['in']}, {_kind(part['schema'], schemas)}"
    text = part.get("description") or part["schema"].get("description", "")
    return FieldRow(part["name"], kind, part.get("required", False), text)


def _fields(schema, schemas):
    schema = _resolved(schema or {}, schemas)
    required = schema.get("required", ())
    return [
        FieldRow(name, _kind(each, schemas), name in required, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]


def _resolved(schema, schemas):
    if "allOf" in schema:
        schema = schema["allOf"][0]
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _kind(schema, schemas):
    """The kind of a value in a word or two."""
    if "anyOf" in schema:
        return " or ".join(_kind(each, schemas) for each in schema["anyOf"])
    if "$ref" in schema or "allOf" in schema:
        return _resolved(schema, schemas).get("title", "object")
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'], schemas)}"
    return schema.get("format") or schema.get("type", "any")
