"""The project's Markdown files, as far as tests look into them."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/guide.md"
SESSIONS = ROOT / "docs/session-persistence.md"

_GENERATED = {".venv", "node_modules", ".data", ".pytest_cache", ".git"}
_NO_ANCHOR = re.compile(r"[^\w\- ]")
_CODE = re.compile(r"`([^`]+)`")


def all_pages() -> list[Path]:
    """Every Markdown file of the repository, without what lies in generated folders."""
    return sorted(
        path for path in ROOT.rglob("*.md") if not _GENERATED.intersection(path.relative_to(ROOT).parts)
    )


def links(page: Path) -> list[str]:
    """Where the page's links lead."""
    return [str(token.attrs["href"]) for token in _tokens(page) if token.type == "link_open"]


def anchors(page: Path) -> set[str]:
    """The names under which GitHub makes a page's headings addressable."""
    headings = [
        following.content
        for token, following in itertools.pairwise(_tokens(page))
        if token.type == "heading_open"
    ]
    return {_NO_ANCHOR.sub("", heading.lower()).replace(" ", "-") for heading in headings}


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [token.content for token in _tokens(page) if token.type == "fence" and token.info == language]


def table(page: Path, heading: str, number: int = 1) -> list[list[str]]:
    """The rows of the first table under a heading, or of a later one, without its own heading row."""
    section = re.split(rf"^#+ {re.escape(heading)}$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(section) == 2, f"{page.name} has not exactly one heading '{heading}'"
    tables = re.findall(r"(?:^\|.*\n)+", section[1], flags=re.MULTILINE)
    assert len(tables) >= number, f"there is no table under '{heading}'"
    _, _, *lines = tables[number - 1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def named(page: Path) -> set[str]:
    """Everything on a page that stands in backquotes."""
    return {token.content for token in _tokens(page) if token.type == "code_inline"}


def code(cell: str) -> list[str]:
    """What stands in backquotes in a cell of a table."""
    return _CODE.findall(cell)


def _tokens(page: Path) -> Iterator[Token]:
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or []
