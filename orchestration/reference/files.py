"""Reads the files that the rules need, once at start: reference data, conflicts, requirements, a schema.

`data/README.md` describes the files of `data/`, and docs/guide.md `requirements.yaml`.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from orchestration.reference.in_memory import IndexedReferenceData, ListedConflicts, keys_of_vendor
from orchestration.rules.keys import policy_key
from orchestration.rules.reference import (
    ConflictEntry,
    Coverage,
    Entry,
    PastClaim,
    Policy,
    Vendor,
    WatchListEntry,
)
from orchestration.rules.requirements import Requirements
from shared.errors import SettingsError
from shared.yaml_files import read_yaml

DATA_FOLDER = Path(__file__).resolve().parents[2] / "data"
_RULES = Path(__file__).resolve().parents[1] / "rules"
RULES_FILE = _RULES / "requirements.yaml"


def load_reference_data(folder: Path = DATA_FOLDER) -> IndexedReferenceData:
    """Read and check the five files of `folder`.

    Raises:
        SettingsError: a file cannot be read, or an entry is wrong or contradicts another; the message names
            file, entry and problem.
    """
    policies = _read(folder / "policies.json", Policy, named_by="policy_number")
    coverage = _read(folder / "coverage.json", Coverage)
    past_claims = _read(folder / "claims_history.json", PastClaim, named_by="claim_id")
    vendors = _read(folder / "vendors.json", Vendor, named_by="name")
    watch_list = _read(folder / "watch_list.json", WatchListEntry)

    _refuse_duplicates("policies.json", [[policy_key(p.policy_number)] for p in policies])
    _refuse_duplicates("coverage.json", [[f"{c.line}/{c.tier}/{c.claim_type}"] for c in coverage])
    _refuse_duplicates("claims_history.json", [[c.claim_id] for c in past_claims])
    _refuse_duplicates("vendors.json", [sorted(keys_of_vendor(v)) for v in vendors])
    known = {policy_key(p.policy_number) for p in policies}
    for number, claim in enumerate(past_claims, start=1):
        if policy_key(claim.policy_number) not in known:
            problem = f"policies.json has no policy {claim.policy_number}"
            raise SettingsError(f"claims_history.json, entry {number} ({claim.claim_id}): {problem}")

    return IndexedReferenceData(
        policies=policies,
        coverage=coverage,
        past_claims=past_claims,
        vendors=vendors,
        watch_list=watch_list,
    )


def load_conflicts(folder: Path = DATA_FOLDER) -> ListedConflicts:
    """Read and check `conflicts.json` of `folder`.

    Raises:
        SettingsError: it cannot be read, or an entry is wrong; the message names entry and problem.
    """
    return ListedConflicts(_read(folder / "conflicts.json", ConflictEntry, named_by="officer_id"))


def load_requirements(path: Path = RULES_FILE) -> Requirements:
    """Read and check a file of requirements.

    Raises:
        SettingsError: it is not YAML, or breaks a rule; the message names file, place and problem.
    """
    return read_yaml(path, Requirements.model_validate)


def load_handoff_schema() -> Draft202012Validator:
    """What checks a handoff against handoff.schema.json, formats included."""
    schema = json.loads((_RULES / "handoff.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _read[E: Entry](path: Path, model: type[E], *, named_by: str | None = None) -> list[E]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read in {path.parent}: {error.strerror}") from None
    try:
        return TypeAdapter(list[model]).validate_json(content)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        first = problems[0]
        where = _place(first["loc"], content, named_by)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{path.name}{where}: {problem}{more}") from None


def _place(loc: Sequence[int | str], content: bytes, named_by: str | None) -> str:
    """Where in the file a problem is: `, entry 3 (AUT-204518), effective_to`."""
    if not loc:
        return ""
    index, *field = loc
    entry = json.loads(content)[index]
    name = f" ({entry[named_by]})" if named_by and isinstance(entry, dict) and named_by in entry else ""
    return f", entry {int(index) + 1}{name}" + "".join(f", {part}" for part in field)


def _refuse_duplicates(file: str, keys_of_entries: Iterable[Iterable[str]]) -> None:
    seen: dict[str, int] = {}
    for number, keys in enumerate(keys_of_entries, start=1):
        for key in keys:
            if key in seen:
                raise SettingsError(f"{file}, entry {number}: the same as entry {seen[key]} ({key})")
            seen[key] = number
