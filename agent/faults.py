"""What became of a message when the database failed beneath it, told in one sentence that is true at that moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from knowledge.errors import StoreError

NOTHING_SAVED = "Nothing was saved"
NOTHING_CHANGED = "Nothing was changed"
MESSAGE_SAVED = (
    "Your message was saved and is answered when this session is next opened or written to, so do not send it again"
)
STILL_IN_FILES = (
    "What was to be erased is no longer shown, but its text may still stand in the files until another session or "
    "person is erased"
)
UNKNOWN = "Whether your message was saved cannot be told yet, so look at the session before you send it again"


class DatabaseFault(StoreError):
    """What happened, what was kept and what to do; `cut` where the connection went, which leaves a commit in doubt."""

    def __init__(self, cause: str, cure: str, kept: str = NOTHING_SAVED, *, cut: bool = False) -> None:
        super().__init__(f"{cause}. {kept}; {cure}.")
        self.cause, self.cure, self.cut = cause, cure, cut

    def where(self, kept: str) -> "DatabaseFault":
        """The same fault, with what was kept as the one who noticed it knows."""
        return DatabaseFault(self.cause, self.cure, kept, cut=self.cut)


@contextmanager
def saving_a_message() -> Iterator[None]:
    """Faults in here say that nothing was saved, or that it cannot be told where the commit was not confirmed."""
    try:
        yield
    except DatabaseFault as fault:
        raise (fault.where(UNKNOWN) if fault.cut else fault) from fault


@contextmanager
def answering_a_saved_message() -> Iterator[None]:
    """Faults in here say that the message is kept and that its answer comes later."""
    try:
        yield
    except DatabaseFault as fault:
        raise fault.where(MESSAGE_SAVED) from fault
