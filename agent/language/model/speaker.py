"""The model implementation of the language port for one session."""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agent.language.model.anchoring import faults
from agent.language.model.endpoint import Answer, Form, structured
from agent.language.model.evidence import Witness
from agent.language.model.failure import NoAnswer
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
from agent.language.model.wording import fallback_line
from agent.language.port import Evidence, Outline, Question, Understanding
from agent.prompts import prompt
from knowledge.facts import fact_specs
from tools.profile import Profile

if TYPE_CHECKING:
    from agent.language.model.language import ModelLanguage

COMMANDS = {"memo", "back", "skip", "restart", "thanks"}


class ModelSpeaker:
    """Reads and words with the model; the embedded language answers wherever the model does not."""

    def __init__(self, language: "ModelLanguage", account: Account) -> None:
        self._language = language
        self._embedded = language.embedded
        self.account = account
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
        shown, worded = self._embedded.phrase(question), self._worded().get(question.fact)
        original = fact_specs()[question.fact].question
        return shown if worded is None else shown.replace(original, worded, 1)

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        """The best passages, each sentence with its source."""
        return self._embedded.explain(question, evidence)

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        """The outline's own sentences."""
        return outline.sections

    def ask(self, purpose: Purpose, messages: Sequence[BaseMessage], form: Form | None = None) -> Answer:
        """One call within the session's limits; raises NoAnswer."""
        self._language.check_rest()
        most = parameters().output_tokens[purpose]
        size = sum(len(str(message.content).encode()) for message in messages)
        size += len(json.dumps(form.schema)) if form else 0
        with self.account.call(purpose, size, most) as done:
            answer = self._language.noting(lambda: self._language.endpoint.ask(messages, most, form))
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
        if self._wordings is None and not self._language.resting():
            open_facts = [name for name in fact_specs() if name not in profile.facts and name != "use_case"]
            self._wordings = self._language.pool.submit(self._word, situation, open_facts)

    def _word(self, situation: str, names: Sequence[str]) -> Mapping[str, str]:
        questions = {name: fact_specs()[name].question for name in names}
        asked = json.dumps({"situation": situation, "questions": questions}, ensure_ascii=False)
        messages = [SystemMessage(prompt("phrase").text), HumanMessage(asked)]
        try:
            worded = structured(self.ask("phrase", messages))
        except NoAnswer:
            return {}
        if not isinstance(worded, dict):
            return {}
        pairs = ((name, worded.get(name)) for name in questions)
        return {
            name: text
            for name, text in pairs
            if isinstance(text, str)
            and text.endswith("?")
            and "?" not in text[:-1]
            and not faults(text, questions[name])
        }

    def _worded(self) -> Mapping[str, str]:
        """The wordings, where they are there already."""
        if self._wordings is None or not self._wordings.done() or self._wordings.exception():
            return {}
        return self._wordings.result()
