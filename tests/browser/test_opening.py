"""How lessons open in the real JupyterLab: by a link, and again after they were saved.

That a lesson has no unsaved changes when it opens the first time, test_jupyterlab.py checks.
"""

import pytest

from tests.support.jupyterlab import PANEL, UNSAVED, open_lesson, run_all, shut_down_kernels
from tests.support.lessons import LESSONS

pytestmark = pytest.mark.slow
FIRST, SECOND, THIRD = (path.name for path in LESSONS[:3])
TAB = ".lm-DockPanel .lm-TabBar-tab"
PAGE = ".jp-MarkdownViewer:visible"
# The headings near the top of the open lesson, without the sign that links to them.
AT_THE_TOP = f"""() => {{
    const panel = document.querySelector("{PANEL}");
    const top = panel.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect().top;
    return [...panel.querySelectorAll("h1, h2, h3")]
        .filter(heading => Math.abs(heading.getBoundingClientRect().top - top) < 60)
        .map(heading => heading.textContent.replace("¶", ""));
}}"""


@pytest.fixture(autouse=True)
def _no_kernel_stays(lab):
    yield
    shut_down_kernels(lab)


def follow(page, origin, link):
    """Click a link in an open file, and wait for the lesson or page to which it leads."""
    page.click(f'{TAB}:has-text("{origin}")')
    place = page.locator(PAGE if origin.endswith(".md") else PANEL)
    place.get_by_text(link, exact=True).last.click()
    page.locator(f'{TAB}.lm-mod-current:not(:has-text("{origin}"))').wait_for()
    page.locator(f"{PANEL} .jp-Cell:visible, {PAGE} h1").first.wait_for()


def current(page):
    """Return the name of the file in front."""
    return page.locator(f"{TAB}.lm-mod-current").inner_text().strip()


def test_links_at_a_lessons_end_open_beside_it(page, lab):
    downloads = []
    page.on("download", lambda download: downloads.append(download))
    open_lesson(page, lab, SECOND)
    links = {
        f"lesson {FIRST[:2]}": FIRST,
        f"lesson {THIRD[:2]}": THIRD,
        "the glossary": "glossary.md",
        "the names": "names.md",
        "what is wrong?": "symptoms.md",
    }
    for link, name in links.items():
        follow(page, SECOND, link)
        assert current(page) == name
        if name.endswith(".md"):
            assert page.locator(f"{PAGE} tr").count() > 20, "the page is not shown as a table"
    assert page.locator(TAB).count() == 1 + len(links)
    assert downloads == []
    assert len(page.context.pages) == 1


@pytest.mark.parametrize(
    ("word", "section"),
    [
        ("dtype", "What does an array know about itself?"),
        ("`np.shares_memory`", "Deeper: which operations give a view?"),
    ],
)
def test_a_link_to_a_section_shows_it_in_an_open_lesson(page, lab, word, section):
    """JupyterLab opens a lesson at its top, and follows only a second click to the section."""
    name = "names.md" if word[0] == "`" else "glossary.md"
    open_lesson(page, lab, SECOND)
    follow(page, SECOND, "the names" if word[0] == "`" else "the glossary")
    for _ in range(2):
        follow(page, name, f"{FIRST[:2]}, '{section}'")
        assert current(page) == FIRST
    page.wait_for_function(f"section => ({AT_THE_TOP})().includes(section)", arg=section)
    assert page.locator(UNSAVED).count() == 0


def test_a_saved_lesson_opens_again_without_unsaved_changes(page, lab, request):
    path = lab[2] / SECOND
    handed_out = path.read_bytes()
    request.addfinalizer(lambda: path.write_bytes(handed_out))
    open_lesson(page, lab, SECOND)
    page.keyboard.press("Control+s")
    open_lesson(page, lab, SECOND)
    assert page.locator(UNSAVED).count() == 0
    assert path.read_bytes() == handed_out
    run_all(page)
    page.keyboard.press("Control+s")
    page.wait_for_function("unsaved => !document.querySelector(unsaved)", arg=UNSAVED)
    saved = path.read_bytes()
    assert b'"outputs": [\n' in saved
    open_lesson(page, lab, SECOND)
    page.wait_for_timeout(1000)
    assert page.locator(UNSAVED).count() == 0
    assert path.read_bytes() == saved
