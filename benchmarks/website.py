"""How soon the website's pages can be read, in Chromium.

The pages come from this machine as GitHub sends them: texts are compressed. Each is opened three
times without anything stored; the table has the medians, before the reader scrolls: what was
requested and how large it is, the largest paint, the layout shift, and how long the page could not
answer (of each task, what exceeds 50 ms). 'Slow' is a phone on a slow network: 1.6 Mbit/s, 150 ms
for each request, a processor four times as slow.
"""

import gzip
import io
import itertools
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from commands import site
from tests.support.jupyterlab import CHROMIUM, FLAGS, find_program, launched
from tests.support.lessons import ROOT
from tests.support.website import QuietHandler, opened, serve

HEAD = (
    "page", "requests", "kB", "kB sent", "largest paint, s", "layout shift", "blocked, ms",
    "slow: largest paint, s", "slow: blocked, ms",
)  # fmt: skip
DEPENDS = (
    "commands/site.py",
    "commands/website",
    "docs",
    "notebooks",
    "README.md",
    "constraints.txt",
)
PAGES = {
    "front page": "index.html",
    "how far to step": "notebooks/*how_far_to_step.html",
    "where the time goes": "notebooks/*where_the_time_goes.html",
}
SCREENS = ("laptop", "phone")
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 1e5}
OBSERVE = """
measured = {paint: 0, shift: 0, blocked: 0};
function observe(type, use) {
    new PerformanceObserver(list => list.getEntries().forEach(use)).observe({type, buffered: true});
}
observe("largest-contentful-paint", entry => { measured.paint = entry.startTime / 1000; });
observe("layout-shift", entry => { measured.shift += entry.value; });
observe("longtask", entry => { measured.blocked += entry.duration - 50; });
"""
RESULT = """() => {
    const loaded = ["navigation", "resource"].flatMap(type => performance.getEntriesByType(type));
    const sum = name => loaded.reduce((sum, one) => sum + one[name], 0) / 1000;
    return {...measured, requests: loaded.length, size: sum("decodedBodySize"),
        sent: sum("transferSize")};
}"""


class CompressingHandler(QuietHandler):
    """Sends texts compressed, as GitHub's pages do."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        """Send what comes before a file's content, and return that."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in {".html", ".css", ".js", ".json", ".svg"} or not path.is_file():
            return super().send_head()
        content = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)


def measure(browser, address, screen, slow):
    """Open a page and return {quantity: number} of its first view."""
    with opened(browser, screen) as page:
        if slow:
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
            session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(OBSERVE)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        return page.evaluate(RESULT)


def median(browser, address, screen, slow=False):
    """Return the medians of three visits."""
    visits = [measure(browser, address, screen, slow) for _ in range(3)]
    return {key: statistics.median(visit[key] for visit in visits) for key in visits[0]}


def rows():
    """Yield a page and its screen, and what was measured there."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as tools:
        folder = Path(temporary, "site")
        site.write(ROOT, folder)
        options = {"executable_path": find_program(CHROMIUM), "args": FLAGS}
        with (
            serve(folder, CompressingHandler) as host,
            launched(tools.chromium, temporary, **options) as browser,
        ):
            for (name, pattern), screen in itertools.product(PAGES.items(), SCREENS):
                (path,) = folder.glob(pattern)
                address = f"{host}/{path.relative_to(folder).as_posix()}"
                yield f"{name}, {screen}", *cells(browser, address, screen)


def cells(browser, address, screen):
    """Return the cells of a row, behind its first."""
    fast, slow = (median(browser, address, screen, slow) for slow in (False, True))
    return (
        f"{fast['requests']:.0f}",
        f"{fast['size']:,.0f}",
        f"{fast['sent']:,.0f}",
        f"{fast['paint']:.2f}",
        f"{fast['shift']:.2g}",
        f"{fast['blocked']:.0f}",
        f"{slow['paint']:.1f}",
        f"{slow['blocked']:.0f}",
    )
