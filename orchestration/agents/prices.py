"""What a model's answers cost, by the price table beside this module and the one of MODEL_PRICES."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shared.settings import Settings
from shared.yaml_files import read_yaml

PRICES_FILE = Path(__file__).with_name("prices.yaml")
_MILLION = Decimal(1_000_000)
_MICRO = Decimal("0.000001")
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")

_Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class Price(BaseModel):
    """What a million tokens cost, in US dollars."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: _Amount
    completion: _Amount


_TABLE = TypeAdapter(dict[str, Price])


class PriceTable:
    """Prices by the names of models, deployments and providers."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self.prices = prices

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The table that comes with the app, with the entries of MODEL_PRICES before it.

        Raises:
            SettingsError: as `load_prices`.
        """
        own = load_prices(Path(settings.model_prices)) if settings.model_prices else {}
        return cls(load_prices(PRICES_FILE) | own)

    def cost(self, names: Iterable[str], prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """What a model's answer costs in US dollars, to the millionth.

        Args:
            names: what the model may stand under in the table, the best first; a date at the end of a name
                is left out.
            prompt_tokens: how many tokens the model read.
            completion_tokens: how many tokens it wrote.

        Returns:
            None where the table holds none of the names.
        """
        short = (_DATE.sub("", name) for name in names)
        price = next((self.prices[name] for name in short if name in self.prices), None)
        if price is None:
            return None
        total = price.prompt * prompt_tokens + price.completion * completion_tokens
        return (total / _MILLION).quantize(_MICRO)


def load_prices(path: Path) -> dict[str, Price]:
    """Read and validate the entries of a price file.

    Raises:
        SettingsError: it cannot be read, or an entry is wrong; names the file and the problem.
    """
    return read_yaml(path, _TABLE.validate_python)
