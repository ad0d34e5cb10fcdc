"""The OpenAPI document as one page of HTML that asks for nothing else: no script, no font, no other file."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Node = Mapping[str, Any]

METHODS = ("get", "post", "delete")
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin: 2.5rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: 1.2rem; }
h2 code { font-size: 1.1rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
pre { background: var(--soft); padding: .5rem; overflow-x: auto; font-size: .85rem; }
nav li { list-style: none; }
nav ul { padding: 0; }
"""


def docs_page(document: Node) -> str:
    """The page that shows an OpenAPI document."""
    info = document["info"]
    operations = list(_operations(document))
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(info['title'])}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{_text(info['title'])} {_text(info['version'])}</h1><p>{_text(info['description'])}</p>",
            "<nav><ul>",
            *(_entry(*operation) for operation in operations),
            "</ul></nav><main>",
            *(_section(document, *operation) for operation in operations),
            "<h2>Keys and identities</h2>",
            _table(("scheme", "means"), _schemes(document)),
            "<h2>Schemas</h2>",
            *(_schema(name, schema) for name, schema in document["components"]["schemas"].items()),
            "</main></body></html>",
        )
    )


def _operations(document: Node) -> Iterable[tuple[str, str, Node]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                shared = {"parameters": [*item.get("parameters", []), *item[method].get("parameters", [])]}
                yield method.upper(), path, item[method] | shared


def _entry(method: str, path: str, operation: Node) -> str:
    link = f'<a href="#{operation["operationId"]}">{_code(f"{method} {path}")}</a>'
    return f"<li>{link} {_text(operation['summary'])}</li>"


def _section(document: Node, method: str, path: str, operation: Node) -> str:
    parts = [
        f'<h2 id="{operation["operationId"]}"><code>{_text(f"{method} {path}")}</code></h2>',
        f"<p><strong>{_text(operation['summary'])}.</strong> {_text(operation.get('description', ''))}</p>",
    ]
    if operation["parameters"]:
        rows = [
            (_code(p["name"]), _text(p["in"]), _type(p["schema"]), _text(p["description"]))
            for p in operation["parameters"]
        ]
        parts += ["<h3>Parameters</h3>", _table(("name", "in", "type", "means"), rows)]
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<h3>Body: {_code(kind)} {_type(media['schema'])}</h3>")
        parts += [_example(example["value"]) for example in media.get("examples", {}).values()]
    parts.append("<h3>Answers</h3>")
    parts.append(_table(("status", "means", "body"), _answers(document, operation)))
    for response in operation["responses"].values():
        for media in response.get("content", {}).values():
            if "example" in media:
                parts.append(_example(media["example"]))
    return "".join(parts)


def _answers(document: Node, operation: Node) -> Iterable[tuple[str, ...]]:
    for status, response in operation["responses"].items():
        whole = document["components"]["responses"][status] if "$ref" in response else response
        bodies = "<br>".join(
            f"{_code(kind)} {_type(media['schema'])}" for kind, media in whole.get("content", {}).items()
        )
        headers = "".join(
            f"<br>{_code(name)}: {_text(header['description'])}"
            for name, header in whole.get("headers", {}).items()
        )
        yield _code(status), _text(whole["description"]) + headers, bodies


def _schemes(document: Node) -> Iterable[tuple[str, str]]:
    for name, scheme in document["components"]["securitySchemes"].items():
        place = f"{scheme['in']} {scheme['name']}: " if "in" in scheme else ""
        yield _code(name), _text(f"{place}{scheme['description']}")


def _schema(name: str, schema: Node) -> str:
    title = f'<h3 id="schema-{escape(name)}">{_text(name)}</h3><p>{_text(schema.get("description", ""))}</p>'
    required = schema.get("required", ())
    rows = [
        (_code(field), _type(of), "required" if field in required else "")
        for field, of in schema.get("properties", {}).items()
    ]
    return title + (_table(("field", "type", ""), rows) if rows else f"<p>{_type(schema)}</p>")


def _type(schema: Node) -> str:
    """A schema in a few words, with links to the named ones."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f'<a href="#schema-{escape(name)}">{_text(name)}</a>'
    if "enum" in schema:
        return " ".join(_code(value) for value in schema["enum"])
    if "const" in schema:
        return _code(schema["const"])
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(one) for one in alternatives)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    words = [str(schema.get("type", "anything"))]
    words += [f"({schema['format']})"] if "format" in schema else []
    bounds = {"minimum": "from", "maximum": "to", "minLength": "at least", "maxLength": "at most"}
    words += [f"{phrase} {schema[name]}" for name, phrase in bounds.items() if name in schema]
    return _text(" ".join(words))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def row(cells: Iterable[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    return "<table>" + row(heads, "th") + "".join(row(cells, "td") for cells in rows) + "</table>"


def _example(value: object) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return f"<pre>{_text(shown)}</pre>"


def _code(value: object) -> str:
    return f"<code>{_text(value)}</code>"


def _text(value: object) -> str:
    return escape(str(value))
