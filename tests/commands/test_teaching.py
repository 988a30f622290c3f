"""What the instructor's pages say about a section reaches the notes of its slides."""

import re

import pytest

from commands import slides, teaching
from commands.deck import Slide
from tests.support.lessons import NUMBERS, path_of

PAGE = """# 01 Tiny: for the instructor

**To take home:** two.

## Minutes

| section | minutes | short | when time is short |
|---|---:|---:|---|
| Why two? | 4 | 3 | **must** |
| Deeper: no? | 0 | 0 | **can be cut** |
| **all** | 4 | 3 | |

## On the board

1. Before 'Why
   two?': a two.

```
  2 2
```

2. The next day: a three.

## Questions

### Why two?
**Ask**: and three?
- *No.* Look.

## Sliders

- **Why two?** Up, then down.
- **Deeper: no?** Not here.

## What goes wrong

- Nothing.
- In 'Deeper: no?', all.

## Exercises

| exercise | time | the usual wrong answer | the hint that gives nothing away |
|---|---|---|---|
| Exercise 1 (write): two | 6 minutes | one | 'Count.' |

## Five more questions

### 1. One
One?

<details><summary>Answer</summary>

Yes.

```pycon
>>> 1
1
```

</details>
"""
HEADINGS = ["01 Tiny", "Why two?", "Exercise 1 (write): two", "Three questions", "Recap"]


def test_each_note_is_with_the_section_that_it_names():
    assert teaching.read(PAGE, HEADINGS) == {
        "01 Tiny": [
            "**To take home:** two.",
            "**4 minutes in class**, or 3 if time is short.",
            "**On the board.** The next day: a three.",
            "**What goes wrong.** Nothing.",
        ],
        "Why two?": [
            "**4 minutes**, without the exercise, or 3 if time is short: **must**.",
            "**On the board.** Before 'Why\n   two?': a two.\n\n```\n  2 2\n```",
            "**Ask**: and three?\n- *No.* Look.",
            "**Slider.** Up, then down.",
        ],
        "Exercise 1 (write): two": [
            "**6 minutes.** The usual wrong answer: one. A hint that gives nothing away: 'Count.'"
        ],
        "Three questions": [
            "**Five more questions**\n\n#### 1. One\nOne?\n\n"
            "<details open><summary>Answer</summary>\n\nYes.\n\n</details>"
        ],
        "Recap": [],
    }


def test_the_minutes_of_a_section_say_that_they_include_its_exercise():
    page = PAGE.replace("| Why two? | 4 |", "| Why two? | 14 |")
    notes = teaching.read(page, HEADINGS)["Why two?"]
    assert notes[0].startswith("**14 minutes**, of which the exercise 6, or 3")
    notes = teaching.read(page.replace("'Count.'", "'Count.' Homework"), HEADINGS)["Why two?"]
    assert notes[0].startswith("**14 minutes**, without the exercise, or 3")


def test_the_minutes_of_two_exercises_are_added():
    headings, times = ["Exercise 1", "Exercise 2"], {"Exercise 1": "5 min", "Exercise 2": "4 min"}
    assert teaching.including("14", headings, times, set()) == ", of which the exercises 9"
    included = ", of which the exercise 5, without the other"
    assert teaching.including("14", headings, times, {"Exercise 2"}) == included


def test_what_a_page_says_in_place_of_a_slider_needs_a_kernel():
    page = "## Sliders\n\nThis lesson has none. By hand: in 'Why two?', try 3.\n"
    assert teaching.read(page, HEADINGS)["Why two?"] == [
        "**With a kernel.** By hand: in 'Why two?', try 3."
    ]


def test_a_note_that_gives_an_answer_away_comes_with_the_answer():
    asked = Slide("## Why two?", begins=True, above=["> **Predict.** Two?"])
    answered = Slide("## Why two?", answers=True)
    notes = ["**On the board.** After the prediction in 'Why two?': yes.", "**With a kernel.** 3."]
    notes.append("**Slider.** Not on a slide.")
    slides.add_notes([asked, answered], {"Why two?": notes})
    assert (asked.notes, answered.notes) == ([], notes)


def test_an_answer_is_with_what_there_is_to_decide_or_else_after_the_prediction():
    asked = Slide("## Why two?", begins=True, above=["> **Predict.** Two?"])
    answered = Slide("## Why two?", answers=True)
    decided = Slide("## Why two?", above=["Then:", "**Decide.** Two or three?"])
    page = "# 01 Tiny\n\n## Answers\n\nOf many:\n\n- **Why two?** Three,\n  for once.\n"
    notes = teaching.read(page, HEADINGS)
    slides.add_notes([asked, answered], notes)
    slides.add_notes([asked, answered, decided], notes)
    assert notes["Why two?"] == ["**An answer.** Three,\n  for once."]
    assert (asked.notes, answered.notes, decided.notes) == ([], notes["Why two?"], answered.notes)


