"""What rules read out of letters and papers beside the facts of a claim."""

import datetime as dt

from pydantic import BaseModel, ConfigDict

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


class LetterSigns(_Frozen):
    """What a claimant's texts say beside the facts of the claim."""

    languages: tuple[str, ...] = ()
    """ISO 639-1 codes of the languages that the rules cannot read, each once; empty where all is English."""
    is_withdrawal: bool = False
    """Whether a text takes the claim back."""
    is_question: bool = False
    """Whether the texts only ask and claim nothing."""
    policies: tuple[str, ...] = ()
    """Every policy number that the texts name, each in one spelling."""
    incidents: int = 1
    """How many incidents the texts tell of."""
    vehicles: tuple[Vehicle, ...] = ()
    """The vehicles for which the claim is made; not those of an opponent."""
    was_driven: bool | None = None
    """Whether the claimant's vehicle was driven when it happened; None where the texts do not say."""
    doubts: tuple[str, ...] = ()
    """What an officer should look at, in words for the officer."""

    def __add__(self, other: "LetterSigns") -> "LetterSigns":
        """The signs of both texts together; a question beside a text that claims something is none."""
        return LetterSigns(
            languages=tuple(dict.fromkeys([*self.languages, *other.languages])),
            is_withdrawal=self.is_withdrawal or other.is_withdrawal,
            is_question=self.is_question and other.is_question,
            policies=tuple(dict.fromkeys([*self.policies, *other.policies])),
            incidents=max(self.incidents, other.incidents),
            vehicles=tuple(dict.fromkeys([*self.vehicles, *other.vehicles])),
            was_driven=other.was_driven if self.was_driven is None else self.was_driven,
            doubts=tuple(dict.fromkeys([*self.doubts, *other.doubts, *self._contradiction(other)])),
        )

    def _contradiction(self, other: "LetterSigns") -> list[str]:
        differ = {self.was_driven, other.was_driven} == {True, False}
        return ["the vehicle was driven by one text and stood by another"] if differ else []


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


def _folded(text: str | None) -> str | None:
    return text.casefold() if text else None
