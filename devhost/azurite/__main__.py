"""`./dev azurite`: a storage account on this machine, until Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path

from devhost import azurite
from devhost.errors import HostError


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev azurite", description=__doc__)
    parser.add_argument("--port", type=int, default=10000, help="0 for any free one (default: 10000)")
    parser.add_argument(
        "--data", type=Path, default=Path(".azurite"), help="where it keeps its blobs (default: .azurite)"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with azurite.running(arguments.data.absolute(), arguments.port) as port:
            print(
                f"Azurite listens. For the app: SessionStorage='{azurite.connection_string(port)}'",
                flush=True,
            )
            signal.pause()
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
