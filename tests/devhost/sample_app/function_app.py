"""A small app that touches every kind of trigger the embedded host serves."""

import asyncio
import json
import os
import threading
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df
import azure.functions as func
from azure.functions.timer import TimerRequest
from durabletask import task

if os.environ.get("SAMPLE_BROKEN"):
    raise ValueError(f"SAMPLE_BROKEN: {os.environ['SAMPLE_BROKEN']} is not a colour; say red")

SEEN = "seen=yes; expires=Wed, 01 Jan 2031 00:00:00 GMT; HttpOnly; Max-Age=60; Path=/; SameSite=Lax; Secure"
app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)


def _note(kind: str, **facts: Any) -> None:
    """Appends a line that the tests read to see what was run."""
    with Path(os.environ["SAMPLE_NOTES"]).open("a") as notes:
        notes.write(json.dumps({"kind": kind, "process": os.getpid(), **facts}) + "\n")


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> func.HttpResponse:
    return func.HttpResponse(
        json.dumps(body), status_code=status, headers=headers, mimetype="application/json"
    )


@app.route("echo/{*path}")
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    body = req.get_body()
    return _json(
        {
            "method": req.method,
            "url": req.url,
            "path": req.route_params.get("path"),
            "query": dict(req.params),
            "header": req.headers.get("x-sample"),  # pyright: ignore[reportUnknownMemberType]
            "length": len(body),
            "body": body.decode("latin-1") if len(body) < 1000 else None,
        },
        status=201,
        headers={"X-Answer": "42", "Set-Cookie": SEEN},
    )


@app.route("things/{thing:int}", methods=["GET"])
async def numbered(req: func.HttpRequest) -> func.HttpResponse:
    return _json({"numbered": req.route_params["thing"]})


@app.route("things/{thing}", methods=["GET", "PUT"])
async def named(req: func.HttpRequest) -> func.HttpResponse:
    return _json({"named": req.route_params["thing"]})


@app.route("things/special", methods=["GET"])
def special(req: func.HttpRequest) -> func.HttpResponse:
    return _json({"special": True})


@app.route("things/{thing}/parts/{part?}", methods=["GET"])
async def parts(req: func.HttpRequest) -> func.HttpResponse:
    return _json({"thing": req.route_params["thing"], "part": req.route_params.get("part")})


@app.route("text", methods=["GET"])
async def text(req: func.HttpRequest) -> str:
    return "plain"


@app.route("wait", methods=["GET"])
async def wait(req: func.HttpRequest) -> func.HttpResponse:
    _note("wait started")
    await asyncio.sleep(float(req.params["seconds"]))
    return _json({"waited": True})


_async_parties: dict[int, asyncio.Barrier] = {}
_sync_parties: dict[int, threading.Barrier] = {}


@app.route("meet/async/{party:int}", methods=["GET"])
async def meet(req: func.HttpRequest) -> func.HttpResponse:
    """Answers once as many callers as make the party are waiting."""
    party = int(req.route_params["party"])
    await _async_parties.setdefault(party, asyncio.Barrier(party)).wait()
    return _json({"met": party})


@app.route("meet/sync/{party:int}", methods=["GET"])
def meet_sync(req: func.HttpRequest) -> func.HttpResponse:
    """The same on the thread pool."""
    party = int(req.route_params["party"])
    _sync_parties.setdefault(party, threading.Barrier(party)).wait(timeout=20)
    return _json({"met": party})


