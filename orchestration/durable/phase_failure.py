"""How a failed phase hands its reason to the workflow.

An activity that fails is tried again by the engine only if it raises, and of an exception hosts pass on a
text in which they wrap its message. So the message is JSON, which the workflow finds within that text.
"""

import json

_KEY = "phase_failed"
_BEGINNING = f'{{"{_KEY}": '
_PLAIN = "PhaseFailed: "
"""What stood before the reason in version 1.0, whose histories are still replayed."""


class PhaseFailed(Exception):
    """A phase failed.

    `reason` names the phase and the kind of error, and never says what the claim says.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(json.dumps({_KEY: reason}))
        self.reason = reason


def reason_in(text: str) -> str | None:
    """The reason of the `PhaseFailed` from which a host made `text`.

    None where the activity ended in another way, such as the end of its process.
    """
    beginning = text.find(_BEGINNING)
    if beginning >= 0:
        data, _ = json.JSONDecoder().raw_decode(text, beginning)
        return str(data[_KEY])
    _, plain, reason = text.rpartition(_PLAIN)
    return reason.partition("\n")[0] if plain else None
