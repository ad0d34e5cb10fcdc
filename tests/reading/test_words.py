"""The word files as they are shipped, and that a claims team can add to them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import reading
from reading.matching.word_files import FOLDER

PACKAGE = Path(reading.__file__).parent
REPOSITORY = PACKAGE.parent
FILES = {file.stem: file.read_text("utf-8") for file in FOLDER.glob("*.yaml")}


def test_every_file_has_a_reader_and_every_reader_a_file() -> None:
    sources = "".join(file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))

    loaded = set(re.findall(r'load\("(\w+)"', sources))

    assert loaded | {"lists", "document_types"} == FILES.keys()


def test_every_list_is_used() -> None:
    shared = set(re.findall(r"^  (\w+):", FILES["lists"], re.MULTILINE))
    everywhere = "".join(FILES.values())
    for text in FILES.values():
        own = re.search(r"^lists:\n((?: .*\n|\n)+)", text, re.MULTILINE)
        lists = set(re.findall(r"^  (\w+):", own[1], re.MULTILINE)) if own else set[str]()
        used = everywhere if lists == shared else text
        assert [name for name in lists if f"{{{name}}}" not in used] == []


READ = """
import datetime as dt, reading, sys
facts = reading.read_narrative(sys.argv[1], sent_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
print(reading.__file__, facts.claim_type, facts.injuries)
"""


def test_a_claims_team_teaches_a_word_by_adding_it_to_a_file(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "reading")

    def read(text: str) -> list[str]:
        result = subprocess.run(
            [sys.executable, "-c", READ, text],
            cwd=tmp_path,
            env={"PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=True,
        )
        module, *facts = result.stdout.split()
        assert Path(module).parent == tmp_path / "reading"
        return facts

    def teach(file: str, beside: str, word: str) -> None:
        path = tmp_path / "reading" / "words" / f"{file}.yaml"
        text = path.read_text("utf-8")
        assert beside in text
        path.write_text(text.replace(beside, f"{beside}, {word}", 1), "utf-8")

    assert read("A meteorite came down on the house. I was zapped.") == ["other", "None"]

    teach("perils", "chimney pot", "meteorites?")
    teach("signals", "whiplash", "zapped")

    assert read("A meteorite came down on the house. I was zapped.") == ["home_storm", "True"]
