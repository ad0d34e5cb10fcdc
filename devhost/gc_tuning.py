"""How the host's processes collect cyclic garbage."""

import gc

_ALLOCATIONS = 20_000


def collect_rarely() -> None:
    """For a process that is ready to serve: leave alone what it has loaded, and look for cycles less often.

    Nearly all that a claim allocates is freed by its count of references; with Python's own threshold,
    a tenth of this, looking for the rest took a twentieth of a claim's CPU.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)


def leave_the_rest() -> None:
    """For a process that ends: else the interpreter sifts all that was loaded, which takes half a second."""
    gc.freeze()
