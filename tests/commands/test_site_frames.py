"""Sliders and animations on a lesson's page: with frames, without, and with those of other code.

tests/browser/test_site_frames.py moves them.
"""

import io
import json
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from commands import frames
from commands.website import animation, pages
from commands.website import frames as moving
from tests.support.website import CAPTION, picture

HINT = "In JupyterLab, run this cell to get a slider for w."
DOCNAME = "notebooks/01_tiny"


def shown(text):
    return new_output("display_data", {"text/plain": text})


@pytest.fixture
def course(tmp_path):
    """A course of one lesson with a slider, whose frames are drawn."""
    outputs = [picture(), shown(f"loss 2\n{CAPTION}"), shown(HINT)]
    cell = new_code_cell("sliders.move(line, w=(0, 1, 0))", outputs=outputs)
    notebook = new_notebook(cells=[new_code_cell("x = 1"), cell])
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "out/_images").mkdir(parents=True)
    nbformat.write(notebook, tmp_path / f"{DOCNAME}.ipynb")
    folder = frames.folder_of(tmp_path, notebook)
    folder.mkdir(parents=True)
    sliders = [{"label": "w", "texts": ["0", "1"], "start": 0}]
    two = [["a.webp", CAPTION, "loss 2"], ["b.webp", "w is 1", "loss 3"]]
    for name, *_ in two:
        (folder / name).write_bytes(b"picture")
    listed = {cell.id: {"sliders": sliders, "frames": two}}
    (folder / "frames.json").write_text(json.dumps(listed))
    return tmp_path


def page_of(course, repository=""):
    """Return what the page shows of the cell with the slider."""
    app = SimpleNamespace(
        srcdir=course,
        confdir=course / "docs/site",
        outdir=course / "out",
        builder=SimpleNamespace(get_target_uri=lambda name: f"{name}.html"),
        config=SimpleNamespace(repository=repository),
    )
    source = [(course / f"{DOCNAME}.ipynb").read_text("utf-8")]
    for module in (pages, animation, moving):
        module.on_source_read(app, DOCNAME, source)
    cells = nbformat.reads(source[0], as_version=4).cells
    shown = [output.data for cell in cells for output in cell.get("outputs", [])]
    texts = [data.get("text/html") or data["text/plain"] for data in shown]
    return BeautifulSoup("\n".join(texts), "html.parser")


def test_a_figure_gets_its_sliders_and_what_follows_them(course):
    page = page_of(course, "https://github.com/someone/tiny")
    place = page.select_one(".moving")
    assert place.select_one(".frames input")["aria-label"] == "w"
    assert HINT not in page.text
    assert page.text.count("loss 2") == 1
    assert place.pre.text == "loss 2"
    assert place.img["alt"] == place.figcaption.text == CAPTION
    assert [one["aria-live"] for one in (place.pre, place.figcaption)] == ["polite"] * 2
    content = json.loads(place.script.text)
    assert content["pictures"] == ["../_images/a.webp", "../_images/b.webp"]
    assert all((course / "out/notebooks" / one).resolve().exists() for one in content["pictures"])
    download, binder = (link["href"] for link in place.select(".with-a-kernel a"))
    assert download == "../_sources/notebooks/01_tiny.ipynb"
    assert "mybinder.org" in binder


def test_a_copy_without_an_address_offers_the_download_alone(course):
    assert len(page_of(course).select(".with-a-kernel a")) == 1


@pytest.mark.parametrize("change", ["no frames", "other code"])
def test_without_frames_of_this_very_lesson_a_page_shows_the_still_and_the_hint(course, change):
    if change == "no frames":
        next(course.glob(".frames/*/frames.json")).unlink()
    else:
        path = course / f"{DOCNAME}.ipynb"
        path.write_text(path.read_text().replace("x = 1", "x = 2"))
    page = page_of(course)
    assert page.select("input, script, .moving, .with-a-kernel") == []
    assert page.figure.img["alt"] == CAPTION
    assert HINT in page.text


def animated():
    """Return a PNG that moves from red to green, and shows blue where it cannot."""
    blue, red, green = (Image.new("RGB", (200, 100), name) for name in ("blue", "red", "green"))
    file = io.BytesIO()
    blue.save(file, "PNG", save_all=True, default_image=True, append_images=[red, green])
    return file.getvalue()


def test_who_wants_less_motion_gets_the_finished_picture_of_an_animation(tmp_path):
    (tmp_path / "ab12.png").write_bytes(animated())
    figure = '<figure><img src="../_images/ab12.png" alt="it moves" width="100"></figure>'
    page = BeautifulSoup(animation.respect_reduced_motion(figure, tmp_path), "html.parser")
    assert page.picture.source["media"] == "(prefers-reduced-motion: reduce)"
    assert page.picture.source["srcset"] == "../_images/ab12_still.png"
    assert page.picture.img["alt"] == "it moves"
    assert page.button.has_attr("hidden")  # until the script starts it
    finished = Image.open(tmp_path / "ab12_still.png")
    assert not getattr(finished, "is_animated", False)
    assert finished.convert("RGB").getpixel((9, 9)) == (0, 0, 255)


def test_a_picture_that_does_not_move_stays_as_it_is(tmp_path):
    Image.new("RGB", (20, 10)).save(tmp_path / "ab12.png")
    figure = '<figure><img src="../_images/ab12.png" alt=""></figure>'
    assert animation.respect_reduced_motion(figure, tmp_path) == figure
