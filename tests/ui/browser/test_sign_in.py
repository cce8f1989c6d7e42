"""Behind a proxy that signs people in, each sees what is theirs, and nobody sees anything without its header."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.consultation import Consultant
from agent.protocol import Said
from agent.settings import load_settings
from knowledge.errors import InputError
from knowledge.library import open_searcher
from tests.scripted_language import ScriptedLanguage
from ui.browser import consultancy, outbox


class Stopped(Exception):
    """The page was not drawn further."""


@pytest.fixture
def page(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """What Streamlit knows of a visitor, with a consultant that Ann has talked to."""

    def stop() -> None:
        raise Stopped

    chosen = load_settings(sign_in_header="X-Forwarded-Email")
    visitor = SimpleNamespace(
        context=SimpleNamespace(headers={}), query_params={}, session_state={}, user={}, error=print, stop=stop
    )
    with closing(Consultant(chosen, ScriptedLanguage(), open_searcher(tmp_path / "index"))) as shared:
        visitor.session = shared.start("ann@example.org").session
        visitor.shared = shared
        monkeypatch.setattr(consultancy, "settings", lambda: chosen)
        monkeypatch.setattr(consultancy, "consultant", lambda: shared)
        monkeypatch.setattr(consultancy, "st", visitor)
        monkeypatch.setattr(outbox, "st", visitor)
        yield visitor


def test_without_the_header_nothing_is_drawn(page: SimpleNamespace) -> None:
    page.query_params["session"] = page.session
    for look in (consultancy.signed_in, lambda: consultancy.transcript(page.session), consultancy.lists_all):
        with pytest.raises(Stopped):
            look()


def test_the_owner_sees_the_session(page: SimpleNamespace) -> None:
    page.context.headers["X-Forwarded-Email"] = "ann@example.org"
    assert consultancy.signed_in() == "ann@example.org" and len(consultancy.transcript(page.session)) == 1


def test_somebody_else_is_told_that_there_is_none(page: SimpleNamespace) -> None:
    page.context.headers["X-Forwarded-Email"] = "ben@example.org"
    with pytest.raises(InputError, match="no such session"):
        consultancy.transcript(page.session)


def test_somebody_else_cannot_post_to_it(page: SimpleNamespace) -> None:
    page.context.headers["X-Forwarded-Email"] = "ben@example.org"
    page.query_params["session"] = page.session
    outbox.post(Said("gap=knowledge"))
    assert outbox.told() == "There is no such session." and len(page.shared.transcript(page.session)) == 1
