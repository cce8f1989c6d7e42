"""What a server loads once is left out of Python's garbage collection."""

import gc


def settle() -> None:
    """To be called when a server has loaded everything: looking through all of it again would hold up whoever asks."""
    gc.collect()
    gc.freeze()
