"""How damage is described without quoting it."""

from pydantic import ValidationError


def faults(error: ValidationError) -> str:
    """Where and why, without the values: they may be personal data."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"{'.'.join(map(str, detail['loc'])) or 'content'}: {detail['msg']}" for detail in details
    )
