"""The whole website for tests in a browser, and a small course that makes a small one."""

import base64
import contextlib
import functools
import io
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import nbformat
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tests.support.lessons import ROOT

SIZES = {"phone": (390, 844), "tablet": (768, 1024), "laptop": (1280, 800)}
# A page was left while a request was on its way: of its icon or, in Firefox, of the next page.
LEFT = ("net::ERR_ABORTED", "NS_BINDING_ABORTED")
LOOK = """async () => {
    const article = document.querySelector("main"), wrong = [];
    for (const fold of article.querySelectorAll("details")) fold.open = true;
    for (const image of article.querySelectorAll("img")) image.loading = "eager";
    await Promise.all([...article.querySelectorAll("img")].map(image => image.decode().catch(
        () => wrong.push(`a picture is missing: ${image.src}`))));
    const width = document.documentElement.scrollWidth;
    if (width > innerWidth) wrong.push(`the page is ${width} pixels wide`);
    for (const image of article.querySelectorAll("img"))
        if (!image.alt) wrong.push(`no alt text: ${image.src}`);
    for (const formula of article.querySelectorAll("math")) {
        const box = formula.getBoundingClientRect();
        if (!(box.width > 4 && box.height > 4)) wrong.push(`not drawn: ${formula.textContent}`);
    }
    return wrong;
}"""
CAPTION = "A line of slope 2 & more."
LESSON = r"""# 01 Tiny

You double $x$.

## What is it?

$$y = \frac{1}{2}$$

<details><summary>Solution</summary>

```python
double = 2
```

It is **twice** $x$.

</details>

See [the glossary](../docs/glossary.md).

## Deeper: why?

Because."""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(folder, handler=QuietHandler):
    """Serve a folder; yield the server's address."""
    handler = functools.partial(handler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def read(path):
    """Return the parsed page of a file."""
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def pages(website):
    """Return {path: parsed page} of the pages of a website."""
    paths = [path for path in website.rglob("*.html") if "_static" not in path.parts]
    return {path: read(path) for path in paths}


def names(website):
    """Return the addresses of a website's pages, from its folder on."""
    return sorted(path.relative_to(website).as_posix() for path in pages(website))


@contextlib.contextmanager
def opened(browser, size="laptop", theme="light", **options):
    """Open an empty page in a window of its own; who reads there wants no motion."""
    width, height = SIZES[size]
    options |= {"viewport": {"width": width, "height": height}, "color_scheme": theme}
    with browser.new_context(reduced_motion="reduce", **options) as context:
        yield context.new_page()


def watch(page, address):
    """Return the list that collects errors, failed requests and requests to another host."""
    wrong = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda r: r.failure in LEFT or wrong.append(f"failed: {r.url}"))
    page.on("response", lambda r: r.status < 400 or wrong.append(f"{r.status}: {r.url}"))
    page.on("request", lambda r: r.url.startswith((address, "data:")) or wrong.append(r.url))
    return wrong


def picture(caption=CAPTION):
    """Return the output of a picture 200 dots wide and 100 high, shown at half that size."""
    file = io.BytesIO()
    Image.new("RGB", (200, 100)).save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": caption}
    return new_output("display_data", data, metadata={"image/png": {"alt": caption, "width": 100}})


def write_course(root):
    """Write a course of one lesson, with the options and the style of the real website."""
    shutil.copytree(ROOT / "docs/site", root / "docs/site")
    (root / "docs/site/index.md").write_text(
        "# Tiny course\n\n![Colab](https://host.org/a.svg) {{ online }}\n\n"
        "```{toctree}\n:glob:\n\nnotebooks/*\ndocs/*\n```\n"
    )
    (root / "LICENSE").write_text("MIT\n")
    (root / "docs/glossary.md").write_text("# Glossary\n\n| word | meaning |\n|--|--|\n| a | b |\n")
    (root / "notebooks").mkdir()
    start = new_code_cell("import course_utils", metadata={"tags": ["start"]})
    cells = [new_markdown_cell(LESSON), start, new_code_cell("line()", outputs=[picture()])]
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, root / "notebooks/01_tiny.ipynb")
