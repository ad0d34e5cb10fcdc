"""`python -m devhost`: runs the app of a directory until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import sys
from pathlib import Path

from devhost.config import MOST_WORKERS
from devhost.errors import HostError
from devhost.gc_tuning import skip_last_collection
from devhost.logs import log_to_stderr

_HERE = Path(__file__).resolve().parent.parent


def main() -> int:
    """Parses the arguments, runs the host and returns the exit code."""
    arguments = _parser().parse_args()
    log_to_stderr(verbose=arguments.verbose)
    from devhost.host import Options, serve

    options = Options(arguments.app, arguments.data, arguments.port, arguments.engine, arguments.workers)
    try:
        return asyncio.run(serve(options))
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        skip_last_collection()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devhost",
        description="Runs an Azure Functions app on this machine, on loopback only, until Ctrl-C or SIGTERM.",
    )
    parser.add_argument(
        "--port", type=_port, default=7071, help="port to serve on (7071); 0 picks a free one"
    )
    parser.add_argument("--data", type=Path, default=Path(".data"), metavar="DIR", help="data folder (.data)")
    parser.add_argument(
        "--app", type=Path, default=_HERE, metavar="DIR", help="the app's directory (this repository)"
    )
    parser.add_argument(
        "--engine", metavar="HOST:PORT", help="a durabletask engine to use instead of the in-memory one"
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes for the durable functions"
        " (FUNCTIONS_WORKER_PROCESS_COUNT, else 2); 0 runs them in the host's own",
    )
    parser.add_argument("--verbose", action="store_true", help="log everything, tracebacks included")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: use 0 to 65535")
    return port


def _workers(text: str) -> int:
    count = int(text)
    if not 0 <= count <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"use 0 to {MOST_WORKERS}")
    return count


if __name__ == "__main__":
    sys.exit(main())
