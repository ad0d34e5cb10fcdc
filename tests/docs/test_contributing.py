"""What CONTRIBUTING says of the tests is so."""

import re

from tests.docs.markdown import ROOT


def test_every_variable_that_the_tests_read_is_explained() -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    read = {name for text in sources for name in re.findall(r'os\.environ\.get\("(CLAIMS_\w+)"', text)}
    assert read
    explained = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert read == set(re.findall(r"CLAIMS_FUZZ_\w+", explained))
