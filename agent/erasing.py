"""Removing a session with everything that is kept of it."""

from collections.abc import Iterable
from pathlib import Path

from agent.graph import Checkpointed
from agent.inbox import empty_inbox
from agent.store import Store
from knowledge.errors import InputError


class Erasure:
    """Removes sessions, their checkpoints and the files that wait to be read for them.

    What was in the rows stays in the files of the store until `Store.scrub`, which is dear and best done once for all.
    """

    def __init__(self, store: Store, graph: Checkpointed, home: Path) -> None:
        self._store = store
        self._graph = graph
        self._home = home

    def remove(self, session: str) -> None:
        """Removes one session; raises InputError where there is none, and StoreError.

        The rows go last, as nobody could ask again for the rest of a session that is no longer there.
        """
        with self._store.lease(session):
            self._graph.forget(session)
            empty_inbox(self._home, session)
            self._store.remove(session)

    def remove_all(self, sessions: Iterable[str]) -> int:
        """Removes several sessions; how many those were, without the ones that another process removed first."""
        return sum(self._was_there(session) for session in sessions)

    def _was_there(self, session: str) -> bool:
        try:
            self.remove(session)
        except InputError:
            return False
        return True
