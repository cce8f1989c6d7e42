"""What goes into a consultation and what comes out of it: the same for every door."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from knowledge.errors import InputError
from tools.profile import LONGEST_TEXT, parse_fact

LONGEST_ID = 200
Command = Literal["back", "skip", "why", "memo", "restart"]


@dataclass(frozen=True)
class Said:
    """A message in the user's own words, and who said it."""

    text: str
    by: str | None = None


@dataclass(frozen=True)
class Answered:
    """Typed answers in the forms that a profile takes; null means "I don't know"."""

    answers: Mapping[str, Any]
    by: str | None = None


@dataclass(frozen=True)
class Commanded:
    """One of the commands of the chat protocol."""

    command: Command
    by: str | None = None


@dataclass(frozen=True)
class Adopted:
    """The facts of a memo with the words they came from, which a new session begins with."""

    profile: Mapping[str, Any]
    heard: Mapping[str, Mapping[str, Any]]
    by: str | None = None


Message = Said | Answered | Commanded | Adopted


@dataclass(frozen=True)
class Turn:
    """The answer to one message: exactly the fields of the chat protocol, as JSON values."""

    session: str
    reply: str
    asks: str | None
    choices: list[Any] | None
    facts: dict[str, Any]
    recommendation: dict[str, Any]
    open: list[dict[str, Any]]
    changed: dict[str, Any] | None
    done: bool
    memo: str | None

    def document(self) -> dict[str, Any]:
        """The turn as one line of the chat protocol."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


def cleaned(message: Message) -> Message:
    """The message with halves of characters replaced, which no file can hold; raises InputError as `check_message`."""
    check_message(message)
    by = None if message.by is None else _whole(message.by)
    if isinstance(message, Said):
        return Said(_whole(message.text), by)
    return replace(message, by=by)


def check_message_id(message_id: Any) -> None:
    """Raises InputError for an id that is no text, or too long to keep."""
    if message_id is not None and not (
        isinstance(message_id, str) and 0 < len(message_id) <= LONGEST_ID and message_id.isprintable()
    ):
        raise InputError(f"A message's id is printable text of at most {LONGEST_ID} characters.")


def check_message(message: Message) -> None:
    """Raises InputError where a message cannot be used, before anything is changed."""
    match message:
        case Said(text):
            _check_text(text)
        case Answered(answers):
            _check_answers(answers)
        case Commanded(command):
            if command not in get_args(Command):
                raise InputError(f"There is no command {command!r}; the commands are {', '.join(get_args(Command))}.")
    if message.by is not None and not isinstance(message.by, str):
        raise InputError(f"'by' names who is speaking, as text; {message.by!r} is not text.")


def message_body(message: Message) -> dict[str, Any]:
    """A message as the store keeps it."""
    match message:
        case Said(text, by):
            return {"message": text, "by": by}
        case Answered(answers, by):
            return {"answers": dict(answers), "by": by}
        case Commanded(command, by):
            return {"command": command, "by": by}
        case Adopted(profile, heard, by):
            return {"adopted": dict(profile), "heard": {fact: dict(words) for fact, words in heard.items()}, "by": by}


def parse_body(body: dict[str, Any]) -> Message | None:
    """The message that `message_body` wrote; None for the opening of a session."""
    match body:
        case {"message": str(text), "by": by}:
            return Said(text, by)
        case {"answers": dict(answers), "by": by}:
            return Answered(answers, by)
        case {"command": command, "by": by}:
            return Commanded(command, by)
        case {"adopted": dict(profile), "heard": dict(heard)}:
            return Adopted(profile, heard)
    return None


def parse_line(document: Any) -> Message:
    """The message that one JSON object of the chat protocol stands for; raises InputError."""
    if not isinstance(document, dict):
        raise InputError('A line is a JSON object such as {"message": "…"}; this one is something else.')
    by = document.get("by")
    kinds = [name for name in ("message", "answers", "command") if name in document]
    if len(kinds) != 1:
        raise InputError('A line holds exactly one of "message", "answers" and "command".')
    unknown = sorted(set(document) - {*kinds, "by", "id"})
    if unknown:
        raise InputError(f'A line has no place for "{unknown[0]}"; it holds "{kinds[0]}", "by" and "id".')
    message: Message
    match kinds[0]:
        case "message":
            message = Said(document["message"], by)
        case "answers":
            message = Answered(document["answers"], by)
        case _:
            message = Commanded(document["command"], by)
    check_message(message)
    return message


def _check_text(text: Any) -> None:
    if not isinstance(text, str):
        raise InputError("A message is text; this one is something else.")
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"The message has {len(text):,} characters; the limit is {LONGEST_TEXT:,}. "
            "Send the part that describes your situation, or add the rest with `consult ingest`."
        )
    if not text.strip():
        raise InputError('The message is empty. Answer in your own words, or say "unknown" to leave a question open.')


def _check_answers(answers: Any) -> None:
    if not isinstance(answers, Mapping) or not answers:
        raise InputError('"answers" is an object of facts and values such as {"update_frequency": "weekly"}.')
    for fact, value in answers.items():
        parse_fact(fact, {"state": "unknown"} if value is None else value)


def _whole(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode("utf-8")
