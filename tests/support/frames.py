"""The frames of the lessons' sliders, drawn for tests into a folder of their own."""

import shutil

import nbformat

from commands import build, frames, site
from tests.support.lessons import NUMBERS, ROOT, path_of, read_notebook, slider_calls

WITH_SLIDERS = [number for number in NUMBERS if slider_calls(read_notebook(number).cells)]


def draw_frames(root):
    """Draw what the checkout lacks, into a folder; the rest is copied."""
    if (ROOT / frames.FOLDER).exists():
        shutil.copytree(ROOT / frames.FOLDER, root / frames.FOLDER)
    shutil.copytree(ROOT / "lessons", root / "lessons")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", dirs_exist_ok=True)
    assert build.main(["--frames"], root) == 0


def frames_of(root, number):
    """Return the frames of a lesson's cells, by the cells' ids."""
    notebook = nbformat.read(path_of(number, "notebooks", ".ipynb"), as_version=4)
    return frames.read(root, notebook)


def copy_course(root):
    """Copy what the website is made from into a folder, with the frames of all sliders."""
    site.stage(ROOT, root)
    shutil.copytree(ROOT / "docs/site", root / "docs/site")
    draw_frames(root)
