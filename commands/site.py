"""Write the course as a website into site/: pages that need no server and no other host.

Sphinx makes it from the outputs stored in notebooks/ and from the other pages; nothing is executed.
Its options are in docs/site/conf.py; what it does to a page is in website/.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

from commands import lessons

PAGES = "LICENSE", "*.md", "docs/*.md", "docs/pictures/*", "instructor/**/*.md", "notebooks/*.ipynb"


def stage(root: Path, folder: Path) -> None:
    """Copy the pages into a folder, so that Sphinx finds nothing else there."""
    for path in sorted({path for pattern in PAGES for path in root.glob(pattern)}):
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(root / "docs/site/index.md", folder / "index.md")


def write(root: Path, site: Path) -> int:
    """Make the website of a course and put it in place of the one before; return the exit code."""
    with tempfile.TemporaryDirectory() as temporary:
        pages, made = Path(temporary, "pages"), Path(temporary, "made")
        stage(root, pages)
        options = ["--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto"]
        options += ["--conf-dir", str(root / "docs/site"), "--doctree-dir", f"{temporary}/doctrees"]
        if code := build_main([*options, str(pages), str(made)]):
            return code
        # For those who debug the theme, and for the next run of Sphinx; both of no use here.
        for path in [*made.rglob("*.map"), made / ".buildinfo"]:
            path.unlink()
        shutil.rmtree(site, ignore_errors=True)
        shutil.move(made, site)
    return 0


def main(arguments: list[str] | None = None, root: Path = lessons.ROOT) -> int:
    """Write the website into site/; return the exit code."""
    parser = argparse.ArgumentParser(prog="course.py site", description=__doc__.split("\n")[0])
    parser.parse_args(arguments)
    site = root / "site"
    if site.exists() and not (site / "objects.inv").exists():  # each website has it
        print(
            "There is already a folder 'site', and this command did not make it. Rename that "
            "folder and run the command again.",
            file=sys.stderr,
        )
        return 1
    if not (code := write(root, site)):
        print(f"The website is in site/. Open {site / 'index.html'} in a browser.")
    return code


if __name__ == "__main__":
    sys.exit(main())
