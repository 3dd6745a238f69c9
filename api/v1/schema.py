"""The OpenAPI document of the first version, as it is checked in."""

import json

from . import outputs
from .urls import api

PREFIX = "/api/v1/"
PROBLEM = {
    "description": "A problem, RFC 9457; its `code` is stable.",
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    },
}


def header(name, description):
    return {
        "in": "header",
        "name": name,
        "schema": {"type": "string", "maxLength": 200},
        "required": False,
        "description": description,
    }


IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "The same request again gets the first answer; another one with the same key gets 409.",
)
IF_MATCH = header("If-Match", "The `ETag` of the ticket that was read; 412 if it has changed.")


def openapi_text():
    """The document as text, the same each time."""
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    document["components"]["schemas"]["Problem"] = outputs.Problem.model_json_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["responses"]["default"] = PROBLEM
            for content in operation.get("requestBody", {}).get("content", {}).values():
                # A body that may be left out says so; generators stumble over an empty object.
                content["schema"].pop("default", None)
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
                if "{number}" in path:
                    operation["parameters"].append(IF_MATCH)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
