"""The value of a durable client binding: where the engine and the management endpoints are."""

import json

from devhost.engine import MAX_MESSAGE_BYTES
from devhost.management import PATH


def client_configuration(engine: str, origin: str, hub: str) -> str:
    """The binding's JSON for an engine at `HOST:PORT` and a host at `http://HOST:PORT`."""
    base = origin + PATH
    return json.dumps(
        {
            "taskHubName": hub,
            "rpcBaseUrl": engine,
            "httpBaseUrl": base,
            "baseUrl": base,
            "requiredQueryStringParameters": f"taskHub={hub}",
            "maxGrpcMessageSizeInBytes": MAX_MESSAGE_BYTES,
        }
    )
