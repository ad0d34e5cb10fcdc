"""`./dev eval`: reads labelled claims with the agents of a model, and reports how well.

Without a file: the labelled sets of this folder; writes docs/evaluation.md and docs/evaluation.json, and
ends with 1 if the offline agents miss a target on the part that was set aside.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from evaluation.corrections import as_yaml, corrected_claims
from evaluation.labelled import (
    FOLDER,
    PARTS,
    LabelledClaim,
    LabelledDocument,
    claims_in,
    labelled_claims,
    labelled_documents,
)
from evaluation.payouts import payout_cases, run_case
from evaluation.report import Evaluation, PartResult, as_json, as_markdown
from evaluation.running import expected, read_by, refused, run_claim
from evaluation.scoring import TARGETS_OF_FILES, Judged
from evaluation.ways import ways
from orchestration.bootstrap import App, bootstrap
from shared.errors import ClaimsError
from shared.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
UNSEEN = FOLDER / "unseen"
"""Claims and payouts that nobody who writes rules has seen."""
AT_A_TIME = 8
MODELS: tuple[str, ...] = get_args(Settings.model_fields["agent_model"].annotation)


async def evaluate(app: App) -> Evaluation:
    """Read and decide every labelled claim of this folder, and classify every labelled document."""
    parts = {part: await read_part(app, labelled_claims(part), labelled_documents(part)) for part in PARTS}
    return Evaluation(app.settings.agent_model, parts)


async def evaluate_files(
    app: App, environment: Mapping[str, str], claims: Sequence[Path] = (), payouts: Sequence[Path] = ()
) -> Evaluation:
    """Read and decide the labelled claims of these files, and work the cases of payouts of these.

    Raises:
        ValidationError: a file is not of its format.
    """
    parts = {path.stem: await read_part(app, claims_in(path)) for path in claims}
    cases = [case for path in payouts for case in payout_cases(path)]
    results = [await run_case(case, environment, app.rulebook) for case in cases]
    return Evaluation(app.settings.agent_model, parts, results, TARGETS_OF_FILES)


async def read_part(
    app: App, claims: Sequence[LabelledClaim], documents: Sequence[LabelledDocument] = ()
) -> PartResult:
    """What is read of these claims and documents."""
    gate = asyncio.Semaphore(AT_A_TIME)
    pairs = await asyncio.gather(*(_judged(claim, app, gate) for claim in claims))
    by_way: dict[str, list[Judged]] = {}
    for _, others in pairs:
        for way, one in others.items():
            by_way.setdefault(way, []).append(one)
    classify = app.rulebook.classifier.classify
    found = [(one.name, classify(one.name, one.text).type, one.type) for one in documents]
    return PartResult([judged for judged, _ in pairs], found, by_way)


async def _judged(
    claim: LabelledClaim, app: App, gate: asyncio.Semaphore
) -> tuple[Judged, dict[str, Judged]]:
    """The claim as it was read, and as it was read on each way."""
    async with gate:
        phases = app.phases()
        try:
            labelled = await expected(claim, app.services, phases)
            read = await run_claim(claim, app.services, phases)
        except ClaimsError:
            read, labelled = refused(claim)
            return Judged(claim.id, read, labelled, claim.is_english), {}
        measured = frozenset(claim.corrected) if claim.corrected else None
        judged = Judged(claim.id, read, labelled, claim.is_english, measured)
        others = {
            way: replace(judged, read=await read_by(claim, letter, app.services, phases))
            for way, letter in ways(claim).items()
        }
        return judged, others


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    environment = {**os.environ, "AGENT_MODEL": options.model, "SessionStorage__path": ":memory:"}
    if options.from_corrections:
        if not options.from_corrections.is_dir():
            parser.error(f"{options.from_corrections} is no data folder")
        print(asyncio.run(_exported({**environment, "SessionStorage__path": str(options.from_corrections)})))
        return 0
    claims, payouts = list(options.claims), list(options.payouts)
    if options.unseen:
        claims, payouts = [*claims, UNSEEN / "claims.yaml"], [*payouts, UNSEEN / "payout.yaml"]
    if lacking := [str(path) for path in [*claims, *payouts] if not path.is_file()]:
        parser.error(f"there is no file {lacking[0]}")
    result = asyncio.run(_evaluated(environment, claims, payouts))
    own = not claims and not payouts
    if own:
        name = "evaluation" if options.model == "offline" else f"evaluation-{options.model}"
        (options.output / f"{name}.md").write_text(as_markdown(result), encoding="utf-8")
        (options.output / f"{name}.json").write_text(as_json(result), encoding="utf-8")
    print((as_json if options.json else as_markdown)(result), end="")
    if options.misses:
        shown = [part for name, part in result.parts.items() if name != "aside"]
        print(*(miss for part in shown for miss in part.misses()), sep="\n", file=sys.stderr)
    return 1 if own and options.model == "offline" and result.missed_targets() else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev eval", description=__doc__)
    parser.add_argument("--model", choices=MODELS, default="offline", help="as AGENT_MODEL")
    parser.add_argument(
        "--claims",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="measure the labelled claims of this file instead",
    )
    parser.add_argument(
        "--payouts",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="work the cases of payouts of this file instead",
    )
    parser.add_argument(
        "--unseen", action="store_true", help="measure what is kept aside in evaluation/unseen instead"
    )
    parser.add_argument(
        "--from-corrections",
        metavar="DIR",
        type=Path,
        help="print what officers corrected in a data folder as a file of labelled claims",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--misses",
        action="store_true",
        help="show on stderr what was misread, but in the part that was set aside",
    )
    parser.add_argument("--output", metavar="DIR", type=Path, default=DOCS, help="folder of the report")
    return parser


async def _evaluated(
    environment: Mapping[str, str], claims: Sequence[Path], payouts: Sequence[Path]
) -> Evaluation:
    app = bootstrap(environment)
    try:
        return await (
            evaluate_files(app, environment, claims, payouts) if claims or payouts else evaluate(app)
        )
    finally:
        await app.store.close()


async def _exported(environment: Mapping[str, str]) -> str:
    """The corrected claims of the data folder that the environment names, as a file."""
    store = bootstrap(environment).store
    try:
        return as_yaml(await corrected_claims(store))
    finally:
        await store.close()


if __name__ == "__main__":
    sys.exit(main())
