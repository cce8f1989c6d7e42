"""One line of chat JSON lines as an example, or the reason why a training job would refuse it.

The form is that of OpenAI's chat fine-tuning: {"messages": [{"role": …, "content": …}, …]}.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.audits import audit_parameters, audit_wording
from tools.dataset_audit.personal_data import hidden
from tools.records import BadRow, Row
from tools.wording import filled

_OLD_FORM = ("prompt", "completion", "instruction", "output")
_PREFERENCE_FORM = ("preferred_output", "non_preferred_output", "chosen", "rejected")
_CALLS = ("tool_calls", "function_call")
_LONGEST_NAME_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: who speaks, and the text."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One usable conversation, ending with the assistant's answer."""

    line: int
    messages: tuple[Message, ...]

    @property
    def answer(self) -> str:
        """What the model is to learn to say last."""
        return self.messages[-1].text


def read_example(row: Row) -> Example | BadRow:
    """The row as an example, or what is wrong with it first."""
    problem = next(_problems(row.values), None)
    if problem is not None:
        return BadRow(row.line, problem[0], _say(problem[0], **problem[1]))
    turns = tuple(Message(message["role"], _text_of(message)) for message in row.values["messages"])
    return Example(row.line, turns)


Problem = tuple[str, dict[str, object]]


def _problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    messages = values.get("messages")
    if not isinstance(messages, list):
        yield "no_messages", {"hint": _hint(values)}
    elif not messages:
        yield "empty_messages", {}
    else:
        for at, message in enumerate(messages, 1):
            yield from _message_problems(at, message)
        yield from _order_problems([message["role"] for message in messages])


def _hint(values: Mapping[str, Any]) -> str:
    if any(key in values for key in _PREFERENCE_FORM):
        return _say("preference_form")
    return _say("old_form" if any(key in values for key in _OLD_FORM) else "other_form")


def _message_problems(at: int, message: Any) -> Iterator[Problem]:
    parameters = audit_parameters().dataset_audit
    if not isinstance(message, dict):
        yield "message_not_object", {"at": at}
        return
    role = message.get("role")
    if role is None:
        yield "missing_role", {"at": at}
    elif role not in parameters.roles:
        yield "unknown_role", {"at": at, "role": _shown(role), "allowed": ", ".join(parameters.roles)}
    for key in message:
        if key not in parameters.message_keys:
            yield "unknown_key", {"at": at, "key": _shown(key)}
    if message.get("weight") not in (None, 0, 1):
        yield "bad_weight", {"at": at}
    yield from _content_problems(at, message)


def _content_problems(at: int, message: Mapping[str, Any]) -> Iterator[Problem]:
    content, role = message.get("content"), message.get("role")
    if any(message.get(key) for key in _CALLS):
        return
    if content is None:
        yield "missing_content", {"at": at, "role": role}
    elif not isinstance(content, str) and not _are_parts(content):
        yield "content_not_text", {"at": at, "role": role}
    elif role == "assistant" and not _text_of(message).strip():
        yield "empty_answer", {"at": at}


def _order_problems(roles: list[str]) -> Iterator[Problem]:
    if "assistant" not in roles:
        yield "no_assistant", {}
    elif "user" not in roles:
        yield "no_user", {}
    elif roles[-1] != "assistant":
        yield "last_not_assistant", {"role": roles[-1]}


def _are_parts(content: object) -> bool:
    return isinstance(content, list) and bool(content) and all(isinstance(part, dict) for part in content)


def _text_of(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content)
    calls = [json.dumps(message[key], ensure_ascii=False) for key in _CALLS if message.get(key)]
    return "\n".join([content or "", *calls]) if calls else content or ""


def _shown(name: object) -> str:
    return hidden(str(name)[: 4 * _LONGEST_NAME_SHOWN])[:_LONGEST_NAME_SHOWN]


def _say(sentence: str, **slots: object) -> str:
    return filled(audit_wording().schema_errors[sentence], slots)
