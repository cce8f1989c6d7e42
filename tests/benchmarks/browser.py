"""Measures the browser app in real Chromiums: cold start, enter to the updated panel, and many visitors at once.

    python -m tests.benchmarks.browser [--messages 20] [--visitors 30] [--seconds 300] [--every 20]

Each visitor sends a message every so many seconds. Without visitors only cold start and single messages are measured.
Below each row stands where the time went: what the engine took, what the page's script took (wall with the waiting for
the engine, then processor time), and what is left for wire and browser. The Chromiums run on the same cores as the app.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.benchmarks.browser_times import FILE, PROGRAM, read_spans
from tests.peers.local import free_port
from tests.ui.browser.served import ANSWER, FLAGS, START, Served, chromium

TEXT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."
LIMIT_S = 120
BEGIN_AT_ONCE = 4
SHOWN = {"Facts": ".st-key-fact-use_case", "Costs and wait": "table.plain"}
"""What each tab of the panel shows."""

PARTS = {"answer": "engine: the answer", "flips": "engine: what would change it", "costs": "engine: costs and waits"}


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


async def arrive(app: Served, browser: Browser, places: asyncio.Semaphore) -> Page:
    """A visitor with a consultation under way, at the facts."""
    async with places:
        context = await browser.new_context()
        context.set_default_timeout(LIMIT_S * 1000)
        page = await context.new_page()
        await begin(page, app)
        await turned_to(page, "Facts")
        return page


async def visit(page: Page, number: int, of: int, seconds: float, every: float) -> list[float]:
    """One visitor's waits, in seconds; visitors are spread evenly over the time between two messages."""
    await asyncio.sleep(every * number / of)
    waits: list[float] = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        began = time.perf_counter()
        waits.append(await update(page, len(waits) + number * 50))
        await asyncio.sleep(max(every - (time.perf_counter() - began), 0))
    return waits


def row(name: str, waits: list[float]) -> str:
    """One line of the table, in milliseconds."""
    if not waits:
        return f"{name:<48} {0:>5}"
    high = statistics.quantiles(waits, n=20, method="inclusive")[-1] if len(waits) > 1 else waits[0]
    return f"{name:<48} {len(waits):>5} " + " ".join(
        f"{1000 * wait:>8.0f}" for wait in (statistics.median(waits), high, max(waits))
    )


def parts(times: Path, since: float, waits: list[float]) -> list[str]:
    """Where the time went since a moment, a line for each part, per message."""
    spans = read_spans(times, since)
    lines = []
    for what, name in PARTS.items():
        walls = [span.wall_s for span in spans if span.what == what]
        cpu = sum(span.cpu_s for span in spans if span.what == what)
        if walls:
            lines.append(row(f"  {name}", walls) + f"   {1000 * cpu / len(walls):.0f} ms processor each")
    runs = [span for span in spans if span.what == "script"]
    cpu = sum(span.cpu_s for span in runs)
    answers = max(sum(span.what == "answer" for span in spans), 1)
    lines.append(row("  script runs, waiting included", [run.wall_s for run in runs]))
    lines.append(f"  script, processor a message {1000 * cpu / answers:.0f} ms in {len(runs) / answers:.1f} runs")
    answered = [span.wall_s for span in spans if span.what == "answer"]
    if waits and answered:
        rest = statistics.median(waits) - statistics.median(answered)
        lines.append(f"  script, wire and browser beside the answer, at the median: {1000 * rest:.0f} ms")
    return lines


def used_s(app: Served) -> float:
    """Processor time that the app has used so far, in seconds."""
    assert app.process is not None
    fields = Path(f"/proc/{app.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def reported(app: Served, times: Path, name: str, run: Callable[[], Awaitable[list[float]]]) -> list[float]:
    """Runs one measurement and prints its row with its parts."""
    since, used, began = time.time(), used_s(app), time.perf_counter()
    waits = await run()
    spent, taken = used_s(app) - used, time.perf_counter() - began
    print(row(name, waits))
    for line in parts(times, since, waits):
        print(line)
    share = f"{100 * spent / taken:.0f} % of one core"
    print(f"  the app's processor time a message {1000 * spent / max(len(waits), 1):.0f} ms; {share}", flush=True)
    return waits


async def measure(messages: int, visitors: int, seconds: float, every: float) -> None:
    """Runs everything and prints the table."""
    os.environ.setdefault("CONSULT_AS_OF", "2026-11-20")
    home = Path(tempfile.mkdtemp(prefix="consult-browser-"))
    times = home / "times.jsonl"
    app = Served(home / "data", free_port(), environment={FILE: str(times)}, main=PROGRAM)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        print(f"{'':<48} {'n':>5} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}   load {os.getloadavg()[0]:.1f}")
        try:
            print(row("cold start to a usable page", [await cold_start(app, browser)]), flush=True)
            await one_visitor(app, browser, times, messages)
            if visitors:
                await many_visitors(app, browser, times, visitors, seconds, every)
        finally:
            await browser.close()
            app.stop()


async def one_visitor(app: Served, browser: Browser, times: Path, messages: int) -> None:
    """Messages one after the other, at each tab of the panel."""
    page = await browser.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    await begin(page, app)
    await at_rest(page)
    replies: list[float] = []

    async def all_of(first: int) -> list[float]:
        both = [await send(page, first + number) for number in range(messages)]
        replies.extend(reply for reply, _ in both)
        return [whole for _, whole in both]

    await reported(app, times, "enter to all reasons and what would change it", lambda: all_of(0))
    print(row("  enter to the reply", replies))
    await turned_to(page, "Facts")

    async def at_facts() -> list[float]:
        return [await update(page, messages + number) for number in range(messages)]

    await reported(app, times, "enter to the updated panel, at the facts", at_facts)
    await turned_to(page, "Costs and wait")
    await reported(app, times, "enter to all costs, waits and the chart", lambda: all_of(2 * messages))
    await page.close()


async def many_visitors(
    app: Served, browser: Browser, times: Path, visitors: int, seconds: float, every: float
) -> None:
    """Visitors who send messages all at once, after all of them have begun a consultation."""
    places = asyncio.Semaphore(BEGIN_AT_ONCE)
    pages = await asyncio.gather(*(arrive(app, browser, places) for _ in range(visitors)))
    failed: list[BaseException] = []

    async def all_visits() -> list[float]:
        jobs = [visit(page, number, visitors, seconds, every) for number, page in enumerate(pages)]
        found = await asyncio.gather(*jobs, return_exceptions=True)
        failed.extend(one for one in found if isinstance(one, BaseException))
        return [wait for one in found if isinstance(one, list) for wait in one]

    await reported(app, times, f"{visitors} visitors, one message in {every:g} s each", all_visits)
    print(f"  {len(failed)} visitors failed{': ' + str(failed[0]).splitlines()[0] if failed else ''}")


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
