"""Read what an instructor's page says about each section of a lesson, for the notes of its slides.

A page names a section in its table of minutes, as a heading in 'Questions', in bold in 'Sliders'
and in 'Answers' (to what a lesson leaves to decide), and in single quotes elsewhere, and an
exercise by its heading. What names none is about the lesson.
"""

import re

PART = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.M)
ASKED = re.compile(r"^### (.+)\n((?:(?!### ).*\n?)*)", re.M)
# An item of a list, with its further lines and code blocks.
ITEM = re.compile(r"^(?:\d+\.|-) (.+\n?(?:(?!\d+\. |- ).*\n?)*)", re.M)
QUOTED = re.compile(r"'([^'\n]+(?:\n[^'\n]+)?)'")
DOCTEST = re.compile(r"^```pycon\n.*?^```\n*", re.M | re.S)
ROW = re.compile(r"^\|(.+)\|$", re.M)
# How the notes of a part begin; the questions come after the board.
LABELS = {"On the board": "On the board.", "Answers": "An answer.", "Sliders": "Slider."}


def read(page: str, headings: list[str]) -> dict[str, list[str]]:
    """Return the notes of an instructor's page for each of a lesson's headings, the title first.

    They are in the order in which they are needed: minutes, board, question, answer, slider,
    trouble.
    """
    notes: dict[str, list[str]] = {heading: [] for heading in headings}
    title = headings[0]
    parts = {name: body.strip() for name, body in PART.findall(page)}
    if said := take_home(page):
        notes[title].append(said)
    sections = rows(parts.get("Minutes", ""))
    exercises = rows(parts.get("Exercises", ""))
    times = {name: time for name, time, *_ in exercises}
    at_home = {name for name, *_, where in exercises if where.endswith("Homework")}
    times |= {name: "" for name, *_ in sections}
    for section, minutes, short, advice, *_ in sections:
        if section == "**all**":
            extra = f": {advice}" if advice else ""
            notes[title].append(
                f"**{minutes} minutes in class**, or {short} if time is short{extra}."
            )
        elif section in notes and minutes != "0":
            included = including(minutes, headings[headings.index(section) + 1 :], times, at_home)
            unit = "minute" if minutes == "1" else "minutes"
            notes[section].append(
                f"**{minutes} {unit}**{included}, or {short} if time is short: {advice}."
            )
    for name, label in LABELS.items():
        body = parts.get(name, "")
        for item in ITEM.findall(body):
            add(notes, item, f"**{label}** ")
        if body and not ITEM.search(body) and not body.startswith("None"):
            by_hand = body.removeprefix("This lesson has none. ")
            label = "With a kernel." if by_hand != body else label
            add(notes, by_hand, f"**{label}** ")
        if name == "On the board":
            for heading, question in ASKED.findall(parts.get("Questions", "")):
                notes[heading].append(question.strip())
    for item in ITEM.findall(parts.get("What goes wrong", "")):
        add(notes, item, "**What goes wrong.** ")
    for exercise, time, wrong, hint, *_ in exercises:
        if exercise in notes:
            said = f"The usual wrong answer: {wrong}. A hint that gives nothing away: {hint}"
            notes[exercise].append(f"**{time}.** {said}")
    if more := parts.get("Five more questions"):
        more = DOCTEST.sub("", more).replace("### ", "#### ")
        more = more.replace("<details>", "<details open>")  # on paper, too
        notes.get("Three questions", notes[title]).append(f"**Five more questions**\n\n{more}")
    return notes


def take_home(page: str) -> str:
    """Return what the class is to take home, as the page says it."""
    found = re.search(r"\*\*To take home:\*\*[^#]+", page)
    return found[0].strip() if found else ""


def including(minutes: str, headings: list[str], times: dict[str, str], at_home: set[str]) -> str:
    """Return which part of a section's minutes its exercises take, or that they are not included.

    `headings` are those behind the section; in `times` a section has none. Homework takes no part.
    """
    inside, without = [], 0
    for heading in headings:
        if times.get(heading) == "":
            break  # the next section
        if time := re.match(r"\d+", times.get(heading, "")):
            is_included = int(time[0]) < int(minutes) and heading not in at_home
            inside += [int(time[0])] if is_included else []
            without += not is_included
    said = f", of which the exercise{'s' * (len(inside) > 1)} {sum(inside)}" if inside else ""
    if without:
        said += ", without the other" if inside else f", without the exercise{'s' * (without > 1)}"
    return said


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table's rows, without its head."""
    return [[cell.strip() for cell in row.split("|")] for row in ROW.findall(table)[2:]]


def add(notes: dict[str, list[str]], item: str, label: str) -> None:
    """Add an item to the notes of the heading that it names, or else to the title's."""
    named = re.match(r"\*\*(.+?)\*\* ?", item)
    if named and named[1] in notes:
        heading, item = named[1], item[named.end() :]
    elif named and named[1].startswith("Deeper"):
        return
    else:
        quoted = [" ".join(text.split()) for text in QUOTED.findall(item)]
        if any(text.startswith("Deeper") for text in quoted):
            return
        heading = next((text for text in quoted if text in notes), next(iter(notes)))
    notes[heading].append(label + re.sub("^ +(?=```)", "", item.strip(), flags=re.M))
