"""What rules read out of a document on file, whatever an agent made of it."""

import datetime as dt

from pydantic import BaseModel, ConfigDict

from shared.models.facts import ClaimFacts
from shared.models.fields import Money


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Vehicle(_Frozen):
    """A vehicle as a text names it; what the text does not say is None."""

    year: int | None = None
    make: str | None = None
    model: str | None = None
    plate: str | None = None
    """Registration plate, letters and digits only, in upper case."""
    vin: str | None = None
    """Vehicle identification number, 17 characters (ISO 3779)."""

    def is_other_than(self, other: "Vehicle") -> bool:
        """Whether the two cannot be one vehicle: something that both texts name differs."""
        if self.vin and other.vin:
            return self.vin != other.vin
        if self.plate and other.plate:
            return self.plate != other.plate
        return any(
            one is not None and another is not None and one != another
            for one, another in (
                (_folded(self.make), _folded(other.make)),
                (_folded(self.model), _folded(other.model)),
                (self.year, other.year),
            )
        )

    def is_like(self, other: "Vehicle") -> bool:
        """Whether the two are one vehicle as far as their texts say: something that both name is equal."""
        named = (
            (self.vin, other.vin),
            (self.plate, other.plate),
            (_folded(self.make), _folded(other.make)),
        )
        return not self.is_other_than(other) and any(one and one == another for one, another in named)


class PaperReading(_Frozen):
    """One document as the rules read it. Where a text says nothing of something, it is None or empty."""

    problem: str | None = None
    """Why its text could not be read, or not all of it; None where it was read whole."""
    language: str | None = None
    """ISO 639-1 code of the language it is written in; None where it holds too little text to say."""
    fits_type: bool | None = None
    """Whether its content is that of a document of its type; None where nothing can be said."""
    total: Money | None = None
    """The amount that it comes to: the grand total, not a part of it."""
    adds_up: bool | None = None
    """Whether the parts that it lists come to the total; None where it lists none."""
    currency: str | None = None
    """ISO 4217 code of its amounts; None where it names none."""
    issued_on: dt.date | None = None
    addressee: str | None = None
    """The person for whom it was made: customer, patient, policy holder."""
    policy_numbers: tuple[str, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    addresses: tuple[str, ...] = ()
    """Postal addresses of the insured object or of the person, not of whoever issued it."""
    facts: ClaimFacts = ClaimFacts()
    """What it adds to the claim's facts, each with its quote."""


def _folded(text: str | None) -> str | None:
    return text.casefold() if text else None
