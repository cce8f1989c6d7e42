"""From a message that is kept to an answer that is kept; whoever stops the program in between loses neither."""

import logging

from agent.bureau import Bureau
from agent.desk import Desk
from agent.graph import Checkpointed, Context
from agent.operation.metrics import METRICS
from agent.protocol import Turn
from agent.reading import Reading
from agent.store import Store, StoredMessage
from agent.wording import wording
from knowledge.errors import ConsultError, StoreError

LOG = logging.getLogger(__name__)


class Answering:
    """Answers the messages that the store holds; the caller holds the session's lease."""

    def __init__(self, store: Store, bureau: Bureau, graph: Checkpointed) -> None:
        self._store = store
        self._bureau = bureau
        self._graph = graph

    def begin(self, session: str) -> Turn:
        """A session's greeting and first question."""
        return self.answer(session, self._store.accept(session, "start", {}))

    def answer(self, session: str, stored: StoredMessage) -> Turn:
        """The answer to a message, the one it has where it was answered before; raises StoreError."""
        if stored.reply is None:
            self._graph.run(Context(Desk(self._bureau, session, stored.number, stored), _write_memo))
            stored = self._store.message(session, stored.number)
        if stored.reply is None:
            raise StoreError("The message was received but its answer could not be saved; send it again.")
        return Turn(**stored.reply)

    def catch_up(self, session: str) -> None:
        """Answers what was received before the program was stopped."""
        for number in self._store.unanswered(session):
            try:
                self.answer(session, self._store.message(session, number))
            except ConsultError:
                raise
            except Exception:
                LOG.exception("a message could not be read and was set aside", extra={"outcome": "set aside"})
                self._set_aside(session, number)

    def _set_aside(self, session: str, number: int) -> None:
        """Answers a message that the program fails over with a note, so that it does not block its session for ever."""
        self._store.record(session, number, Reading(notes=(wording("set_aside_message"),)).document(), ())
        self.answer(session, self._store.message(session, number))


def _write_memo(desk: Desk) -> str:
    from agent.memo.compose import write_memo
    from agent.memo.markdown import render_markdown

    memo = write_memo(desk.bureau.advise(desk.ledger.profile), desk.ledger.heard, language=desk.attending)
    METRICS.count("verifier_rejections", len(memo.replaced))
    return render_markdown(memo)
