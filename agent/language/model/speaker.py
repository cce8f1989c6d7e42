"""The model implementation of the language port for one session."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agent.hearing import tell
from agent.language.model.counsel import Counsel, passage_grounds
from agent.language.model.endpoint import Answer, Form, structured
from agent.language.model.evidence import Witness
from agent.language.model.explaining import Explanation
from agent.language.model.failure import NoAnswer
from agent.language.model.narrating import kept, worded_form, wording_messages
from agent.language.model.parameters import Purpose, parameters
from agent.language.model.understanding import (
    Read,
    joined,
    parse_read,
    reading_form,
    system_prompt,
    user_prompt,
)
from agent.language.model.usage import Account
from agent.language.model.wording import fallback_line, memo_line
from agent.language.port import Evidence, Outline, Question, Understanding
from agent.prompts import Name
from knowledge.facts import fact_specs
from tools.profile import Profile

if TYPE_CHECKING:
    from agent.language.model.language import ModelLanguage

COMMANDS = {"memo", "back", "skip", "restart", "thanks"}


class ModelSpeaker:
    """Reads and words with the model; the embedded language answers wherever the model does not."""

    def __init__(self, language: "ModelLanguage", account: Account, words_ahead: bool = True) -> None:
        """`words_ahead` where questions will be put: they are worded beside the first reading."""
        self._words_ahead = words_ahead
        self._language = language
        self._embedded = language.embedded
        self.account = account
        self.counsel: Counsel | None = None
        self.memo_note: str | None = None
        self._wordings: Future[Mapping[str, str]] | None = None

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        """The embedded reading, with what the model found besides; raises InputError as the embedded one does."""
        heard = self._embedded.understand(message, asked, profile, previous)
        if self._clear(heard, asked):
            return heard
        self._word_ahead(heard.message, profile)
        try:
            read = self._read(heard.message, asked)
        except NoAnswer as failed:
            return replace(heard, notes=(*heard.notes, fallback_line(failed.failure)))
        return joined(heard, read, Witness(heard.message, asked, self._embedded))

    def phrase(self, question: Question) -> str:
        """The question in the model's words where they are there and hold; its reason and choices as they are."""
        shown, worded = self._embedded.phrase(question), self._wordings_so_far().get(question.fact)
        original = fact_specs()[question.fact].question
        return shown if worded is None else shown.replace(original, worded, 1)

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        """An answer of sentences that the tools gave, in the model's words where they hold, each with its source."""
        explanation = Explanation(question, passage_grounds(evidence), self.counsel, self._round)
        until = time.monotonic() + parameters().explanation_timeouts * self._language.address.timeout_s
        note: list[str] = []
        try:
            for place, sentence in enumerate(explanation.stream(until)):
                tell(f" {sentence}" if place else sentence)
        except NoAnswer as failed:
            note = [fallback_line(failed.failure)]
            if failed.failure == "unsupported":
                self._language.without_tools()
        if explanation.sentences:
            return "\n\n".join([" ".join(explanation.sentences), *note])
        return "\n\n".join([*note, self._embedded.explain(question, evidence)])

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        """The outline's sentences in the model's words where they hold; parts of it are worded at the same time."""
        self.memo_note = None
        told = {section: list(texts) for section, texts in outline.sections.items()}
        named = [(f"{section}/{place}", text) for section, texts in told.items() for place, text in enumerate(texts)]
        most = parameters().sentences_a_call
        parts = [dict(named[start : start + most]) for start in range(0, len(named), most)]
        for job in [self._language.pool.submit(self._narrated, part) for part in parts]:
            for name, text in job.result().items():
                section, _, place = name.rpartition("/")
                told[section][int(place)] = text
        return told

    def _narrated(self, sentences: Mapping[str, str]) -> Mapping[str, str]:
        """What may stand for some sentences of a memo; nothing, and the reason noted, where the model fails."""
        try:
            return self._worded("narrate", {"sentences": dict(sentences)}, sentences)
        except NoAnswer as failed:
            self.memo_note = memo_line(failed.failure)
            return {}

    def _worded(self, purpose: Name, material: Mapping[str, Any], templates: Mapping[str, str]) -> dict[str, str]:
        form = replace(worded_form(), structure=self._language.structure())
        answer = self.ask(purpose, wording_messages(purpose, material), form)
        return kept(structured(answer), templates)

    def _round(self, messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]) -> Iterator[str | Answer]:
        """One round of an explanation, streamed where the endpoint can."""
        self._language.check_rest()
        known, most = self._language.capabilities, parameters().output_tokens["explain"]
        offered = () if known.tools is False else tools
        size = _size(messages) + len(json.dumps(list(offered)))
        with self.account.call("explain", size, most) as done, self._language.noted():
            if known.streaming is False:
                answer = self._language.endpoint.ask(messages, most, tools=offered)
                done(answer.usage)
                yield from (answer.text, answer)
                return
            for part in self._language.endpoint.stream(messages, most, offered):
                if isinstance(part, Answer):
                    done(part.usage)
                yield part

    def ask(self, purpose: Purpose, messages: Sequence[BaseMessage], form: Form | None = None) -> Answer:
        """One call within the session's limits; raises NoAnswer."""
        self._language.check_rest()
        most = parameters().output_tokens[purpose]
        size = _size(messages) + (len(json.dumps(form.schema)) if form else 0)
        with self.account.call(purpose, size, most) as done, self._language.noted():
            answer = self._language.endpoint.ask(messages, most, form)
            done(answer.usage)
            return answer

    def settled(self) -> None:
        """Waits for what runs in the background."""
        if self._wordings is not None:
            self._wordings.exception()

    def _clear(self, heard: Understanding, asked: str | None) -> bool:
        """Whether the embedded reading needs no help: a command, nothing readable, or a short answer it understood."""
        words = heard.message.split()
        if not any(one.isalnum() for one in heard.message):
            return True
        if any(intent.kind in COMMANDS for intent in heard.intents) and not heard.statements:
            return True
        return asked is not None and heard.value(asked) is not None and len(words) <= parameters().short_answer_words

    def _read(self, message: str, asked: str | None) -> Read:
        form = replace(reading_form(), structure=self._language.structure())
        system = system_prompt()
        if form.structure == "json_text":
            system += f"\nThe JSON object follows this schema: {json.dumps(form.schema)}\n"
        try:
            answer = self.ask("understand", [SystemMessage(system), HumanMessage(user_prompt(message, asked))], form)
            return parse_read(structured(answer))
        except NoAnswer as failed:
            if failed.failure in ("unsupported", "unfit"):
                self._language.step_down(form.structure)
            raise

    def _word_ahead(self, situation: str, profile: Profile) -> None:
        """Has the questions that may come worded, beside the reading: it holds nothing up."""
        if self._words_ahead and self._wordings is None and not self._language.resting():
            open_facts = [name for name in fact_specs() if name not in profile.facts and name != "use_case"]
            self._wordings = self._language.pool.submit(self._word, situation, open_facts)

    def _word(self, situation: str, names: Sequence[str]) -> Mapping[str, str]:
        questions = {name: fact_specs()[name].question for name in names}
        try:
            worded = self._worded("phrase", {"situation": situation, "questions": questions}, questions)
        except NoAnswer:
            return {}
        return {name: text for name, text in worded.items() if text.endswith("?") and "?" not in text[:-1]}

    def _wordings_so_far(self) -> Mapping[str, str]:
        """The wordings, where they are there already."""
        if self._wordings is None or not self._wordings.done() or self._wordings.exception():
            return {}
        return self._wordings.result()


def _size(messages: Sequence[BaseMessage]) -> int:
    """Bytes of messages, tool calls included."""
    return sum(len(message.model_dump_json().encode()) for message in messages)
