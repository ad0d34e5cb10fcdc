"""How a failed phase hands its reason to the workflow.

An activity that fails is tried again by the engine only if it raises, and of an exception hosts pass on a
text in which they wrap its message. So the message is JSON, which the workflow finds within that text.
"""

import json

_KEY = "phase_failed"
_BEGINNING = f'{{"{_KEY}": '
_PLAIN = "PhaseFailed: "
"""What stood before the reason in version 1.0, whose histories are still replayed."""


def message_of(reason: str) -> str:
    """The message of the exception by which an activity gives the reason of its failure."""
    return json.dumps({_KEY: reason})


def reason_in(text: str) -> str | None:
    """The reason in the text that a host made of a message by `message_of`.

    None where the activity ended in another way, such as the end of its process.
    """
    beginning = text.find(_BEGINNING)
    if beginning >= 0:
        data, _ = json.JSONDecoder().raw_decode(text, beginning)
        return str(data[_KEY])
    _, plain, reason = text.rpartition(_PLAIN)
    return reason.partition("\n")[0] if plain else None
