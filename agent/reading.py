"""From a message to what goes into the ledger: statements, contradictions, questions back, and what was asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agent.interview import patience
from agent.language.port import Ambiguity, Intent, Language, Statement, Understanding
from agent.ledger import Entry, Ledger, Origin
from agent.protocol import Adopted, Answered, Commanded, Message, Said
from agent.wording import value_in_words, wording
from tools.profile import FactValue, Known, Open, Profile, parse_fact, parse_profile


@dataclass(frozen=True)
class Reading:
    """What one message means: entries for the ledger, and what the reply has to answer."""

    entries: tuple[Entry, ...] = ()
    intents: tuple[Intent, ...] = ()
    suppositions: Mapping[str, FactValue] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def interlude(self) -> bool:
        """Whether the message only asked something, so that the open question stays open."""
        asking = {"why", "why_not", "what_if", "what_would_change", "confidence", "cost"}
        asking |= {"concept", "thanks", "off_topic"}
        return not self.entries and bool(self.intents) and all(intent.kind in asking for intent in self.intents)

    def asks_for(self, kind: str) -> bool:
        """Whether the message has an intent of that kind."""
        return any(intent.kind == kind for intent in self.intents)

    def document(self) -> dict[str, Any]:
        """The part of the reading that the ledger does not hold, as JSON values."""
        return {
            "intents": [[intent.kind, intent.about, intent.quote] for intent in self.intents],
            "suppositions": Profile(self.suppositions).document(),
            "notes": list(self.notes),
        }


def parse_reading(document: dict[str, Any], entries: tuple[Entry, ...]) -> Reading:
    """The reading that `Reading.document` wrote, with its entries from the ledger."""
    intents = tuple(Intent(*intent) for intent in document["intents"])
    suppositions = parse_profile(document["suppositions"]).facts
    return Reading(entries, intents, suppositions, tuple(document["notes"]))


def read(message: Message, turn: int, ledger: Ledger, language: Language) -> Reading:
    """What a message means in the light of what was said before; raises InputError."""
    match message:
        case Said():
            return _read_said(message, turn, ledger, language)
        case Answered():
            return _read_answered(message, turn)
        case Commanded():
            return _read_command(message, turn, ledger)
        case Adopted():
            return _read_adopted(message, turn)


def _read_adopted(adopted: Adopted, turn: int) -> Reading:
    """The facts of a memo, each with the words that the memo keeps of it."""
    entries = []
    for fact, value in parse_profile(adopted.profile).facts.items():
        words = adopted.heard.get(fact, {})
        origin: Origin = "derived" if words.get("origin") == "derived" else "user"
        entries.append(Entry("stated", turn, fact, value, str(words.get("quote") or ""), words.get("by"), origin))
    return Reading(tuple(entries))


def _read_said(said: Said, turn: int, ledger: Ledger, language: Language) -> Reading:
    asked = ledger.pending.fact if ledger.pending else None
    previous = [entry.fact for entry in ledger.stated_in(turn - 1)]
    heard = language.understand(said.text, asked, ledger.profile, previous)
    commands = [intent.kind for intent in heard.intents if intent.kind in ("back", "skip", "restart")]
    if commands and not heard.statements:
        return _read_command(Commanded(commands[0], said.by), turn, ledger)
    stated, conflicts = _settle(heard, said.by, turn, ledger)
    description = _description(heard, said.by, turn, ledger)
    entries = (*description, *stated, *_steps(heard, said.by, turn), *conflicts)
    suppositions = {one.fact: one.value for one in heard.suppositions}
    return Reading(entries, heard.intents, suppositions, _notes(heard))


def _notes(heard: Understanding) -> tuple[str, ...]:
    unread = () if heard.unread is None else (wording("unread", what=heard.unread),)
    return (*heard.notes, *unread)


def _description(heard: Understanding, by: str | None, turn: int, ledger: Ledger) -> Iterable[Entry]:
    """The first message in the user's own words is the description of the use case."""
    asking = {intent.kind for intent in heard.intents} - {"answer"}
    if "use_case" in ledger.heard or heard.value("use_case") is not None or (asking and not heard.statements):
        return ()
    if ledger.pending is None or ledger.pending.fact != "use_case" or not any(map(str.isalnum, heard.message)):
        return ()
    return (Entry("stated", turn, "use_case", Known(heard.message), heard.message, by),)


