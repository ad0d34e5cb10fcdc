"""Translates the route templates of Azure Functions for aiohttp's router."""

import re

_PLACEHOLDER = re.compile(
    r"\{(?P<all>\*{0,2})(?P<name>\w+)(?P<constraint>:[^}?=]+)?(?P<optional>\?|=[^}]*)?\}"
)
_PATTERNS = {
    "int": r"-?[0-9]+",
    "long": r"-?[0-9]+",
    "alpha": r"[A-Za-z]+",
    "bool": r"(?i:true|false)",
    "guid": r"[0-9A-Fa-f]{8}(?:-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}",
}


def router_paths(prefix: str, template: str) -> list[str]:
    """The paths to register for a function's route, such as `/api/claims/{claim_id}`.

    There are two of them if the last segment may be missing. A constraint that is not about the characters of
    a segment, such as `range` or `regex`, is not checked.
    """
    path = "/".join(part for part in ("", prefix, template.strip("/")) if part or part == "")
    path = re.sub(r"/{2,}", "/", path)
    last = path.rpartition("/")[2]
    placeholder = _PLACEHOLDER.fullmatch(last)
    paths = [_PLACEHOLDER.sub(_aiohttp_placeholder, path)]
    if placeholder and (placeholder["optional"] or placeholder["all"]):
        paths.append(_PLACEHOLDER.sub(_aiohttp_placeholder, path.removesuffix("/" + last)) or "/")
    return paths


def precedence(path: str) -> list[int]:
    """A sort key: of two paths that both match, the one with the more literal segments comes first."""
    return [_rank(segment) for segment in path.split("/")]


def _rank(segment: str) -> int:
    if "{" not in segment:
        return 0
    if ":.*}" in segment:
        return 3
    return 1 if ":" in segment else 2


def _aiohttp_placeholder(match: re.Match[str]) -> str:
    if match["all"]:
        return f"{{{match['name']}:.*}}"
    pattern = _PATTERNS.get((match["constraint"] or "").lstrip(":"))
    return f"{{{match['name']}:{pattern}}}" if pattern else f"{{{match['name']}}}"
