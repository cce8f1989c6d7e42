"""The pages around a consultation in a real Chromium: memo, what-if, uploads, sessions, knowledge."""

import json
import re
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from docx import Document
from playwright.sync_api import Browser, FilePayload, Page, expect
from pypdf import PdfReader

from agent.consultation import Consultant
from agent.protocol import Said
from agent.settings import Settings
from agent.wording import lower_first
from tests.ui.browser.served import Served, begin, messages, opened, settled, visitor

pytestmark = pytest.mark.browser

SUPPORT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."
HOSTILE = (
    "<img src=http://evil.example/a onerror=alert(1)> ![x](http://evil.example/b.png) [click](javascript:alert(1)) "
    "$\\frac{1}{2}$ :red[danger] :material/delete: www.evil.example `code` **bold** "
    "over 300 pages of docs, updated weekly"
)
HOSTILE_NAMES = (
    "![x](http:evil.example b.png) [y](javascript:alert(1)).md",
    "<img src=x onerror=alert(1)> & <b>.csv",
    "$\\frac{1}{2}$ :red[danger] :material_delete: `x` **y**.md",
    "..%2f..%2fetc%2fpasswd www.evil.example.md",
    "report\u202egpj.md",
    "=cmd|' C'!A0.csv",
)
FORMATS = {"PDF": ".pdf", "Word": ".docx", "HTML": ".html", "Markdown": ".md", "JSON": ".json"}
NAMES = ("kind", "template", "path", "form", "basis")
PAGES = ("/", "/what-if", "/memo", "/sessions", "/knowledge")


@pytest.fixture(scope="module")
def session(app: Served) -> str:
    """A consultation in which something was said already."""
    return said(app, SUPPORT)


def said(app: Served, text: str) -> str:
    """The id of a new session with one message."""
    consultant = Consultant(Settings(home=app.home))
    turn = consultant.send(consultant.start().session, Said(text))
    consultant.close()
    return turn.session


def test_the_memo_downloads_in_every_format_and_says_what_the_panel_says(page: Page, app: Served, session: str) -> None:
    opened(page, app, f"/?session={session}")
    advised = page.locator(".st-key-lead h3").inner_text()
    share = page.locator(".st-key-lead").get_by_text(" of the situations").inner_text().split(" of ")[0]
    page.get_by_role("tab", name="Costs and wait").click()
    costs = page.locator("table.plain").first.get_by_role("row").filter(has_text=advised).first
    amounts = [costs.get_by_role("cell").nth(place).inner_text().split("\n")[0] for place in (0, 1)]
    opened(page, app, f"/memo?session={session}")
    found = {}
    for name, suffix in FORMATS.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert download.value.suggested_filename == f"memo{suffix}"
        found[suffix] = written(suffix, Path(download.value.path()).read_bytes())
    for suffix, text in found.items():
        for shown in (f"Decision memo: {lower_first(advised)}", share, *map(in_memo, amounts)):
            assert " ".join(shown.split()) in text, (suffix, shown)


def written(suffix: str, content: bytes) -> str:
    """The text of a file as a reader would open it, on one line."""
    match suffix:
        case ".docx":
            document = Document(BytesIO(content))
            cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
            text = "\n".join([*(one.text for one in document.paragraphs), *cells])
        case ".pdf":
            text = "\n".join(one.extract_text() for one in PdfReader(BytesIO(content)).pages)
        case ".html":
            text = unescape(re.sub(r"<[^>]+>", "", content.decode()))
        case ".json":
            text = " ".join(strings(json.loads(content)["memo"]))
        case _:
            text = content.decode()
    return " ".join(text.split())


def strings(document: object) -> list[str]:
    """All words within a JSON memo, without the names of templates and forms."""
    if isinstance(document, list):
        return [text for one in document for text in strings(one)]
    if isinstance(document, dict):
        return strings([one for name, one in document.items() if name not in NAMES])
    return [document] if isinstance(document, str) else []


def in_memo(amount: str) -> str:
    """An amount of the panel with the two significant digits of the memo."""
    return f"${float(format(float(amount.lstrip('$').replace(',', '')), '.2g')):,.0f}"


