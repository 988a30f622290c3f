"""A class's progress as one page of HTML that needs no other file and no network."""

from datetime import datetime
from itertools import groupby
from pathlib import Path

import jinja2

from commands.progress.classroom import Classroom
from commands.progress.summary import first_lines, mistakes, rows
from commands.progress.verdicts import SIGNS

TEMPLATE = Path(__file__).with_name("page.html.j2")


def to_html(classroom: Classroom, now: datetime) -> str:
    """Return the page. All names and texts are escaped."""
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    by_place = groupby(mistakes(classroom), key=lambda mistake: mistake.place)
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(
        classroom=classroom,
        first=first_lines(classroom),
        mistakes=[(place, list(made)) for place, made in by_place],
        now=now,
        rows=rows(classroom),
        signs=SIGNS,
    )
