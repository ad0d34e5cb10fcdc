"""What the fields of several models are made of."""

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


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("expected a number")  # noqa: TRY004 -- pydantic reports ValueError
    return value


Money = Annotated[
    Decimal,
    BeforeValidator(_no_bool),
    Field(ge=0, max_digits=15, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""An amount of money, not negative, to the cent."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
TEXT_CHARACTERS = 200_000
Text = Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)]


class Strict(BaseModel):
    """Input from outside: unknown fields and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
