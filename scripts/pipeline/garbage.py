"""How often a script looks for garbage."""

import atexit
import gc

COLLECTION_OBJECTS = 200_000
"""New objects between two collections. What scripts load and read mostly stays; looking through it every 700 objects, as Python does,
took a tenth of the time of reading exports. Cycles of dead objects, which only this finds, are rare here."""


def collect_rarely() -> None:
    """Called by every script as it begins, before it imports what it works with."""
    gc.set_threshold(COLLECTION_OBJECTS)
    atexit.register(gc.freeze)  # or the end of the process would look through all it has, to free what the system frees anyway
