"""Every link leads to a file and to a heading in it, and what is mentioned is linked."""

import re
from collections import Counter

import nbformat
import pytest

from commands import lessons, mentions
from tests.support.lessons import LESSONS, ROOT, TEXTS, read_notebook
from tests.support.links import CODE, dead_links, find_anchors, find_links

MARKDOWN = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "instructor").rglob("*.md")]
)
SCRIPTS = sorted((ROOT / "lessons").glob("*.py"))
NEIGHBOUR = re.compile(r"\b(?:last|first|previous|next|earlier|later)\s+lesson\b")
LOOK_UP = ["../docs/glossary.md", "../docs/names.md", "../docs/symptoms.md"]


def text_of(script):
    """Return the text of a lesson's cells."""
    lines = script.read_text("utf-8").split("\n")
    return "\n".join(line[2:] for line in lines if line.startswith("#"))


def quoted_headings(text, headings):
    """Return the headings that a text quotes outside a link, and outside code."""
    text = " ".join(mentions.LINK.sub("", CODE.sub("", text)).split())
    return [heading for heading in headings if f"'{heading}'" in text]


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_somewhere(page):
    assert dead_links(page.read_text("utf-8"), page.parent) == []


@pytest.mark.parametrize("text", TEXTS)
def test_links_of_a_notebook_lead_somewhere(text):
    cells = [cell for cell in read_notebook(text).cells if cell.cell_type == "markdown"]
    assert dead_links("\n".join(cell.source for cell in cells), ROOT / "notebooks") == []


def test_what_is_a_link_and_what_is_code():
    text = (
        "[a](b.md#c), [d](e f), `x[0](y)`\n\n```python\nx[0](z)\n```\n\n![g](h.png) [i](https://j)"
    )
    assert find_links(text) == [("b.md", "c"), ("e", ""), ("h.png", "")]


HEADINGS = (
    "## Why `f(x)`?\n\n## How?\n\n## Twice\n\n## Twice\n\n## Off κ\n\n## a = b\n\n```\n# Code\n```"
)


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("a.ipynb", False),
        ("b.ipynb", True),
        ("a.ipynb#Why-f%28x%29?", False),
        ("a.ipynb#why-fx", True),
        ("a.ipynb#Twice", True),
        ("a.ipynb#Off-%CE%BA", True),
        ("a.ipynb#a-=-b", True),
        ("a.ipynb#Code", True),
        ("a.md#how", False),
        ("a.md#why-fx", True),
        ("a.md#Why-f%28x%29?", True),
        ("#here-it-is", False),
        ("#there", True),
    ],
)
def test_a_link_to_no_heading_is_noticed(tmp_path, link, dead):
    (tmp_path / "a.md").write_text(HEADINGS)
    cells = [nbformat.v4.new_code_cell("# Code"), nbformat.v4.new_markdown_cell(HEADINGS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    found = dead_links(f"## Here it is\n\n[a]({link})", tmp_path)
    assert found == ([link] if dead else [])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_build_writes_anchors_that_lead_to_the_headings(path):
    """The tests compute them in another way, from what JupyterLab shows."""
    titles = headings_of(ROOT / f"lessons/{path.stem}.py")
    once = [title for title in titles if titles.count(title) == 1 and title.isascii()]
    link = "\n".join(f"[a]({path.name}#{mentions.anchor(title)})" for title in once)
    assert len(find_links(link)) == len(once) > 5
    assert dead_links(link, path.parent) == []
    assert len(find_anchors(path)) >= len(once)


@pytest.mark.parametrize("script", lessons.files(ROOT / "lessons", ".py"), ids=lambda p: p.stem)
def test_a_lesson_ends_with_links_to_its_neighbours_and_to_what_explains_words(script):
    order = lessons.files(ROOT / "lessons", ".py")
    k = order.index(script)
    end = text_of(script).partition("\n## Recap\n")[2]
    for words, neighbours in (
        ("Back to", order[:k][-1:]),
        (r"\*\*Next\*\*, in", order[k + 1 :][:1]),
    ):
        linked = re.findall(rf"(?m)^{words}\s\[lesson\s\d\d\]\((\w+)\.ipynb\)", end)
        assert linked == [path.stem for path in neighbours]
    assert [file for file, _ in find_links(end.strip().split("\n\n")[-1])][-3:] == LOOK_UP


def headings_of(script):
    """Return the headings of a lesson, without those that only its slides show."""
    slides = r'(?ms)^# %% \[markdown\] tags=\["slide"\]\n.*?(?=^# %%|\Z)'
    text = re.sub(slides, "", script.read_text("utf-8"))
    return re.findall(r"(?m)^# ##+ (.+)$", text)


@pytest.mark.parametrize("page", [*SCRIPTS, *MARKDOWN], ids=lambda page: page.stem)
def test_a_mention_of_another_lesson_or_of_its_section_is_a_link(page):
    """An instructor's page may quote the headings of its own lesson."""
    lesson_of = {heading: script.stem for script in SCRIPTS for heading in headings_of(script)}
    counts = Counter(heading for script in SCRIPTS for heading in headings_of(script))
    others = [h for h, stem in lesson_of.items() if counts[h] == 1 and stem != page.stem]
    text = text_of(page) if page in SCRIPTS else page.read_text("utf-8")
    assert quoted_headings(text, others) == []
    if page in SCRIPTS:
        assert NEIGHBOUR.findall(text) == [], "link to it by its number: the order may change"


def test_a_heading_quoted_outside_a_link_is_noticed():
    text = "See 'Why two?', [02, 'Why\nthree?'](02.ipynb), `'Why four?'` and 'Why\nfive?'."
    headings = ["Why two?", "Why three?", "Why four?", "Why five?", "Why six?"]
    assert quoted_headings(text, headings) == ["Why two?", "Why five?"]
