"""The memo: rendered with citations that open their claims, and to be downloaded in every format."""

import json
import re
from collections import OrderedDict
from hashlib import blake2b
from html import unescape
from urllib.parse import urlencode, urlsplit

import streamlit as st

from agent.language.model.opening import model_is_set
from agent.memo.again import write_again
from agent.memo.outline import Memo
from agent.protocol import Commanded
from knowledge.errors import ConsultError, UnavailableError
from ui.browser import outbox
from ui.browser.charts import picture
from ui.browser.claims import claim_card
from ui.browser.consultancy import SESSION, consultant, session_id, settings, transcript
from ui.browser.safe_text import plain
from ui.browser.words import word
from ui.render.export import SUFFIXES, render
from ui.render.html import render_html

MIME = {
    ".md": "text/markdown",
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".json": "application/json",
}
FORMATS = {".pdf": "PDF", ".docx": "Word", ".html": "HTML", ".md": "Markdown", ".json": "JSON"}
"""The names of the formats on their buttons, those that most people want first."""

MOST_WRITTEN = 16
"""Memos that are held in memory."""

_BODY = re.compile(r"<main>(.*)</main>", re.DOTALL)
_CITED = re.compile(r'<a href="#source-(\d+)" title="[^"]*">\d+</a>')
_CHART = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_DESCRIBED = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)
_PARTED = re.compile(r"(?<=\d) (?=%)")
_CONTENTS = re.compile(r'<nav aria-label="Contents">.*?</nav>', re.DOTALL)


def memo_page() -> None:
    """Draws the memo of the session in the address."""
    session = session_id()
    if session is None or not transcript(session) or not consultant().ledger(session).heard:
        nothing_yet()
        return
    _settle_wording()
    with st.spinner(word("memo_writing")):
        memo = session_memo(session)
    with st.container(key="memo-page"):
        downloads(memo)
        _link(session)
        _offer_wording(session, memo)
        st.caption(word("memo_intro"))
        st.html(memo_html(memo))


def nothing_yet() -> None:
    """Says that a page needs a consultation, and leads to one."""
    st.subheader(word("no_session_heading"), anchor=False)
    st.markdown(word("no_session"))
    with st.container(key="way-on"):
        st.page_link(st.session_state["pages"]["consult"], label=word("go_consult"))


def _link(session: str) -> None:
    """The address that reopens this consultation."""
    with st.expander(word("copy_link")):
        st.caption(word("copy_link_note"))
        parts = urlsplit(st.context.url or "")
        st.code(f"{parts.scheme}://{parts.netloc}/?{urlencode({SESSION: session})}", language=None)


def _offer_wording(session: str, memo: Memo) -> None:
    """Where a language model is set: a button to have it word the memo of these facts, or that it did not do so."""
    if not model_is_set(settings()):
        return
    turns = [turn for _, turn in transcript(session) if turn]
    asked = next((turn for turn in reversed(turns) if turn.memo), None)
    if asked is None or asked.facts != consultant().ledger(session).facts_document():
        st.button(word("memo_word_it"), key="word-memo", on_click=_ask_for_words, args=(len(turns),))
    elif not memo.grounds["worded"]:
        st.caption(word("memo_not_worded"))


def _ask_for_words(number: int) -> None:
    """Asks for the memo in the conversation; clicking twice counts once."""
    outbox.post(Commanded("memo"), f"memo-{number}")


def _settle_wording() -> None:
    """Waits for a memo that was asked for here, so that its words are there when it is drawn."""
    place = st.empty()
    for letter in [one for one in outbox.waiting() if one.message == Commanded("memo")]:
        try:
            with st.spinner(word("memo_wording")):
                outbox.deliver(letter, lambda _: place.empty())
        except ConsultError as problem:
            outbox.tell(problem)
    told = outbox.told()
    if told:
        st.error(plain(told))


def downloads(memo: Memo) -> None:
    """One button for each format; a format whose optional part is missing says so."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="downloads"):
        st.html(f'<p class="fact">{word("memo_download")}</p>', width="content")
        for suffix in sorted(SUFFIXES, key=[*FORMATS].index):
            name = FORMATS[suffix]
            try:
                content = _rendered(memo, suffix)
            except UnavailableError as problem:
                st.button(name, disabled=True, help=plain(problem), key=f"download-{suffix}")
                continue
            st.download_button(
                name,
                content,
                f"memo{suffix}",
                MIME[suffix],
                on_click="ignore",
                key=f"download-{suffix}",
            )


def memo_html(memo: Memo) -> str:
    """The memo's own HTML, each citation a button that opens its claim; everything in it is escaped already."""
    found = _BODY.search(render_html(memo))
    body = _PARTED.sub("\u00a0", _CONTENTS.sub("", found.group(1) if found else ""))
    body = body.replace(
        '<div class="table">', f'<div class="table" role="region" tabindex="0" aria-label="{word("memo_table")}">'
    )
    body = _CHART.sub(lambda drawn: _chart(drawn.group()), body)

    def button(match: re.Match[str]) -> str:
        number = match.group(1)
        label = word("claim_open", number=number)
        return (
            f'<button type="button" class="cite" popovertarget="claim-{number}" aria-label="{label}">{number}</button>'
        )

    cards = "".join(
        f'<div popover id="claim-{number}" role="dialog" aria-label="{word("claim_open", number=number)}">'
        f"{claim_card(claim)}</div>"
        for number, claim in enumerate(memo.cited, 1)
    )
    return f'<article class="memo">{_CITED.sub(button, body)}{cards}</article>'


def _chart(svg: str) -> str:
    """A chart as an image, which Streamlit shows; it would leave out the element."""
    described = _DESCRIBED.search(svg)
    drawn = picture(svg, unescape(described.group(1)) if described else "")
    return f'<div class="table" role="region" tabindex="0" aria-label="{word("memo_chart")}">{drawn}</div>'


_written: OrderedDict[bytes, Memo] = OrderedDict()
_kept: dict[tuple[int, str], tuple[Memo, bytes]] = {}


def session_memo(session: str) -> Memo:
    """The memo of a session; written anew when anything that was said in it has changed, or on another day."""
    ledger, told = consultant().ledger(session), consultant().transcript(session)
    said = [entry.document() for entry in ledger.entries]
    rests_on = [session, settings().date().isoformat(), said, [turn.memo for _, turn in told if turn]]
    content = blake2b(json.dumps(rests_on).encode(), digest_size=16).digest()
    memo = _written.get(content) or write_again(ledger.profile, ledger.heard, told, settings())
    _written[content] = memo
    while len(_written) > MOST_WRITTEN:
        _written.popitem(last=False)
    return memo


def _rendered(memo: Memo, suffix: str) -> bytes:
    """The memo in a format; kept for as long as the memo is, as rendering takes longer than drawing the page."""
    kept = _kept.get((id(memo), suffix))
    if kept is None or kept[0] is not memo:
        if len(_kept) > 80:
            _kept.clear()
        kept = _kept[(id(memo), suffix)] = (memo, render(memo, suffix))
    return kept[1]


def forget() -> None:
    """Drops all memos that are held in memory."""
    _written.clear()
    _kept.clear()
