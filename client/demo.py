"""The main job on a real claim, from the first letter to the handoff: `./dev demo`.

Exit 0 only if everything that it prints has happened.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from client.cli.progress import shown_progress
from client.errors import ClientError
from client.orchestrator import ClaimsOrchestrator, build_orchestrator
from client.responses import Claim

ROOT = Path(__file__).resolve().parent.parent
LETTER = ROOT / "samples/claims/rear_end_collision.md"
PAPERS = ROOT / "samples/documents/rear_end_collision"
OFFICER = "demo-officer"


class DemoFailed(Exception):
    """Something did not happen that should have."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="data folder (default: .data)")
    arguments = parser.parse_args()
    try:
        asyncio.run(demo(arguments.data))
    except (DemoFailed, ClientError) as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


async def demo(data: Path) -> None:
    """Play the claim's life on the embedded host of `data`.

    Raises:
        DemoFailed: a step did not have the outcome that it should have.
        ClientError: the host did not start or refused something.
    """
    print("1. Starting the app on the embedded host (offline agents, no key, no network) ...")
    async with await build_orchestrator({"session_dir": str(data)}) as orchestrator:
        print(f"2. Submitting {LETTER.relative_to(ROOT)} ...")
        with shown_progress() as watch:
            claim = await orchestrator.process_claim(LETTER, watch=watch)
        _expect(claim, "paused")
        missing = ", ".join(claim.get("missing_documents", []))
        print(f"   Claim {claim['claim_id']} is paused. It waits, at no cost, for: {missing}")

        papers = sorted(PAPERS.iterdir())
        print(f"3. Uploading {', '.join(paper.name for paper in papers)} ...")
        with shown_progress() as watch:
            claim = await orchestrator.continue_claim(claim["claim_id"], papers, watch=watch)
        _expect(claim, "awaiting_decision")
        await _decide(orchestrator, claim)
        _show_handoff(data, claim["claim_id"])


async def _decide(orchestrator: ClaimsOrchestrator, claim: Claim) -> None:
    assessment = claim.get("assessment")
    if assessment is None:
        raise DemoFailed("the claim awaits a decision without an assessment")
    print("   The claim went on where it had stopped; no agent was asked twice.")
    print(
        f"   Risk score {assessment['risk_score']}, recommended payout "
        f"{assessment['recommended_payout']:,.2f} {assessment['currency']}. An officer decides, because: "
        f"{'; '.join(assessment['route_reasons'])}"
    )
    print("4. The officer approves ...")
    decided = await orchestrator.decide(
        claim["claim_id"], "approve", officer_id=OFFICER, rationale="Covered, complete and plausible."
    )
    _expect(decided, "completed")
    if decided.get("outcome") != "approved":
        raise DemoFailed(f"the outcome is {decided.get('outcome')}, not approved")


def _show_handoff(data: Path, claim_id: str) -> None:
    folder = data / "sessions" / claim_id
    payload = json.loads((folder / "handoff.json").read_text(encoding="utf-8"))
    if (payload["claim_id"], payload["outcome"]) != (claim_id, "approved"):
        raise DemoFailed("the handoff payload is not that of the claim")
    print("5. Handed off to the claims system:")
    print(json.dumps(payload, indent=2, ensure_ascii=False))
    print(f"\nThe session's artifacts lie in {folder}:")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            print(f"   {path.relative_to(folder)}  ({path.stat().st_size:,} bytes)")


def _expect(claim: Claim, status: str) -> None:
    if claim["status"] != status:
        raise DemoFailed(f"claim {claim['claim_id']} is {claim['status']}, not {status}")


if __name__ == "__main__":
    sys.exit(main())
