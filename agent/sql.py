"""The SQL of every turn, built once: putting one together takes longer than running it."""

from sqlalchemy import BindParameter, bindparam, func, insert, select, update

from agent.schema import entries, messages, sessions

_session: BindParameter[str] = bindparam("of_session")
_of_session = messages.c.session == _session

CARD = select(sessions).where(sessions.c.id == _session)
MESSAGE_OF_ID = select(messages).where(_of_session, messages.c.id == bindparam("of_id"))
MESSAGE_OF_NUMBER = select(messages).where(_of_session, messages.c.number == bindparam("of_number"))
FIRST_NUMBER = select(messages.c.number).where(_of_session).limit(1)
UNANSWERED = select(messages.c.number).where(_of_session, messages.c.reply.is_(None)).order_by(messages.c.number)
MESSAGES = select(func.count()).select_from(messages).where(_of_session)
LEDGER = select(entries.c.entry).where(entries.c.session == _session).order_by(entries.c.place)
ENTRIES = select(func.count()).select_from(entries).where(entries.c.session == _session)

ADD_MESSAGE = insert(messages)
ADD_ENTRY = insert(entries)
TOUCH_SESSION = update(sessions).where(sessions.c.id == _session).values(updated_at=bindparam("now"))
FINISH_STEP = {
    step: update(messages)
    .where(_of_session, messages.c.number == bindparam("of_number"), messages.c[step].is_(None))
    .values({messages.c[step]: bindparam("value")})
    for step in ("reading", "reply")
}
"""Keeps what a step came to where it was not kept before."""
