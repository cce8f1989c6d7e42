"""Measures the browser app in real Chromiums: cold start, enter to the updated panel, and many visitors at once.

    python -m tests.benchmarks.browser [--messages 20] [--visitors 30] [--seconds 60] [--every 20]

Each visitor sends a message every so many seconds. Without visitors only cold start and single messages are measured.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.ui.browser.served import ANSWER, FLAGS, START, Served, chromium, free_port

TEXT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."
LIMIT_S = 120
SHOWN = {"Facts": ".st-key-fact-use_case", "Costs and wait": "table.plain"}
"""What each tab of the panel shows."""


async def begin(page: Page, app: Served) -> None:
    """Starts a consultation."""
    await page.goto(app.url)
    await page.get_by_role("textbox", name=START).fill(TEXT)
    await page.keyboard.press("Enter")
    await page.locator(".st-key-lead").wait_for()
    await page.wait_for_url("**session=*")


async def at_rest(page: Page) -> None:
    """Waits for the end of the script."""
    await page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


async def turned_to(page: Page, tab: str) -> None:
    """Opens a tab of the panel and waits until it is drawn."""
    await page.get_by_role("tab", name=tab).click()
    await page.locator(SHOWN[tab]).first.wait_for()
    await at_rest(page)


async def send(page: Page, number: int) -> tuple[float, float]:
    """Seconds from pressing enter to the reply, and to the end of the script, when the whole panel is up to date."""
    volume = 1_000 + number * 137
    box = page.get_by_role("textbox", name=ANSWER)
    await box.fill(f"{volume} requests a day")
    started = time.perf_counter()
    await page.keyboard.press("Enter")
    await page.get_by_test_id("stChatMessage").last.filter(has_text=f"{volume:,}").wait_for()
    reply = time.perf_counter() - started
    await at_rest(page)
    return reply, time.perf_counter() - started


async def update(page: Page, number: int) -> float:
    """Seconds from pressing enter to the panel that shows the new fact; the panel stands open at the facts."""
    volume = 1_000 + number * 137
    await page.get_by_role("textbox", name=ANSWER).fill(f"{volume} requests a day")
    started = time.perf_counter()
    await page.keyboard.press("Enter")
    await page.locator(".st-key-fact-queries_per_day", has_text=f"{volume:,}").wait_for()
    taken = time.perf_counter() - started
    await at_rest(page)
    return taken


async def cold_start(app: Served, browser: Browser) -> float:
    """Seconds from the command to a page that one can type into."""
    started = time.perf_counter()
    await asyncio.to_thread(app.start)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(app.url)
    await page.get_by_role("textbox", name=START).wait_for()
    taken = time.perf_counter() - started
    await context.close()
    return taken


async def visit(app: Served, browser: Browser, number: int, seconds: float, every: float) -> list[float]:
    """One visitor's waits, in seconds."""
    context = await browser.new_context()
    context.set_default_timeout(LIMIT_S * 1000)
    page = await context.new_page()
    await begin(page, app)
    await turned_to(page, "Facts")
    await asyncio.sleep(every * number / 30)
    waits, ends, sent = [], time.perf_counter() + seconds, 0
    while time.perf_counter() < ends:
        began = time.perf_counter()
        waits.append(await update(page, sent + number * 50))
        sent += 1
        await asyncio.sleep(max(every - (time.perf_counter() - began), 0))
    await context.close()
    return waits


def row(name: str, waits: list[float]) -> str:
    """One line of the table, in milliseconds."""
    shown = [
        statistics.median(waits),
        statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0],
        max(waits),
    ]
    return f"{name:<44} {len(waits):>5} " + " ".join(f"{1000 * wait:>8.0f}" for wait in shown)


async def measure(messages: int, visitors: int, seconds: float, every: float) -> None:
    """Runs everything and prints the table."""
    os.environ.setdefault("CONSULT_AS_OF", "2026-11-20")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        app = Served(Path(tempfile.mkdtemp(prefix="consult-browser-")), free_port())
        print(f"{'':<44} {'n':>5} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}   load {os.getloadavg()[0]:.1f}")
        print(row("cold start to a usable page", [await cold_start(app, browser)]))
        page = await browser.new_page()
        page.set_default_timeout(LIMIT_S * 1000)
        await begin(page, app)
        await at_rest(page)
        waits = [await send(page, number) for number in range(messages)]
        print(row("enter to the reply", [reply for reply, _ in waits]))
        print(row("enter to all reasons and what would change it", [whole for _, whole in waits]))
        await turned_to(page, "Facts")
        panel = [await update(page, messages + number) for number in range(messages)]
        print(row("enter to the updated panel, at the facts", panel))
        await turned_to(page, "Costs and wait")
        waits = [await send(page, 2 * messages + number) for number in range(messages)]
        print(row("enter to all costs, waits and the chart", [whole for _, whole in waits]))
        if visitors:
            jobs = [visit(app, browser, number, seconds, every) for number in range(visitors)]
            found = await asyncio.gather(*jobs, return_exceptions=True)
            failed = [one for one in found if isinstance(one, BaseException)]
            all_waits = [wait for one in found if isinstance(one, list) for wait in one]
            print(row(f"{visitors} visitors, one message in {every:g} s", all_waits) + f"   {len(failed)} failed")
        await browser.close()
        app.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20)
    parser.add_argument("--visitors", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=20)
    given = parser.parse_args()
    asyncio.run(measure(given.messages, given.visitors, given.seconds, given.every))


if __name__ == "__main__":
    main()
