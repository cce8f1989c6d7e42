"""An explanation: a bounded loop of tool calls, and lines that each stand for one sentence the tools gave."""

import json
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, Final

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.language.model.anchoring import faults
from agent.language.model.counsel import Counsel, Ground, told, tool_schemas, with_source
from agent.language.model.endpoint import Answer, ToolCall
from agent.language.model.failure import NoAnswer
from agent.language.model.narrating import signal_words
from agent.language.model.parameters import parameters
from agent.prompts import prompt

LINE: Final = re.compile(r"\s*\[(?P<id>[^\[\]\n]{1,200})\]\s*(?P<text>.*)")
MOST_LINES: Final = 8

Round = Callable[[Sequence[BaseMessage], Sequence[dict[str, Any]]], Iterator[str | Answer]]
"""One call to the model: its text as it comes, then the whole answer."""


class Explanation:
    """One question's explanation; `sentences` are the verified ones so far."""

    def __init__(self, question: str, passages: Sequence[Ground], counsel: Counsel | None, call: Round) -> None:
        self._call, self._counsel = call, counsel
        self._grounds = {one.id: one for one in passages}
        self._used: set[str] = set()
        self.sentences: list[str] = []
        given = [{"id": one.id, "text": one.text} for one in passages]
        known = {} if counsel is None else {"facts": counsel.facts}
        asked = json.dumps({"question": question, **known, "passages": given}, ensure_ascii=False)
        self._messages: list[BaseMessage] = [
            SystemMessage(prompt("explain").filled(signals=signal_words())),
            HumanMessage(asked),
        ]

    def stream(self, until: float) -> Iterator[str]:
        """The verified sentences as they come; raises NoAnswer where the model gives none, in time."""
        for _ in range(parameters().tool_rounds + 1):
            answer = yield from self._round()
            if not answer.calls:
                return
            self._messages += self._looked_up(answer)
            if time.monotonic() > until:
                raise NoAnswer("slow")
        raise NoAnswer("loop")

    def _round(self) -> Generator[str, None, Answer]:
        tools = tool_schemas() if self._counsel is not None else []
        pending, answer = "", None
        for part in self._call(self._messages, tools):
            if isinstance(part, Answer):
                answer = part
                break
            *lines, pending = (pending + part).split("\n")
            for line in lines:
                yield from self._verified(line)
        if answer is None:
            raise NoAnswer("cut")
        yield from self._verified(pending)
        return answer

    def _verified(self, line: str) -> Iterator[str]:
        """The line's sentence in the model's words where they hold, else in our own; nothing for an unknown id."""
        found = LINE.fullmatch(line)
        ground = self._grounds.get(found["id"]) if found else None
        if found is None or ground is None or ground.id in self._used or len(self.sentences) >= MOST_LINES:
            return
        self._used.add(ground.id)
        worded = found["text"].strip()
        kept = worded if not ground.fixed and not faults(worded, ground.text) else ground.text
        self.sentences.append(with_source(kept, ground))
        yield self.sentences[-1]

    def _looked_up(self, answer: Answer) -> list[BaseMessage]:
        calls = answer.calls[: parameters().tool_calls_a_round]
        asked = [{"name": one.name, "args": dict(one.arguments), "id": one.id, "type": "tool_call"} for one in calls]
        results = [ToolMessage(self._result(call), tool_call_id=call.id) for call in calls]
        return [AIMessage(answer.text, tool_calls=asked), *results]

    def _result(self, call: ToolCall) -> str:
        if self._counsel is None:
            return ""
        grounds, fault = self._counsel.look_up(call.name, call.arguments)
        self._grounds |= {one.id: one for one in grounds}
        return told(grounds, fault)
