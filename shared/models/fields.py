"""Field types that several models share."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)


def _is_written_as_number(value: object) -> object:
    """Refuse what Python takes for a number besides: a bool, and a text such as `1_000` or ` 1e3`."""
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        raise ValueError("expected a number")
    return value


Money = Annotated[
    Decimal,
    BeforeValidator(_is_written_as_number),
    Field(ge=0, max_digits=15, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""An amount of money, not negative, to the cent; a number in JSON."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A short text that is not blank."""
TEXT_CHARACTERS = 200_000
"""How long a `Text` may be."""
Text = Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)]
"""A long text, such as a letter."""


class Strict(BaseModel):
    """A model of input from outside: unknown fields and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
