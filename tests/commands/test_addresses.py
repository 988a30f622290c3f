"""A copy has badges once pyproject.toml has its address; until then, README says how to set it."""

import re

import pytest

from commands import addresses, build
from commands.lessons import files
from tests.support.lessons import ROOT

OWN = "https://github.com/someone/a.course"
README = (ROOT / "README.md").read_text("utf-8")
FIRST = files(ROOT / "notebooks", ".ipynb")[0].stem


@pytest.fixture
def copy(tmp_path):
    """Return a function that gives a folder with README and a notebook's name an address."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "lessons").mkdir()
    (tmp_path / f"notebooks/{FIRST}.ipynb").touch()
    (tmp_path / "README.md").write_text(README, "utf-8")

    def set_address(address):
        text = f'[project.urls]\nRepository = "{address}"\n'
        (tmp_path / "pyproject.toml").write_text(text)
        return tmp_path

    return set_address


@pytest.mark.parametrize("address", [OWN, f"{OWN}/", f"{OWN}.git"])
def test_the_address_is_the_one_in_pyproject(copy, address):
    assert addresses.repository(copy(address)) == OWN


def test_the_placeholder_is_no_address(copy):
    assert addresses.repository(copy(addresses.PLACEHOLDER)) == ""
    assert addresses.opening("04_a", "") == {}
    assert addresses.badges("04_a", "") == ""


def test_a_lesson_of_a_copy_on_github_opens_on_three_services():
    page = "github.com/someone/a.course/blob/colab/04_a.ipynb"
    assert addresses.opening("04_a", OWN) == {
        "Colab": f"https://colab.research.google.com/github/{page.partition('/')[2]}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src=https://{page}",
        "Binder": "https://mybinder.org/v2/gh/someone/a.course/HEAD"
        "?urlpath=lab%2Ftree%2Fmy_notebooks%2F04_a.ipynb",
    }


def test_elsewhere_only_binder_opens_a_lesson():
    assert [*addresses.opening("04_a", "https://gitlab.com/someone/course")] == ["Binder"]
    assert addresses.opening("04_a", "file:///home/me") == {}


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        (OWN, "https://someone.github.io/a.course/"),
        ("https://github.com/Someone/someone.github.io", "https://someone.github.io/"),
        ("https://gitlab.com/someone/course", ""),
        ("", ""),
    ],
)
def test_a_website_has_the_address_of_githubs_pages(copy, repository, expected):
    assert addresses.website(repository, copy(repository)) == expected


def test_a_website_elsewhere_has_the_address_that_is_set(copy):
    root = copy("https://gitlab.com/someone/course")
    with (root / "pyproject.toml").open("a") as file:
        file.write('Website = "https://course.example.org"\n')
    assert addresses.website(addresses.repository(root), root) == "https://course.example.org/"


def test_this_copys_readme_is_up_to_date():
    assert addresses.find_stale_pages(ROOT) == {}, "run `python course.py build`"
    assert [kind for _, kind, _ in addresses.BLOCK.findall(README)] == ["download", "addresses"]


def test_without_an_address_readme_says_how_to_set_it_and_shows_no_badge(copy):
    ((_, text),) = addresses.find_stale_pages(copy(OWN)).items()
    folder = copy(addresses.PLACEHOLDER)
    (folder / "README.md").write_text(text, "utf-8")
    ((_, text),) = addresses.find_stale_pages(folder).items()
    assert "set `Repository` under `[project.urls]`" in text
    assert "ask whoever showed it to you" in text
    assert ".zip)" not in text.partition("## The lessons")[0]
    assert not any(picture in text for picture in addresses.BADGES.values())


def test_the_build_writes_the_badges_and_its_check_asks_for_them(copy, capsys):
    folder = copy(OWN)
    (folder / "docs").mkdir()
    assert build.main(["--check"], folder) == 1
    assert "README.md lacks the badges of the address in pyproject.toml" in capsys.readouterr().err
    assert build.main([], folder) == 0
    text = (folder / "README.md").read_text("utf-8")
    assert addresses.badges(FIRST, OWN) in text
    assert f"]({OWN}/tree/colab)" in text
    assert addresses.NOT_SET not in text
    assert f"[download it (zip)]({OWN}/archive/HEAD.zip)" in text
    assert f"`git clone {OWN}`" in text
    assert build.main(["--check"], folder) == 0


def test_a_course_elsewhere_than_on_github_is_cloned():
    text = addresses.ways_to_download("https://gitlab.com/someone/course")
    assert text == "**Get the course**: run `git clone https://gitlab.com/someone/course`.\n"


def test_each_badge_is_a_link_and_its_alt_text_says_what_it_does():
    found = re.findall(r"\[!\[(.+?)\]\((.+?)\)\]\((.+?)\)", addresses.badges("04_a", OWN))
    assert [alt for alt, _, _ in found] == ["Open in Colab", "Open in Kaggle", "Open in Binder"]
    assert [link for *_, link in found] == [*addresses.opening("04_a", OWN).values()]
