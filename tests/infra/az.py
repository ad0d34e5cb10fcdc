#!/usr/bin/env python3
"""A stand-in for the Azure CLI: answers the commands of scripts/postdeploy from a state file.

It evaluates `--query` with the library that the real one uses, loads `@file` values as that does, prints
`tsv` as that does, and refuses a command that it does not know. AZ_STATE names the state file.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, cast

import jmespath

STATE = Path(os.environ["AZ_STATE"])


def main(arguments: list[str]) -> int:
    words = arguments[: _first_option(arguments)]
    options = _options(arguments[len(words) :])
    state: dict[str, Any] = json.loads(STATE.read_text())
    state["calls"].append(words[-1])
    try:
        answer = _COMMANDS[" ".join(words)](state, options)
    except LookupError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    finally:
        STATE.write_text(json.dumps(state))
    _show(answer, options)
    return 0


def _keys(state: dict[str, Any], options: dict[str, str]) -> Any:
    if state["starts_until_key"] > 0:
        state["starts_until_key"] -= 1
        return {"functionKeys": {"default": "x"}, "masterKey": "y", "systemKeys": {}}
    _expect(options, "--resource-group", "rg")
    _expect(options, "--name", "func")
    return {"functionKeys": {}, "masterKey": "y", "systemKeys": {"blobs_extension": state["key"]}}


def _list(state: dict[str, Any], options: dict[str, str]) -> Any:
    _expect(options, "--system-topic-name", "topic")
    if state["list_fails"]:
        raise LookupError("(AuthorizationFailed)")
    return list(state["subscriptions"].values())


def _get(state: dict[str, Any], options: dict[str, str]) -> Any:
    found = state["subscriptions"][options["--name"]]
    if options.get("--include-full-endpoint-url") != "true":
        found = {**found, "destination": {**found["destination"], "endpointUrl": None}}
    return found


def _create(state: dict[str, Any], options: dict[str, str]) -> Any:
    if state["handshakes_until_answer"] > 0:
        state["handshakes_until_answer"] -= 1
        raise LookupError("URL validation: the endpoint did not answer")
    _expect(options, "--endpoint-type", "webhook")
    _expect(options, "--deadletter-identity", "systemassigned")
    resource, _, container = options["--deadletter-identity-endpoint"].partition(
        "/blobServices/default/containers/"
    )
    made = {
        "name": options["--name"],
        "destination": {"endpointType": "WebHook", "endpointUrl": options["--endpoint"]},
        "filter": {
            "subjectBeginsWith": options["--subject-begins-with"],
            "includedEventTypes": [options["--included-event-types"]],
        },
        "deadLetterWithResourceIdentity": {
            "deadLetterDestination": {"resourceId": resource, "blobContainerName": container}
        },
    }
    state["subscriptions"][made["name"]] = made
    return made


_SUBSCRIPTION = "eventgrid system-topic event-subscription"
_COMMANDS = {
    "functionapp keys list": _keys,
    f"{_SUBSCRIPTION} list": _list,
    f"{_SUBSCRIPTION} show": _get,
    f"{_SUBSCRIPTION} create": _create,
}


def _expect(options: dict[str, str], name: str, value: str) -> None:
    if options.get(name) != value:
        raise LookupError(f"{name} is {options.get(name)!r}, not {value!r}")


def _first_option(arguments: list[str]) -> int:
    return next((place for place, word in enumerate(arguments) if word.startswith("--")), len(arguments))


def _options(words: list[str]) -> dict[str, str]:
    options = dict(zip(words[::2], words[1::2], strict=True))
    return {
        name: Path(value[1:]).read_text() if value[:1] == "@" else value for name, value in options.items()
    }


def _show(answer: Any, options: dict[str, str]) -> None:
    found = jmespath.search(options["--query"], answer) if "--query" in options else answer
    if options.get("--output") == "tsv":
        for value in cast(list[Any], found) if isinstance(found, list) else [found] if found else []:
            print(value)  # None is printed as that, like the real one does
    elif options.get("--output") != "none":
        print(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
