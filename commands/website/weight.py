"""What makes the pages light: small pictures of known size, drawn icons, and no unused files."""

import re
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx

SHARP = 2  # dots of a small picture for each pixel, as most screens have
# The theme's program that draws any of 2,000 icons; and the search, which has a page of its own.
ICON_PROGRAM = re.compile(r'<script[^>]* src="[^"]*/fontawesome\.js[^"]*"></script>')
SEARCH_PROGRAM = re.compile(
    r'<script[^>]* src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
ICON_RULE = re.compile(r'(?:\.fa-[\w-]+,?)+\{--fa:"[^"]*"[^}]*\}')  # which letter of a font it is
ICON_NAME = re.compile(r"\bfa-([a-z0-9-]+)")
ICON_DATA = r'[,{{]"?{name}"?:\[(\d+),(\d+),\[[^]]*\],"[0-9a-f]+","([^"]+)"\]'
SAFE = " /:=,'"  # characters that the address of a drawing may contain
ICONS = """\
/* Icons of Font Awesome Free by @fontawesome, https://fontawesome.com, licence CC BY 4.0. */
:is(.fa-solid, .fa-regular, .fa-brands, .fas, .far, .fab) {
  height: 1em; vertical-align: -0.125em; background: currentColor; forced-color-adjust: none;
  mask: var(--icon) center / contain no-repeat;
  &::before { content: none; }
  &.fa-lg { font-size: 1em; }
}
"""


def on_doctree_read(app: Sphinx, doctree: nodes.document) -> None:
    """Give each picture of a page its size; all but the first are loaded when they come near."""
    for place, image in enumerate(doctree.findall(nodes.image)):
        if place:
            image["loading"] = "lazy"
        relative, path = app.env.relfn2path(image["uri"], app.env.docname)
        if path.endswith(".png"):
            with Image.open(path) as picture:
                picture.seek(getattr(picture, "n_frames", 1) - 1)  # where an animation ends
                size = picture.size
                width = int(image.get("width", size[0]))
                height = round(width * size[1] / size[0])
                if width * SHARP < size[0]:
                    small = f"{Path(relative).stem}-{width}.png"
                    picture.resize((width * SHARP, height * SHARP)).save(app.srcdir / small)
                    image["uri"] = f"/{small}"
            image["width"], image["height"] = str(width), str(height)


def to_icons(names: set[str], program: str) -> str:
    """Return the style of those icons that the theme's program can draw."""
    rules = [ICONS]
    for name in sorted(names):
        # The last is the one of the solid icons, which the theme uses.
        if found := re.findall(ICON_DATA.format(name=re.escape(name)), program):
            wide, high, path = found[-1]
            drawing = (
                f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide} {high}'>"
                f"<path d='{path}'/></svg>"
            )
            address = f"data:image/svg+xml,{quote(drawing, safe=SAFE)}"
            rules.append(f'.fa-{name} {{ --icon: url("{address}"); }}\n')
    return "".join(rules)


def remove_unused(static: Path, pages: list[str]) -> None:
    """Remove each file that no page names, and no style or program that is kept."""
    unused = {path for path in static.rglob("*") if path.is_file()}
    texts = list(pages)
    while texts:
        text = texts.pop()
        used = {path for path in unused if path.name in text}
        unused -= used
        texts += [path.read_text("utf-8") for path in used if path.suffix in {".css", ".js"}]
    for path in unused:
        path.unlink()
    for folder in sorted((path for path in static.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Draw the icons by style, and remove what the pages do not use."""
    if exception:
        return
    static, texts = app.outdir / "_static", []
    for page in sorted(app.outdir.rglob("*.html")):
        text = ICON_PROGRAM.sub("", page.read_text("utf-8"))
        if page.name != "search.html":
            text = SEARCH_PROGRAM.sub("", text)
        page.write_text(text, "utf-8")
        texts.append(text)
    program = (static / "scripts/fontawesome.js").read_text("utf-8")
    (static / "scripts/fontawesome.js").unlink()
    scripts = [path.read_text("utf-8") for path in static.rglob("*.js")]
    names = {name for text in [*texts, *scripts] for name in ICON_NAME.findall(text)}
    (static / "icons.css").write_text(to_icons(names, program), "utf-8")
    style = static / "styles/pydata-sphinx-theme.css"
    style.write_text(ICON_RULE.sub("", style.read_text("utf-8")), "utf-8")
    remove_unused(static, texts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect all this to Sphinx."""
    app.connect("doctree-read", on_doctree_read, priority=400)  # before the pictures are listed
    app.connect("build-finished", on_build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