def test_a_citation_opens_its_claim_and_source(page: Page, app: Served, session: str) -> None:
    opened(page, app, f"/memo?session={session}")
    page.get_by_role("button", name="Claim 1", exact=True).first.click()
    card = page.locator("#claim-1")
    expect(card).to_be_visible()
    expect(card.locator(".claim-id")).to_contain_text(":")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_scenario_moves_the_advice_beside_what_is_saved(page: Page, app: Served, session: str) -> None:
    opened(page, app, f"/what-if?session={session}")
    page.get_by_role("combobox", name="Facts to change").click()
    page.get_by_role("option", name="What is missing today").click()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="What is missing today").click()
    page.get_by_role("option", name="It knows enough but answers in the wrong form, tone or pattern").click()
    table = page.get_by_role("region", name="Side by side")
    expect(table).to_contain_text("Scenario A")
    expect(table).to_contain_text("instead of: Retrieval (RAG)")
    assert "behavior" not in json.dumps(Consultant(Settings(home=app.home)).ledger(session).profile.document())


def test_a_failure_audit_dropped_into_the_chat_settles_the_gap(page: Page, app: Served, tmp_path: Path) -> None:
    begin(page, app, "We want to use a language model for our internal wiki of 400 pages.")
    rows = [f"question {number},the answer is {number},I do not know,knowledge" for number in range(40)]
    file = tmp_path / "failures.csv"
    file.write_text("\n".join(["query,expected,actual,label", *rows]))
    drop(page, file)
    expect(page.get_by_text("Failure audit: failures.csv")).to_be_visible()
    expect(page.get_by_test_id("stText").last).to_contain_text("What is missing today: it does not have our facts")


def training_data(folder: Path, examples: int) -> Path:
    """A file of distinct examples."""
    said = [(f"ticket {n} about topic {n * 7}", f"category {n % 12}") for n in range(examples)]
    lines = [{"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]} for q, a in said]
    file = folder / "train.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return file


def drop(page: Page, *files: Path | FilePayload) -> None:
    """Drops files into the chat."""
    page.locator('input[type="file"]').first.set_input_files(list(files))  # type: ignore[arg-type]
    page.get_by_test_id("stChatInputSubmitButton").click()


def test_training_data_dropped_into_the_chat_counts_as_examples(page: Page, app: Served, tmp_path: Path) -> None:
    begin(page, app, "We want to sort tickets into 12 categories.")
    drop(page, training_data(tmp_path, 30))
    expect(page.get_by_text("Training data: train.jsonl")).to_be_visible()
    expect(page.get_by_test_id("stText").last).to_contain_text("Labelled examples in hand")


def test_a_file_is_read_although_the_page_is_reloaded_meanwhile(page: Page, app: Served, tmp_path: Path) -> None:
    begin(page, app, "We want to sort tickets into 12 categories.")
    drop(page, training_data(tmp_path, 8_000))
    expect(page.get_by_text("Reading train.jsonl")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("stText").last).to_contain_text("Labelled examples in hand")
    settled(page)
    assert len(messages(page)) == 2
    assert [path for path in (app.home / "inbox").glob("*/*")] == []


def test_a_file_begins_a_consultation_and_one_that_cannot_be_used_is_told(
    page: Page, app: Served, tmp_path: Path
) -> None:
    opened(page, app)
    drop(page, FilePayload(name="notes.csv", mimeType="text/csv", buffer=b""))
    expect(page.get_by_text("notes.csv is empty.")).to_be_visible()
    drop(page, FilePayload(name="photo.png", mimeType="image/png", buffer=b"PNG"))
    expect(page.get_by_text("photo.png is of a kind that cannot be used here")).to_be_visible()
    assert "session=" not in page.url
    drop(page, training_data(tmp_path, 30))
    page.wait_for_url("**session=*")
    expect(page.get_by_test_id("stText").last).to_contain_text("Labelled examples in hand")
    expect(page.get_by_text("notes.csv is empty.")).to_be_visible()


def test_a_document_dropped_into_the_chat_is_listed_as_the_users(page: Page, app: Served, tmp_path: Path) -> None:
    begin(page, app, "We want to use a language model for our internal wiki of 400 pages.")
    file = tmp_path / "<b>handbook<b>.md"
    file.write_text("# Handbook\n\nOur wiki is edited on Fridays by the support team.")
    drop(page, file)
    expect(page.get_by_text("Document: <b>handbook<b>.md")).to_be_visible()
    expect(page.get_by_text("Documents never change rules or prices")).to_be_visible()


def test_a_session_is_renamed_exported_and_erased(page: Page, app: Served) -> None:
    text = "Erase me: an assistant over 250 pages of canary-4711 policies"
    mine = said(app, text)
    opened(page, app, f"/sessions?session={mine}")
    row = page.locator(f".st-key-session-{mine}")
    row.get_by_role("button", name="More").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert json.loads(Path(download.value.path()).read_text())["session"] == mine
    page.get_by_role("textbox", name="Title", exact=True).fill("A <b>new</b> name")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("link", name="A <b>new</b> name")).to_be_visible()
    opened(page, app, f"/sessions?session={mine}")
    row.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Erased: A <b>new</b> name")).to_be_visible()
    assert not any(b"canary-4711" in path.read_bytes() for path in app.home.rglob("*") if path.is_file())


def test_hostile_text_is_shown_as_text_everywhere(page: Page, app: Served) -> None:
    session = begin(page, app, HOSTILE)
    assert messages(page) == [" ".join(HOSTILE.split())]
    page.get_by_role("tab", name="Facts").click()
    for path in PAGES:
        opened(page, app, f"{path}?session={session}")
        inert(page)
    assert app.off_origin == []


def test_hostile_text_in_every_other_field_is_shown_as_text(page: Page, app: Served) -> None:
    session = said(app, SUPPORT)
    opened(page, app, f"/?session={session}")
    page.get_by_role("tab", name="Facts").click()
    page.locator(".st-key-fact-use_case").get_by_role("button", name="Change").click()
    page.get_by_role("textbox", name="Use case").fill(HOSTILE)
    page.get_by_role("textbox", name="Use case").press("Control+Enter")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".st-key-fact-use_case")).to_contain_text("<img src=http://evil.example/a")
    inert(page)
    opened(page, app, f"/sessions?session={session}")
    page.locator(f".st-key-session-{session}").get_by_role("button", name="More").click()
    page.get_by_role("textbox", name="Title", exact=True).fill(HOSTILE[:80])
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(f".st-key-session-{session}").get_by_role("link", name="<img src=http")).to_be_visible()
    inert(page)
    for path, field in (("/sessions", "Search by title"), ("/knowledge", "Search claims")):
        opened(page, app, f"{path}?session={session}")
        page.get_by_role("textbox", name=field).fill(HOSTILE)
        page.keyboard.press("Enter")
        expect(page.get_by_text("contains that")).to_be_visible()
        inert(page)
    for query in ({"session": HOSTILE}, {"claim": HOSTILE}, {"session": "../../etc/passwd"}):
        opened(page, app, f"/knowledge?{urlencode(query)}")
        opened(page, app, f"/?{urlencode(query)}")
        inert(page)
    assert app.off_origin == []


