"""YAML files that people maintain: read and checked, with errors that say where the mistake is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from shared.errors import SettingsError


def read_yaml[Content](path: Path, validate: Callable[[Any], Content]) -> Content:
    """What `validate`, a pydantic model or adapter, makes of the content of a YAML file.

    Raises:
        SettingsError: the file cannot be read, or something in it is wrong; the message names the file, the
            place in it and the problem.
    """
    try:
        return validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{path.name}: cannot be read: {reason}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{path.name}: {f'{place}: ' if place else ''}{problem}") from None
