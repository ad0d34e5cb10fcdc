"""Tunes Python's collector of reference cycles for the processes of the host."""

import gc

_ALLOCATIONS = 20_000


def collect_rarely() -> None:
    """Makes a process that is ready to serve ignore what it has loaded, and look for cycles less often.

    Reference counts free nearly everything that a claim allocates. With Python's own threshold, a tenth of
    this one, the search for cycles took a twentieth of the CPU time of a claim.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)


def skip_last_collection() -> None:
    """Spares a process that ends the search through everything it has loaded, which takes half a second."""
    gc.freeze()
