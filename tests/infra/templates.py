"""The Bicep files, parsed: what the tests of infra/ look at."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pycep import BicepParser

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
MODULES = sorted((INFRA / "modules").glob("*.bicep"))
Json = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """One `resource` of a file; `config` is its body, without the loop or condition around it."""

    file: str
    symbol: str
    type: str
    api_version: str
    existing: bool
    config: Json
    over: Any
    """What it is repeated over; None for a single one."""


@lru_cache
def template(path: Path) -> Json:
    """
    Raises:
        lark.exceptions.LarkError: the file is no Bicep that the parser knows.
    """
    return cast(Json, BicepParser().parse(text=path.read_text("utf-8")))


def main() -> Json:
    return template(INFRA / "main.bicep")


def module(name: str) -> Json:
    return template(INFRA / "modules" / f"{name}.bicep")


def resources(path: Path) -> list[Resource]:
    found: list[Resource] = []
    for symbol, resource in cast(Json, template(path).get("resources", {})).items():
        config, over = _body(resource["config"])
        found.append(
            Resource(
                path.stem,
                symbol,
                resource["type"],
                resource["api_version"],
                resource["existing"],
                config,
                over,
            )
        )
    return found


def all_resources() -> list[Resource]:
    """Those that the templates make, without those that they only refer to."""
    return [resource for path in FILES for resource in resources(path) if not resource.existing]


def resource(file: str, type_: str) -> Resource:
    """The one resource of a type that a module makes."""
    (found,) = [
        r for r in resources(INFRA / "modules" / f"{file}.bicep") if r.type == type_ and not r.existing
    ]
    return found


def variables(parsed: Json) -> Json:
    return {name: variable["value"] for name, variable in cast(Json, parsed.get("variables", {})).items()}


def module_calls() -> dict[str, tuple[Path, Json]]:
    """Of main.bicep: the file of each module and the parameters that it is given."""
    calls: dict[str, tuple[Path, Json]] = {}
    for name, call in cast(Json, main()["modules"]).items():
        config, _ = _body(call["config"])
        calls[name] = (INFRA / call["detail"]["path"], config["params"])
    return calls


def objects_in(value: object) -> Iterator[Json]:
    """Every object literal in an expression, outermost first; those of the parser's own making left out."""
    if isinstance(value, Mapping):
        node = cast(Json, value)
        if (operands := _operands(node)) is not None:
            yield from objects_in(operands)
        else:
            yield node
            for part in node.values():
                yield from objects_in(part)
    elif isinstance(value, list):
        for part in cast(list[object], value):
            yield from objects_in(part)


def either(value: object) -> tuple[str, Any, Any]:
    """A conditional as its condition and both its values."""
    operands = cast(Json, value)["operator"]["operands"]
    return operands["condition"], operands["true_value"], operands["false_value"]


def outputs_used(value: object) -> Iterator[tuple[str, str]]:
    """The (module, output) pairs that an expression reads."""
    if isinstance(value, Mapping):
        node = cast(Json, value)
        operator = node.get("operator")
        if isinstance(operator, dict) and cast(Json, operator)["type"] == "property_accessor":
            operands = cast(Json, operator)["operands"]
            second = operands["operand_2"]
            if isinstance(second, dict):
                inner = cast(Json, second).get("operator", {}).get("operands", {})
                if inner.get("operand_1") == "outputs":
                    yield operands["operand_1"], inner["operand_2"]
                    return
        for part in node.values():
            yield from outputs_used(part)
    elif isinstance(value, list):
        for part in cast(list[object], value):
            yield from outputs_used(part)
    elif isinstance(value, str):
        yield from re.findall(r"\$\{(\w+)\.outputs\.(\w+)", value)


def _body(config: Json) -> tuple[Json, Any]:
    over = None
    while "config" in config:
        if "loop_type" in config:
            over = config["loop_type"]["detail"]["array_name"]
        config = config["config"]
    return config, over


def _operands(node: Json) -> list[Any] | None:
    """What an operator or a function is applied to; None for an object literal."""
    for kind, parts in (("operator", "operands"), ("function", "parameters")):
        if isinstance(node.get(kind), dict) and "type" in node[kind]:
            return list(node[kind].get(parts, {}).values())
    return None