def test_the_minutes_of_all_say_what_comes_on_top():
    page = "## Minutes\n\n|  |  |  |  |\n|--|--|--|--|\n| **all** | 4 | 3 | an exercise, too |\n"
    said = "**4 minutes in class**, or 3 if time is short: an exercise, too."
    assert teaching.read(page, HEADINGS)["01 Tiny"] == [said]


BOARD = "**On the board.** {} 'Why two?': a two."


@pytest.mark.parametrize(
    ("when", "asks_first", "place"),
    [
        ("Before", False, 0),
        ("Before", True, 1),
        ("In", False, 1),
        ("Before the prediction in", False, 2),
        ("After the prediction in", False, 3),
    ],
)
def test_a_board_is_on_the_slide_during_which_it_is_drawn(when, asks_first, place):
    """Before a section, that is the last of the section before, unless the first one asks."""
    above = ["> Which?"] if asks_first else ["So it is."]
    deck = [
        Slide("## Why one?", begins=True, notes=["One."]),
        Slide("## Why two?", begins=True, above=above),
        Slide("## Why two?", above=["> **Predict.** Two?"]),
        Slide("## Why two?", answers=True),
    ]
    board = BOARD.format(when)
    slides.add_notes(deck, {"Why two?": [board]})
    assert [board in slide.notes for slide in deck] == [k == place for k in range(4)]
    assert deck[0].notes[0] == "One.", "what leads to the next slide comes last"


@pytest.mark.parametrize(("where", "place"), [("In", 0), ("In the code of", 1)])
def test_what_goes_wrong_in_code_is_on_the_slide_that_shows_it(where, place):
    deck = [Slide("## Why two?", begins=True), Slide("## Why two?", source="two = 2")]
    note = f"**What goes wrong.** {where} 'Why two?', all."
    slides.add_notes(deck, {"Why two?": [note]})
    assert [note in slide.notes for slide in deck] == [k == place for k in range(2)]


def test_a_single_board_is_one_all_the_same():
    page = "## On the board\n\nBefore 'Why two?': a two.\n"
    assert teaching.read(page, HEADINGS)["Why two?"] == [BOARD.format("Before")]


def test_the_further_questions_come_after_the_three_and_their_answers():
    three = Slide("## Three questions", begins=True, notes=["**One?**", "*Answer*", "Yes."])
    slides.add_notes([three], {"Three questions": ["**2 minutes**", "**Five more questions**"]})
    assert three.notes == [
        "**2 minutes**",
        "**One?**",
        "*Answer*",
        "Yes.",
        "**Five more questions**",
    ]


def test_a_page_without_a_part_has_no_notes_of_it():
    assert teaching.read("# 01 Tiny\n\n## Sliders\n\nNone.\n", HEADINGS) == {
        h: [] for h in HEADINGS
    }


def test_a_question_is_with_the_prompt_and_a_slider_with_the_cell_that_has_it():
    cell = type("Cell", (), {"source": "sliders.move(draw)"})()
    deck = [
        Slide("## Why two?", begins=True),
        Slide("## Why two?", above=["> **Predict.** Two?"]),
        Slide("## Why two?", cell=cell),
    ]
    notes = ["**4 minutes**", "**Ask**: two?", "**Slider.** Up, in [that lesson](02_b.ipynb)."]
    slides.add_notes(deck, {"Why two?": notes, "Not on a slide": ["Nothing."]})
    assert [slide.notes for slide in deck] == [
        ["**4 minutes**"],
        ["**Ask**: two?"],
        ["**Slider.** Up, in that lesson."],
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_drawn_on_the_board_is_with_a_section_in_every_lesson(number):
    notebook = path_of(number, "notebooks", ".ipynb")
    title, *rest = slides.read_lesson(notebook)
    assert "**On the board.**" not in "\n".join(title.notes), "name the section in single quotes"
    page = (notebook.parents[1] / "instructor" / f"{notebook.stem}.md").read_text("utf-8")
    asked = re.findall(r"\*\*Ask\*\*", page)
    assert "\n".join("\n".join(slide.notes) for slide in rest).count("**Ask**") == len(asked)


def numbers(*texts):
    """Return the numbers in texts."""
    return set(re.findall(r"\d+(?:[.,]\d+)*", "\n".join(texts)))


@pytest.mark.parametrize("number", NUMBERS)
def test_no_board_shows_the_number_that_the_class_is_to_predict(number):
    shown = slides.read_lesson(path_of(number, "notebooks", ".ipynb"))
    for place, slide in enumerate(shown):
        if slide.answers:
            begin = max(k for k in range(place + 1) if shown[k].begins)
            notes = [note for one in shown[max(begin - 1, 0) : place] for note in one.notes]
            boards = [note for note in notes if note.startswith("**On the board")]
            before = [re.split("After the run|After the prediction", note)[0] for note in boards]
            given = numbers(*(text for one in shown[:place] for text in one.above + one.below))
            printed = re.findall(r"\d+\.\d+", slide.output.get("text", "") if slide.output else "")
            told = (numbers(*slide.below) | {*printed}) - given
            assert not told & numbers(*before), slide.heading
