"""`./dev eval [--model …]`: reads the labelled sets with the agents of a model, and reports how well.

Exit 1 if the offline agents miss a target on the part that was set aside.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import get_args

from evaluation.labelled import PARTS, LabelledClaim, Part, labelled_claims, labelled_documents
from evaluation.report import Evaluation, PartResult, as_json, as_markdown
from evaluation.running import Outcome, expected, run_claim
from orchestration.bootstrap import App, bootstrap
from shared.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
AT_A_TIME = 8
MODELS: tuple[str, ...] = get_args(Settings.model_fields["agent_model"].annotation)


async def evaluate(app: App) -> Evaluation:
    """Read and decide every labelled claim, and classify every labelled document."""
    try:
        return Evaluation(app.settings.agent_model, {part: await _part(part, app) for part in PARTS})
    finally:
        await app.store.close()


async def _part(part: Part, app: App) -> PartResult:
    claims = labelled_claims(part)
    gate = asyncio.Semaphore(AT_A_TIME)
    pairs = await asyncio.gather(*(_pair(claim, app, gate) for claim in claims))
    documents = labelled_documents(part)
    return PartResult(
        claims=[claim.id for claim in claims],
        pairs=list(pairs),
        documents=[
            (d.name, app.rulebook.classifier.classify(d.name, d.text).type, d.type) for d in documents
        ],
    )


async def _pair(claim: LabelledClaim, app: App, gate: asyncio.Semaphore) -> tuple[Outcome, Outcome]:
    async with gate:
        read = await run_claim(claim, app.services, app.phases())
        return read, await expected(claim, app.services, app.phases())


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev eval", description=__doc__)
    parser.add_argument("--model", choices=MODELS, default="offline", help="as AGENT_MODEL")
    parser.add_argument("--misses", action="store_true", help="show what was misread in the part for rules")
    parser.add_argument("--output", type=Path, default=DOCS, help="folder of the report")
    options = parser.parse_args()
    app = bootstrap({**os.environ, "AGENT_MODEL": options.model, "SessionStorage__path": ":memory:"})
    result = asyncio.run(evaluate(app))
    name = "evaluation" if options.model == "offline" else f"evaluation-{options.model}"
    report = as_markdown(result)
    (options.output / f"{name}.md").write_text(report, encoding="utf-8")
    (options.output / f"{name}.json").write_text(as_json(result), encoding="utf-8")
    print(report)
    if options.misses:
        print(*result.parts["rules"].misses(), sep="\n")
    return 1 if options.model == "offline" and result.missed_targets() else 0


if __name__ == "__main__":
    sys.exit(main())
