"""Texts typed into the page stay until they are posted, whatever comes in meanwhile."""

from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from ui.browser import typed


class Visitor:
    """Stands for Streamlit's session of one page."""

    def clicks(self) -> Any:
        """What the script is given for the input when a button was clicked."""
        states = WidgetStates()
        states.widgets.add(id="button").trigger_value = True
        return self._arrived(states)

    def types(self, text: str, *files: str) -> Any:
        """What the script is given for the input when a text was sent."""
        states = WidgetStates()
        value = states.widgets.add(id="input").chat_input_value
        value.data = text
        for name in files:
            value.file_uploader_state.uploaded_file_info.add(name=name)
        return self._arrived(states)

    def _arrived(self, states: WidgetStates) -> Any:
        typed.carry(self, states.widgets)
        return next(one.chat_input_value for one in states.widgets if one.id == "input")


def said(value: Any) -> list[str]:
    """The texts of a submission."""
    return [text for _, text in typed.texts(value.data)]


def test_a_text_that_was_not_posted_comes_again_before_the_next() -> None:
    visitor = Visitor()
    assert said(visitor.types("900 a day")) == ["900 a day"]
    assert said(visitor.types("it changes weekly")) == ["900 a day", "it changes weekly"]


def test_a_text_that_was_not_posted_comes_again_with_a_click() -> None:
    visitor = Visitor()
    visitor.types("900 a day")
    assert said(visitor.clicks()) == ["900 a day"]


def test_a_text_keeps_its_id_when_it_comes_again() -> None:
    visitor = Visitor()
    before = typed.texts(visitor.types("900 a day").data)
    assert typed.texts(visitor.types("it changes weekly").data)[:1] == before


def test_a_text_that_was_posted_does_not_come_again() -> None:
    visitor = Visitor()
    typed.posted(name for name, _ in typed.texts(visitor.types("900 a day").data))
    assert said(visitor.types("it changes weekly")) == ["it changes weekly"]


def test_files_of_a_text_that_was_not_posted_come_again() -> None:
    visitor = Visitor()
    visitor.types("here is our manual", "manual.pdf")
    files = visitor.types("and the list", "list.csv").file_uploader_state.uploaded_file_info
    assert [one.name for one in files] == ["manual.pdf", "list.csv"]


def test_a_text_of_long_ago_does_not_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor()
    visitor.types("900 a day")
    monkeypatch.setattr(typed, "KEPT_S", -1.0)
    assert said(visitor.types("it changes weekly")) == ["it changes weekly"]


def test_texts_of_one_visitor_do_not_come_with_those_of_another() -> None:
    assert said(Visitor().types("mine")) == ["mine"]
    assert said(Visitor().types("yours")) == ["yours"]


def test_a_text_without_an_id_is_one_text() -> None:
    assert typed.texts("900 a day\nand more") == [(None, "900 a day\nand more")]
    assert typed.texts("") == []
