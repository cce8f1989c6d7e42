"""The consultation as a LangGraph: thin nodes named for the steps, one interrupt per turn, looping by edges.

The state holds ids only. Whatever a node computes is derived from the ledger through the desk and every step that
writes is idempotent, so a checkpoint may be deleted at any time.
"""

import os

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")  # read once, when langgraph is imported

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, Literal, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from agent.desk import Desk
from agent.protocol import Turn
from agent.reply import turn_of

RECURSION_LIMIT = 50
ATTEMPTS = 3
"""How often a turn is tried anew when its checkpoints cannot be kept: another thread may replace the file meanwhile."""
TURNS_PER_CHECKPOINT_FILE = 20
"""A session's checkpoints are dropped after so many turns, as each one stores the whole state again."""


class State(TypedDict, total=False):
    """Which message of the session is being answered, and what it came to; no texts."""

    number: int
    intents: list[str]
    option: str
    repriced: bool
    guidance: str | None
    asks: str | None


@dataclass
class Context:
    """What the nodes work with in one turn; never stored."""

    desk: Desk
    write_memo: Callable[[Desk], str]
    turn: Turn | None = None
    """The reply, once it is made: what was told of it is not made anew where a step is run again."""


Step = Runtime[Context]
Graph = CompiledStateGraph[State, Context, State, State]


def understand(state: State, runtime: Step) -> State:
    """Reads the message, where it was not read before."""
    desk = runtime.context.desk
    return {"number": desk.number, "intents": [intent.kind for intent in desk.reading.intents]}


def record(state: State, runtime: Step) -> State:
    """Adds what was read to the ledger, once."""
    desk = runtime.context.desk
    desk.bureau.store.record(desk.session, desk.number, desk.reading.document(), desk.reading.entries)
    return {"number": desk.number}


def decide(state: State, runtime: Step) -> State:
    """Computes the advice on everything said so far."""
    return {"option": runtime.context.desk.decision.recommendation.option}


def estimate(state: State, runtime: Step) -> State:
    """Prices the options again where the message took something back or replaced it."""
    return {"repriced": runtime.context.desk.cost_change is not None}


def retrieve(state: State, runtime: Step) -> State:
    """Finds the guidance for the question at hand."""
    guidance = runtime.context.desk.guidance
    return {"guidance": guidance.id if guidance else None}


def route(state: State, runtime: Step) -> Literal["ask", "finish"]:
    """Whether anything open is worth asking."""
    return "ask" if runtime.context.desk.question else "finish"


def ask(state: State, runtime: Step) -> State:
    """Puts the question that is worth most."""
    question = runtime.context.desk.question
    return {"asks": question.fact if question else None}


def finish(state: State, runtime: Step) -> State:
    """Ends the interview for now: nothing open is worth asking."""
    return {"asks": None}


def reply(state: State, runtime: Step) -> State:
    """Keeps the answer together with the question it asks, once."""
    desk = runtime.context.desk
    if runtime.context.turn is None:
        memo = runtime.context.write_memo(desk) if desk.reading.asks_for("memo") else None
        runtime.context.turn = turn_of(desk, memo)
    desk.bureau.store.answer(desk.session, desk.number, runtime.context.turn.document(), desk.newly_asked())
    return {"number": desk.number}


def listen(state: State) -> State:
    """Waits for the next message."""
    return {"number": interrupt({"answered": state["number"]})}


def _wired() -> StateGraph[State, Context, State, State]:
    graph = StateGraph(State, context_schema=Context)
    for step in (understand, record, decide, estimate, retrieve, ask, finish, reply, listen):
        graph.add_node(step.__name__, step)
    for here, there in pairwise((START, "understand", "record", "decide", "estimate", "retrieve")):
        graph.add_edge(here, there)
    graph.add_conditional_edges("retrieve", route, ["ask", "finish"])
    for here, there in (("ask", "reply"), ("finish", "reply"), ("reply", "listen"), ("listen", "understand")):
        graph.add_edge(here, there)
    return graph


class Checkpointed:
    """The graph with its checkpoints in a file of their own, which is thrown away whenever it is of no use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._replaced = False
        self._open()

    def run(self, context: Context) -> None:
        """Carries one message through the graph to its reply; the caller holds the session's lease."""
        for _ in range(ATTEMPTS):
            graph = self._graph
            try:
                return self._run(context, graph)
            except sqlite3.DatabaseError:
                self._replace(graph)
        return self._run(context, self._graph)

    def forget(self, session: str) -> None:
        """Removes the checkpoints of a session."""
        with suppress(sqlite3.DatabaseError):
            self._saver.delete_thread(session)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def _run(self, context: Context, graph: Graph) -> None:
        desk = context.desk
        config: RunnableConfig = {"configurable": {"thread_id": desk.session}, "recursion_limit": RECURSION_LIMIT}
        pending = graph.get_state(config).interrupts
        given: Any = Command(resume={pending[0].id: desk.number}) if pending else {"number": desk.number}
        if not pending:
            self.forget(desk.session)  # a cut-off turn begins again; what it recorded is not recorded twice
        # One checkpoint a turn: steps that were done are known from the ledger, so one for each would only cost time.
        graph.invoke(given, config, context=context, durability="exit")
        if desk.number % TURNS_PER_CHECKPOINT_FILE == TURNS_PER_CHECKPOINT_FILE - 1:
            self.forget(desk.session)

    def _open(self) -> None:
        try:
            self._use(_connected(self._path))
        except sqlite3.DatabaseError:
            self._remove()
            self._use(_connected(self._path))

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._saver = SqliteSaver(connection)
        self._graph: Graph = _wired().compile(checkpointer=self._saver)

    def _replace(self, failed: Graph) -> None:
        """Begins a new file; where that fails as well, as on a full disk, keeps checkpoints in memory from now on."""
        with self._lock:
            if self._graph is not failed:  # another thread has done it
                return
            self._connection.close()
            self._remove()
            if self._replaced:
                self._use(sqlite3.connect(":memory:", check_same_thread=False))
                return
            self._replaced = True
            with suppress(sqlite3.DatabaseError):  # then the next failure takes the memory
                self._open()

    def _remove(self) -> None:
        with suppress(OSError):  # a folder that is read-only; then nothing can be written there either
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to the checkpoints, readable by their owner alone, without waiting for the disk."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, check_same_thread=False, timeout=60)
    try:
        connection.execute("PRAGMA synchronous=OFF")  # the ledger is the truth; this file may be lost
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
