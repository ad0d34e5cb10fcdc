"""What is kept of our claims on each policy: one small object for a policy, changed by compare-and-swap."""

import asyncio
import hmac
import random
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import LRUCache
from pydantic import ValidationError

from shared.errors import ClaimsError, RevisionConflict, SessionCorrupt
from shared.ledger import LedgerBook
from shared.session_store import object_names
from shared.session_store.app_secret import AppSecret
from shared.session_store.backend import Area, Objects, PreconditionFailed
from shared.session_store.sealing import Sealer
from shared.session_store.validation_text import faults

_ATTEMPTS = 100
_MOST_PAUSE = 0.25
"""Seconds that a writer waits at most before it tries again, once others have come in between."""
_REMEMBERED = 1024
"""Policies of which a process remembers the book as it has read or written it last."""


@dataclass(frozen=True)
class _Stored:
    """A book, and the tag of the object that holds it; None where there is none yet."""

    book: LedgerBook
    tag: str | None


class Ledger:
    """The books of all policies.

    Each call takes a policy's number as the rules normalise it, so that one policy has one book however its
    number is written. Nothing of the number can be read from the name of the book's object.
    """

    def __init__(self, objects: Objects, sealer: Sealer, secret: AppSecret) -> None:
        self._objects = objects
        self._sealer = sealer
        self._secret = secret
        self._remembered: LRUCache[str, _Stored] = LRUCache(_REMEMBERED)

    async def read(self, policy_key: str) -> LedgerBook:
        """The book of a policy as it is stored; an empty one where nothing was ever registered.

        Raises:
            SessionCorrupt: the book is damaged.
        """
        return (await self._load(await self._name(policy_key))).book

    async def change(self, policy_key: str, change: Callable[[LedgerBook], LedgerBook]) -> LedgerBook:
        """Replace the book of a policy by what `change` makes of it, and return the new one.

        `change` is called again with a newer book whenever another writer came first, so it must give the
        same result for the same book, and leave one alone in which its change was made already. An error of
        its own is final only where it was made of the book as stored, never of a remembered one.

        Raises:
            ClaimsError: what `change` raises; nothing was written.
            SessionCorrupt: the book is damaged; nothing was written.
            RevisionConflict: others kept changing the book; nothing was written.
        """
        name = await self._name(policy_key)
        for attempt in range(_ATTEMPTS):
            remembered = self._remembered.pop(name, None)
            stored = remembered or await self._load(name)
            try:
                changed = change(stored.book)
            except ClaimsError:
                if remembered:
                    continue
                raise
            if changed == stored.book:
                if remembered:
                    continue
                return changed
            try:
                await self._write(name, changed, stored.tag)
            except PreconditionFailed:
                pause = min(_MOST_PAUSE, 0.005 * attempt)
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - spreads writers
                continue
            return changed
        raise RevisionConflict(f"{name}: others keep changing it")

    async def rebuild(self, policy_key: str, book: LedgerBook) -> None:
        """Put a book in the place of whatever is stored, also of a damaged one.

        Raises:
            RevisionConflict: another writer changed what is stored meanwhile.
        """
        name = await self._name(policy_key)
        found = await self._objects.read_with_tag(Area.LEDGER, name)
        try:
            await self._write(name, book, found and found[1])
        except PreconditionFailed:
            raise RevisionConflict(f"{name}: another writer changed it") from None

    async def _name(self, policy_key: str) -> str:
        key = await self._secret.key_for("ledger names")
        return object_names.ledger_book(hmac.digest(key, policy_key.encode(), "sha256").hex())

    async def _load(self, name: str) -> _Stored:
        found = await self._objects.read_with_tag(Area.LEDGER, name)
        if found is None:
            return _Stored(LedgerBook(), None)
        try:
            book = LedgerBook.model_validate_json(await self._sealer.open(name, found[0]))
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None
        return _Stored(book, found[1])

    async def _write(self, name: str, book: LedgerBook, expected: str | None) -> None:
        self._remembered.pop(name, None)
        sealed = await self._sealer.seal(name, book.model_dump_json().encode())
        tag = await self._objects.write_if(Area.LEDGER, name, sealed, expected=expected)
        self._remembered[name] = _Stored(book, tag)
