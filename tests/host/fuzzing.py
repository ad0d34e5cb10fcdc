"""What the tests share that make requests of the OpenAPI document.

CLAIMS_FUZZ_SEED lets them roam: the same seed makes the same requests, another one makes others.
"""

import os
from typing import Any, cast

from schemathesis.core.parameters import ParameterLocation

from triggers.http.route_table import EMAIL, MARKDOWN, PLAIN

SEED = int(os.environ.get("CLAIMS_FUZZ_SEED", "1"))


def may_be_taken(case: Any) -> bool:
    """Whether the app may accept a request whose body violates the schema.

    Whatever a text says is a claim's text; and white space around a field counts for nothing, of its length
    too.
    """
    body = case.meta.components.get(ParameterLocation.BODY)
    if body is None or not body.mode.is_negative:
        return False
    return case.media_type in {MARKDOWN, PLAIN, EMAIL} or _has_blank_edges(case.body)


def _has_blank_edges(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_blank_edges(inner) for inner in cast(dict[str, object], value).values())
    if isinstance(value, list):
        return any(_has_blank_edges(inner) for inner in cast(list[object], value))
    return isinstance(value, str) and value != value.strip()
