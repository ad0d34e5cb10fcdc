"""Delivering a claim's events: in order, each until it is taken or given up, and never twice on purpose."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from orchestration.durable.event_delivery import Erasure
from orchestration.durable.event_delivery_activities import PATIENCE, Patience, deliver, deliver_erased
from orchestration.phases.events import erased, with_events
from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimStatus
from shared.models.events import ClaimEvent
from shared.models.requests import Submission
from shared.models.transitions import StatusChanged, Submitted, Transition
from shared.session_store import SessionStore, open_local_store
from shared.webhook import Target
from tests.shared.receiver import SECRET, Answer, Receiver, ids, receiving

HOURS = timedelta(hours=1)
PAUSED = StatusChanged(ClaimStatus.PROCESSING, ClaimStatus.PAUSED)
RESUMED = StatusChanged(ClaimStatus.PAUSED, ClaimStatus.PROCESSING)
WITHDRAWN = StatusChanged(ClaimStatus.PAUSED, ClaimStatus.WITHDRAWN)


@pytest.fixture
async def store() -> AsyncIterator[SessionStore]:
    store = open_local_store(":memory:")
    yield store
    await store.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def target_of(receiver: Receiver) -> Target:
    return Target(receiver.url, SECRET, allows_loopback=True, seconds=0.3)


async def a_claim(
    store: SessionStore,
    found: Sequence[Transition] = (PAUSED, RESUMED),
    *,
    status: ClaimStatus = ClaimStatus.PROCESSING,
) -> ClaimContext:
    """A claim that came in, with the events of `found` since."""
    context = ClaimContext(
        claim_id="CLM-1", created_at=utc_now(), submission=Submission(), submission_sha256="0", status=status
    )
    return (await store.save_session(with_events(context, [Submitted(), *found]))).context


async def test_events_are_delivered_once_and_in_order(store: SessionStore, receiver: Receiver) -> None:
    await a_claim(store)
    for _ in range(2):
        assert await deliver(store, "CLM-1", target_of(receiver), utc_now()) == {
            "due": None,
            "is_over": False,
        }
    assert receiver.types() == ["claim.received", "claim.paused", "claim.resumed"]
    assert [event["data"]["sequence"] for event in receiver.taken] == [1, 2, 3]
    assert len(set(ids(receiver.taken))) == 3


async def test_what_follows_waits_for_what_is_not_taken(store: SessionStore, receiver: Receiver) -> None:
    await a_claim(store)
    receiver.answers_with(204, 500)
    now = utc_now()
    progress = await deliver(store, "CLM-1", target_of(receiver), now)
    assert progress == {"due": (now + PATIENCE.first).isoformat(), "is_over": False}
    assert receiver.types() == ["claim.received"]
    await deliver(store, "CLM-1", target_of(receiver), now + PATIENCE.first)
    assert receiver.types() == ["claim.received", "claim.paused", "claim.resumed"]
    assert ids(receiver.attempts)[1] == ids(receiver.attempts)[2]


async def test_a_wake_up_in_between_makes_no_attempt_before_its_time(
    store: SessionStore, receiver: Receiver
) -> None:
    await a_claim(store)
    receiver.answers_with(500)
    now = utc_now()
    first = await deliver(store, "CLM-1", target_of(receiver), now)
    assert await deliver(store, "CLM-1", target_of(receiver), now + timedelta(seconds=1)) == first
    assert len(receiver.attempts) == 1


@pytest.mark.parametrize("trouble", [500, "hang", "redirect", "cut"])
async def test_every_trouble_is_tried_again(store: SessionStore, receiver: Receiver, trouble: Answer) -> None:
    await a_claim(store, [])
    receiver.answers_with(trouble)
    progress = await deliver(store, "CLM-1", target_of(receiver), utc_now())
    assert progress["due"]
    await deliver(store, "CLM-1", target_of(receiver), datetime.fromisoformat(progress["due"]))
    assert receiver.types() == ["claim.received"]


async def test_an_event_that_was_sent_but_not_recorded_is_sent_again_under_its_id(
    store: SessionStore, receiver: Receiver
) -> None:
    context = await a_claim(store, [])
    await deliver(store, "CLM-1", target_of(receiver), utc_now())
    await store.deliveries.put(
        "CLM-1", (await store.deliveries.read(context)).model_copy(update={"sequence": 0})
    )
    await deliver(store, "CLM-1", target_of(receiver), utc_now())
    assert len(receiver.taken) == 2
    assert len(set(ids(receiver.taken))) == 1


async def until_given_up(store: SessionStore, receiver: Receiver) -> list[datetime]:
    """Deliver as the orchestration does until nothing is due any more; returns when it was tried."""
    now = utc_now()
    tried: list[datetime] = []
    while True:
        tried.append(now)
        progress = await deliver(store, "CLM-1", target_of(receiver), now)
        if progress["due"] is None:
            return tried
        now = datetime.fromisoformat(progress["due"])


async def test_a_receiver_that_is_away_is_tried_for_more_than_a_day_then_its_events_are_dead_letters(
    store: SessionStore, receiver: Receiver
) -> None:
    await a_claim(store, [PAUSED])
    receiver.answers_with(*[503] * 100)
    tried = await until_given_up(store, receiver)
    assert tried[-1] - tried[0] >= timedelta(hours=24)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=5), timedelta(hours=4))
    assert [event.type for event in await store.deliveries.dead_letters()] == [
        "claim.received",
        "claim.paused",
    ]
    assert receiver.taken == []


async def test_one_event_that_is_never_taken_keeps_no_later_one_back_for_ever(
    store: SessionStore, receiver: Receiver
) -> None:
    await a_claim(store, [PAUSED])
    receiver.answers_with(*[422] * 15)
    tried = await until_given_up(store, receiver)
    assert len(receiver.attempts) == len(tried) + 1
    assert receiver.types() == ["claim.paused"]
    assert [event.type for event in await store.deliveries.dead_letters("CLM-1")] == ["claim.received"]


async def test_a_later_event_is_tried_as_long_as_an_earlier_one(
    store: SessionStore, receiver: Receiver
) -> None:
    await a_claim(store, [])
    receiver.answers_with(*[503] * 100)
    short = Patience(gives_up_after=HOURS)
    now = utc_now()
    await deliver(store, "CLM-1", target_of(receiver), now, short)
    session = await store.load_session("CLM-1")
    assert session
    late = with_events(session.context, [PAUSED])
    late.outbox[-1].happened_at = now + HOURS / 2
    await store.save_session(type(session)(late, session.tag))
    await deliver(store, "CLM-1", target_of(receiver), now + HOURS, short)
    assert [event.type for event in await store.deliveries.dead_letters()] == ["claim.received"]
    await deliver(store, "CLM-1", target_of(receiver), now + 3 * HOURS, short)
    assert [event.type for event in await store.deliveries.dead_letters()] == [
        "claim.received",
        "claim.paused",
    ]


async def test_delivery_ends_with_the_claim_but_not_before_its_last_event(
    store: SessionStore, receiver: Receiver
) -> None:
    await a_claim(store, [WITHDRAWN], status=ClaimStatus.WITHDRAWN)
    receiver.answers_with(500)
    progress = await deliver(store, "CLM-1", target_of(receiver), utc_now())
    assert progress["due"] and not progress["is_over"]
    done = await deliver(store, "CLM-1", target_of(receiver), datetime.fromisoformat(progress["due"]))
    assert done == {"due": None, "is_over": True}


async def test_a_new_claim_of_an_erased_ones_id_begins_anew(store: SessionStore, receiver: Receiver) -> None:
    old = await a_claim(store, [])
    await deliver(store, "CLM-1", target_of(receiver), utc_now())
    record = await store.deliveries.read(old)
    await store.delete_session("CLM-1")
    await a_claim(store, [])
    await store.deliveries.put("CLM-1", record)
    await deliver(store, "CLM-1", target_of(receiver), utc_now())
    assert receiver.types() == ["claim.received"] * 2
    assert len(set(ids(receiver.taken))) == 2


@pytest.mark.parametrize("answer", [204, 500])
async def test_a_claim_that_is_erased_while_its_event_is_sent_leaves_nothing(
    store: SessionStore, receiver: Receiver, answer: int
) -> None:
    await a_claim(store)

    async def erase() -> None:
        await store.delete_session("CLM-1")

    receiver.answers_with(answer)
    receiver.meanwhile = erase
    assert (await deliver(store, "CLM-1", target_of(receiver), utc_now()))["is_over"]
    assert (len(receiver.attempts), await store.holds_anything("CLM-1")) == (1, False)


async def test_without_a_claim_or_a_webhook_there_is_nothing_to_deliver(
    store: SessionStore, receiver: Receiver
) -> None:
    assert (await deliver(store, "CLM-2", target_of(receiver), utc_now()))["is_over"]
    await a_claim(store)
    assert (await deliver(store, "CLM-1", None, utc_now()))["is_over"]


def erasure(failures: int = 0) -> Erasure:
    return Erasure(
        event=erased("CLM-1", datetime(2026, 11, 22, tzinfo=UTC)).model_dump_json(), failures=failures
    )


async def test_an_erasure_is_told_once_the_claim_is_gone(store: SessionStore, receiver: Receiver) -> None:
    await a_claim(store, [])
    early = await deliver_erased(store, erasure(), target_of(receiver), utc_now())
    assert early["due"] and not receiver.attempts
    await store.delete_session("CLM-1")
    assert (await deliver_erased(store, erasure(1), target_of(receiver), utc_now()))["is_over"]
    assert (receiver.types(), receiver.taken[0]["data"]["status"]) == (["claim.erased"], "erased")


async def test_an_erasure_that_did_not_happen_is_never_told(store: SessionStore, receiver: Receiver) -> None:
    await a_claim(store, [])
    later = utc_now() + PATIENCE.gives_up_after + HOURS
    assert (await deliver_erased(store, erasure(9), target_of(receiver), later))["is_over"]
    assert (receiver.attempts, await store.deliveries.dead_letters()) == ([], [])


async def test_an_erasure_that_nobody_takes_becomes_a_dead_letter(
    store: SessionStore, receiver: Receiver
) -> None:
    receiver.answers_with(500, 500)
    assert (await deliver_erased(store, erasure(), target_of(receiver), utc_now()))["due"]
    later = utc_now() + PATIENCE.gives_up_after + HOURS
    assert (await deliver_erased(store, erasure(9), target_of(receiver), later))["is_over"]
    assert [event.type for event in await store.deliveries.dead_letters()] == ["claim.erased"]
    assert not await store.session_exists("CLM-1")


def test_the_letters_of_a_claim_say_nothing_of_its_person() -> None:
    fields = set(ClaimEvent.model_fields)
    assert fields == {
        *("id", "sequence", "type", "happened_at", "claim_id", "status", "missing_documents", "expires_at")
    }
