"""The calls of every session in the sessions' database: they go when the session is erased."""

from dataclasses import asdict

from sqlalchemy import func, insert, select

from agent.database import Database
from agent.language.model.usage import Call, Spent
from agent.operation.metrics import METRICS
from agent.schema import model_calls


class StoredBook:
    """Keeps calls beside the session they were made for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, session: str, call: Call) -> None:
        """Keeps a call; raises StoreError where the session is gone."""
        if call.outcome != "answered":
            METRICS.count("fallbacks")
        with self._database.write() as connection:
            connection.execute(insert(model_calls).values(session=session, **asdict(call)))

    def spent(self, session: str) -> Spent:
        """What all calls of a session took."""
        columns = model_calls.c
        sums = (func.count(), *(func.sum(one) for one in (columns.input_tokens, columns.output_tokens, columns.usd)))
        with self._database.read() as connection:
            row = connection.execute(select(*sums).where(columns.session == session)).one()
        return Spent(row[0], int(row[1] or 0), int(row[2] or 0), None if row[3] is None else float(row[3]))
