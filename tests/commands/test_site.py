"""The website of a small course: what its pages show, and what the command refuses.

tests/browser/test_site.py looks at the whole website.
"""

import base64
import io
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from commands import addresses, site
from commands.website import pages
from tests.support.lessons import ROOT

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


def picture(caption=CAPTION):
    """Return the output of a picture 200 dots wide and 100 high, shown at half that size."""
    file = io.BytesIO()
    Image.new("RGB", (200, 100)).save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": caption}
    return new_output("display_data", data, metadata={"image/png": {"alt": caption, "width": 100}})


def printed(text):
    return new_output("stream", name="stdout", text=text)


def shown(outputs, tmp_path):
    """Return what a page shows of a cell's outputs: HTML of pictures, and texts."""
    notebook = new_notebook(cells=[new_code_cell("line()", outputs=outputs)])
    pages.prepare(notebook, tmp_path, "../pictures/")
    return [
        one.get("text") or one.data.get("text/html") or one.data["text/plain"]
        for one in notebook.cells[0].outputs
    ]


def test_a_picture_is_a_figure_with_its_size_its_alt_text_and_its_caption(tmp_path):
    (figure,) = shown([picture()], tmp_path)
    page = BeautifulSoup(figure, "html.parser")
    assert page.figure.figcaption.text == page.img["alt"] == CAPTION
    assert (page.img["width"], page.img["height"]) == ("100", "50")
    (file,) = tmp_path.iterdir()
    assert page.img["src"] == f"../pictures/{file.name}"


@pytest.mark.parametrize(
    ("output", "rest"),
    [
        (printed(f"{CAPTION}\n"), []),
        (printed(f"{CAPTION}\nloss 2\n"), ["loss 2"]),
        (new_output("display_data", {"text/plain": CAPTION, "text/html": "<p>A line"}), []),
        (new_output("display_data", {"text/plain": f"loss 2\n{CAPTION}"}), ["loss 2"]),
        (printed("loss 2\n"), ["loss 2\n"]),
    ],
)
def test_a_caption_is_shown_once_and_what_is_printed_with_it_stays(tmp_path, output, rest):
    assert shown([picture(), output], tmp_path)[1:] == rest


def test_what_is_printed_before_a_picture_stays(tmp_path):
    assert shown([printed("loss 2\n"), picture()], tmp_path)[0] == "loss 2\n"


@pytest.fixture
def course(tmp_path):
    """A course of one lesson, with the options and the style of the real website."""
    root = tmp_path / "course"
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
    return root


def read(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_a_lesson_is_a_page_that_needs_no_other_host(course, monkeypatch, capsys):
    monkeypatch.setattr(addresses, "repository", lambda: "https://github.com/someone/tiny")
    assert site.main([], course) == 0
    assert "site/" in capsys.readouterr().out
    page = read(course / "site/notebooks/01_tiny.html")

    solution = page.select_one("details:not(.hide)")
    assert solution.strong.text == "twice"
    assert solution.select(".highlight")
    assert [one["display"] for one in page.select("math")] == ["inline", "block", "inline"]
    assert page.select_one(".together").text[-1] == "."  # a line never begins with the full stop
    assert page.select_one("details.hide").select(".highlight")  # the start cell
    assert [one.h2.contents[0] for one in page.select(".deeper")] == ["Deeper: why?"]
    picture = course / "site/notebooks" / page.figure.img["src"]
    assert picture.exists()
    notebook, *opening = (link["href"] for link in page.select(".ways-to-run a"))
    downloaded = (course / "site/notebooks" / notebook).resolve()
    assert downloaded.read_bytes() == (course / "notebooks/01_tiny.ipynb").read_bytes()
    assert [link.split("/")[2] for link in opening] == [
        "colab.research.google.com", "kaggle.com", "mybinder.org"
    ]  # fmt: skip
    (edit,) = page.select(".btn-edit-page-button, a[href*='/edit/']")
    assert edit["href"] == "https://github.com/someone/tiny/edit/main/lessons/01_tiny.py"

    start = read(course / "site/index.html")
    assert "Colab" in start.article.text
    assert remote(page) == remote(start) == []
    assert not list(course.rglob("*.map"))


def remote(page):
    """Return what a page loads from another host."""
    found = [one.get("src") or one.get("href") for one in page.select("[src], link[href]")]
    return [address for address in found if "//" in address]


def test_a_copy_without_an_address_links_only_to_itself():
    line = pages.ways_to_run("notebooks/01_tiny", "../", "")
    assert [link["href"] for link in BeautifulSoup(line, "html.parser").select("a")] == [
        "../_sources/notebooks/01_tiny.ipynb"
    ]


def test_a_broken_link_stops_the_command_and_leaves_the_last_website(course, capfd):
    (course / "site").mkdir()
    (course / "site/objects.inv").write_text("")
    (course / "docs/glossary.md").write_text("# Glossary\n\n[a lesson](../notebooks/02_no.ipynb)\n")
    assert site.main([], course) == 1
    assert "02_no.ipynb" in capfd.readouterr().err
    assert [one.name for one in (course / "site").iterdir()] == ["objects.inv"]


def test_a_folder_that_is_not_a_website_is_left_alone(course, capsys):
    (course / "site").mkdir()
    (course / "site/mine.txt").write_text("mine")
    assert site.main([], course) == 1
    assert "Rename" in capsys.readouterr().err
    assert (course / "site/mine.txt").read_text() == "mine"