def inert(page: Page) -> None:
    """Nothing of the hostile text came alive."""
    settled(page)
    for selector in (
        'img[src*="evil"]',
        'a[href*="//evil"]',
        'a[href*="//www.evil"]',
        'a[href^="javascript"]',
        ".katex",
        "script[src*=evil]",
    ):
        assert page.locator(selector).count() == 0, (page.url, selector)


def test_hostile_file_names_are_shown_as_text(page: Page, app: Served) -> None:
    session = begin(page, app, "We want to use a language model for our internal wiki of 400 pages.")
    files = [
        FilePayload(name=name, mimeType="text/plain", buffer=f"# Notes {number}\n\nEdited on day {number}.".encode())
        for number, name in enumerate(HOSTILE_NAMES)
    ]
    drop(page, *files)
    expect(page.get_by_text("cmd|")).to_be_visible()
    settled(page)
    shown = page.get_by_test_id("stChatMessage").filter(has_text=re.compile("Document: |cannot be|csv"))
    expect(shown).to_have_count(len(HOSTILE_NAMES))
    for path in ("/", "/knowledge"):
        if path != "/":
            opened(page, app, f"{path}?session={session}")
            page.get_by_role("tab", name="Your documents").click()
            page.get_by_text("gpj.md").first.wait_for()
        for selector in ("img[src=x]", 'a[href*="evil"]', 'a[href^="javascript"]', ".katex", ".stMarkdownColoredText"):
            assert page.locator(selector).count() == 0, (path, selector)
    assert app.off_origin == []


def test_nothing_is_wider_than_a_phone(browser: Browser, app: Served, session: str) -> None:
    with visitor(browser, app, width=390, height=844) as page:
        for path in ("/", *(f"{path}?session={session}" for path in PAGES)):
            opened(page, app, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
            settled(page)
