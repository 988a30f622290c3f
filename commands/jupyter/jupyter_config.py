"""The export of every program of the course's Jupyter, the server among them: formulas as MathML.

From a terminal: `jupyter nbconvert --to html --config commands/jupyter/jupyter_config.py FILE`,
without the option in a terminal of the course's JupyterLab.
"""

from importlib.util import find_spec
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821 (Jupyter defines it)

# A different environment's Jupyter, started in a terminal of this one, stays as it is.
if find_spec("commands"):
    folder = Path(__file__).parent
    c.TemplateExporter.extra_template_basedirs = [str(folder / "templates")]
    c.TemplateExporter.extra_template_paths = [str(folder)]  # for the style sheet of JupyterLab
    c.TemplateExporter.filters = {
        name: f"commands.export.{name}" for name in ("clean_html", "markdown2html")
    }