@app.route("fail", methods=["GET"])
async def fail(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("a secret of the inside")


@app.route("bad-header", methods=["GET"])
async def bad_header(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("", headers={"X-Split": "a\r\nInjected: yes"})


@app.route("orchestrations/{name}/{instance_id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    instance_id = req.route_params["instance_id"]
    given = json.loads(req.get_body() or b"null")
    await client.schedule_new_orchestration(req.route_params["name"], input=given, instance_id=instance_id)
    return client.create_check_status_response(req, instance_id)


@app.route("orchestrations/{instance_id}/events/{event}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def raise_event(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    await client.raise_orchestration_event(
        req.route_params["instance_id"],
        req.route_params["event"],
        data=json.loads(req.get_body() or b"null"),
    )
    return _json({}, status=202)


@app.activity_trigger(input_name="item")
async def step(item: int) -> int:
    return item + 1


@app.activity_trigger(input_name="seconds")
async def slow(seconds: float) -> str:
    """Takes its time, unless the app was started in a hurry."""
    _note("slow started")
    if "SAMPLE_HURRY" not in os.environ:
        await asyncio.sleep(seconds)
    _note("slow finished")
    return "rested"


@app.activity_trigger(input_name="key")
def flaky(key: str) -> int:
    """Fails twice for each key, then gives the number of the attempt."""
    _note(key)
    attempt = Path(os.environ["SAMPLE_NOTES"]).read_text().count(json.dumps(key))
    if attempt < 3:
        raise ConnectionError(f"attempt {attempt} of {key}")
    return attempt


Steps = Generator[task.Task[Any], Any, Any]


@app.orchestration_trigger(context_name="context")
def steps_and_event(context: task.OrchestrationContext, count: int) -> Steps:
    """`count` activities one after the other, then one external event."""
    value = 0
    for _ in range(count):
        value = yield context.call_activity("step", input=value)
    context.set_custom_status({"steps": value})
    answer = yield context.wait_for_external_event("answer")
    return {"steps": value, "answer": answer}


@app.orchestration_trigger(context_name="context")
def fan_out(context: task.OrchestrationContext, count: int) -> Steps:
    steps: list[task.Task[int]] = [context.call_activity("step", input=i) for i in range(count)]
    results = yield task.when_all(steps)
    return sum(results)


@app.orchestration_trigger(context_name="context")
def retried(context: task.OrchestrationContext, key: str) -> Steps:
    policy = task.RetryPolicy(first_retry_interval=timedelta(milliseconds=10), max_number_of_attempts=3)
    return (yield context.call_activity("flaky", input=key, retry_policy=policy))


@app.orchestration_trigger(context_name="context")
def failing(context: task.OrchestrationContext, key: str) -> Steps:
    try:
        return (yield context.call_activity("flaky", input=key))
    except task.TaskFailedError as error:
        return {"type": error.details.error_type, "message": error.details.message}


@app.orchestration_trigger(context_name="context")
def rounds(context: task.OrchestrationContext, position: dict[str, int]) -> Steps:
    """Each round waits for an event or a far timer, then begins anew: three rounds."""
    event = context.wait_for_external_event("go")
    deadline = context.create_timer(timedelta(seconds=position.get("deadline", 3600)))
    winner = yield task.when_any([event, deadline])
    done = position["done"] + 1
    if winner is deadline:
        return {"done": done, "late": True}
    if done == 3:
        return {"done": done, "late": False}
    context.continue_as_new({**position, "done": done}, save_events=True)
    return None


@app.orchestration_trigger(context_name="context")
def sleepy(context: task.OrchestrationContext, seconds: float) -> Steps:
    """Runs one slow activity."""
    return (yield context.call_activity("slow", input=seconds))


@app.orchestration_trigger(context_name="context")
def nap(context: task.OrchestrationContext, milliseconds: int) -> Steps:
    yield context.create_timer(timedelta(milliseconds=milliseconds))
    return "awake"


@app.blob_trigger(  # pyright: ignore[reportUnknownMemberType]
    arg_name="blob",
    path="%SAMPLE_CONTAINER%/{name}",
    connection="SampleStorage",
    source=func.BlobSource.EVENT_GRID,
)
async def on_upload(blob: func.InputStream) -> None:
    content = blob.read()
    _note("upload", name=blob.name, length=blob.length, content=content.decode("latin-1")[:100])
    if (blob.name or "").endswith("poison.txt"):
        raise ValueError("cannot digest this")
    if (blob.name or "").endswith("taken.txt"):
        (Path(os.environ["SampleStorage__path"]) / (blob.name or "")).unlink()


@app.timer_trigger(arg_name="timer", schedule="%SAMPLE_SCHEDULE%")
async def tick(timer: TimerRequest) -> None:
    _note("tick started", past_due=timer.past_due, last=timer.schedule_status["Last"])  # pyright: ignore[reportUnknownMemberType]
    await asyncio.sleep(0.2)
    _note("tick finished")
