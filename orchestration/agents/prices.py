"""What a model's answers cost, by the price table beside this module and the one of MODEL_PRICES."""

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.errors import SettingsError
from shared.settings import settings

PRICES_FILE = Path(__file__).with_name("prices.yaml")
_MILLION = Decimal(1_000_000)
_MICRO = Decimal("0.000001")
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")

_Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class Price(BaseModel):
    """For a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: _Amount
    completion: _Amount


_TABLE = TypeAdapter(dict[str, Price])


def cost(names: tuple[str, ...], prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """What that many tokens cost, to the millionth.

    Args:
        names: what the model may stand under in the table, the best first.

    Returns:
        None where the table holds none of them.
    """
    table = prices()
    price = next((table[name] for full in names if (name := _DATE.sub("", full)) in table), None)
    if price is None:
        return None
    return ((price.prompt * prompt_tokens + price.completion * completion_tokens) / _MILLION).quantize(_MICRO)


def load(path: Path) -> dict[str, Price]:
    """Read and validate a price table.

    Raises:
        SettingsError: it cannot be read, or an entry is wrong; names the file and the problem.
    """
    try:
        return _TABLE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path.name}: cannot be read: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path.name}: {place}: {first['msg']}") from None


@lru_cache(maxsize=1)
def prices() -> dict[str, Price]:
    """The price table of this app, read at the first call."""
    own = settings().model_prices
    return load(PRICES_FILE) | (load(Path(own)) if own else {})