def _steps(heard: Understanding, by: str | None, turn: int) -> Iterable[Entry]:
    """The jobs that a message describes, where there are several."""
    tasks = list(dict.fromkeys(task.task for task in heard.tasks))
    if len(tasks) < 2:
        return ()
    quote = "; ".join(task.quote for task in heard.tasks)
    return (Entry("stated", turn, "steps", Known(", ".join(tasks)), quote, by, "derived"),)


def _settle(heard: Understanding, by: str | None, turn: int, ledger: Ledger) -> tuple[list[Entry], list[Entry]]:
    """The statements that hold, and those that are parked with the question that settles them."""
    by_fact: dict[str, list[Statement]] = defaultdict(list)
    for statement in heard.statements:
        by_fact[statement.fact].append(statement)
    stated: list[Entry] = []
    conflicts: list[Entry] = []
    for fact, statements in by_fact.items():
        entries = [_entry(statement, by, turn) for statement in statements]
        rivals = _rivals(entries, ledger)
        if rivals:
            conflicts += [replace(entry, kind="parked") for entry in entries]
            conflicts.append(_clarify_conflict(fact, rivals, turn))
        else:
            stated.append(entries[-1])
    open_facts = {ambiguity.fact for ambiguity in heard.questions_back}
    asked_back = [_clarify(ambiguity, turn) for ambiguity in heard.questions_back]
    return [entry for entry in stated if entry.fact not in open_facts], conflicts + asked_back


def _rivals(entries: list[Entry], ledger: Ledger) -> list[Entry]:
    """The statements of which only one can hold: in one message, or of two people."""
    if entries[-1].correction:
        return []
    if len({entry.value for entry in entries}) > 1:
        return entries
    before, now = ledger.heard.get(entries[-1].fact), entries[-1]
    pending = ledger.pending.fact if ledger.pending else None
    if before and before.by and now.by and before.by != now.by and before.value != now.value and pending != now.fact:
        return [before, now]
    return []


def _entry(statement: Statement, by: str | None, turn: int) -> Entry:
    value, origin = statement.value, statement.origin
    if isinstance(value, Known) and statement.confidence < patience().sure_from:
        value, origin = Known(value.value, unsure=True), "derived"
    return Entry("stated", turn, statement.fact, value, statement.quote, by, origin, statement.correction)


def _clarify_conflict(fact: str, rivals: list[Entry], turn: int) -> Entry:
    said = [_who_said(entry) for entry in rivals]
    question = wording("which_holds", first=said[0], second=said[-1])
    readings = tuple(dict.fromkeys(entry.value for entry in rivals if entry.value is not None))
    return Entry("clarify", turn, fact, None, question, readings=readings)


def _who_said(entry: Entry) -> str:
    words = f"“{entry.quote}”" if entry.quote else value_in_words(entry.fact, entry.value)
    return wording("said_by", by=entry.by, words=words) if entry.by else words


def _clarify(ambiguity: Ambiguity, turn: int) -> Entry:
    return Entry("clarify", turn, ambiguity.fact, None, ambiguity.question, readings=ambiguity.readings)


def _read_answered(answered: Answered, turn: int) -> Reading:
    entries = []
    for fact, value in answered.answers.items():
        parsed = parse_fact(fact, {"state": "unknown"} if value is None else value)
        quote = value if isinstance(value, str) else value_in_words(fact, parsed)
        entries.append(Entry("stated", turn, fact, parsed, quote, answered.by, correction=True))
    return Reading(tuple(entries))


def _read_command(commanded: Commanded, turn: int, ledger: Ledger) -> Reading:
    """A command as entries and intents; one that has nothing to act on says so."""
    asked = ledger.pending.fact if ledger.pending else None
    match commanded.command:
        case "restart":
            return Reading((Entry("restarted", turn, by=commanded.by),), (Intent("restart"),))
        case "skip" if asked:
            skipped = Entry("stated", turn, asked, Open("later"), "skip", commanded.by)
            return Reading((skipped,), (Intent("skip", asked),))
        case "skip":
            return Reading(notes=(wording("nothing_to_skip"),))
        case "back" if ledger.answered_questions:
            previous = ledger.answered_questions[-1]
            return Reading((Entry("withdrawn", turn, previous, by=commanded.by),), (Intent("back", previous),))
        case "back":
            return Reading(notes=(wording("nothing_to_go_back_to"),))
        case "why":
            return Reading(intents=(Intent("why", asked),))
        case "memo":
            return Reading(intents=(Intent("memo"),))
