"""Where a letter ends and its signature begins."""

from reading.evidence import one_of
from reading.text import Narrative

CLOSING = one_of(
    r"""
    (?:yours |very |most )*(?:sincerely|faithfully|truly|respectfully|cordially|regards)(?: yours)? | cheers
    yours | (?:best|kind|warm|kindest|warmest)(?: regards| wishes)? | respectfully submitted
    thank you.{0,80} | rgds | thx
    (?:many |with )?thanks?(?: you| so much| again| in advance| for .{1,60}| and .{1,40})* | ty | signed
    signature | with (?:best |kind |warm |many )*(?:regards|gratitude|wishes|thanks|greetings) | warmly
    kindly
    (?:best |kind |warm )?greetings | all the best | love | take care | respectfully | in advance | mfg
    (?:i )?(?:look|am looking|looking) forward to .{1,60} | hoping .{1,60}
    """,
    after=r"\W{0,4}",
)


def before_signature(narrative: Narrative) -> str:
    """The text up to the words with which the letter closes."""
    closing = next((line for line in reversed(narrative.lines) if line and CLOSING.fullmatch(line)), None)
    end = narrative.flow.rfind(closing) if closing else -1
    return narrative.flow[:end] if end >= 0 else narrative.flow
