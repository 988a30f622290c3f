"""The website of a small course: what its pages show, and what the command refuses.

tests/browser/test_site.py looks at the whole website.
"""

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from commands import addresses, site
from commands.website import pages
from tests.support.website import CAPTION, picture, read


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


def test_a_lesson_is_a_page_that_needs_no_other_host(course, monkeypatch, capsys):
    monkeypatch.setattr(addresses, "repository", lambda: "https://github.com/someone/tiny")
    assert site.main([], course) == 0
    assert "site/" in capsys.readouterr().out
    page = read(course / "site/notebooks/01_tiny.html")

    solution = page.select_one("details")
    assert solution.strong.text == "twice"
    assert solution.select(".highlight")
    assert [one["display"] for one in page.select("math")] == ["inline", "block", "inline"]
    assert page.select_one(".together").text[-1] == "."  # a line never begins with the full stop
    assert "course_utils" not in page.article.text  # the cell that checks the kernel
    line = page.select_one(".on-the-web")
    assert "nothing needs to be run" in line.text
    assert "JupyterLab" in line.text  # in the first lesson alone
    assert [link.text for link in line.select("a")] == ["get the course", "Binder", "Colab"]
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
    loaded = page.select("[src], link[href]:not([rel=canonical])")
    found = [one.get("src") or one.get("href") for one in loaded]
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
