"""The words of the glossary in the lessons: which uses are marked."""

import pytest

from commands.website.glossary import OTHER_SENSE, UNMARKED, Glossary
from tests.support.lessons import LESSONS, ROOT

PAGE = (ROOT / "docs/glossary.md").read_text("utf-8")
GLOSSARY = Glossary(PAGE)
STEMS = {path.stem[3:]: path.stem for path in LESSONS}


def marked(text, subject="a_real_data_set"):
    """Return what of a lesson's text is marked, with the glossary's word for it."""
    return [(match[0], word.name) for match, word in GLOSSARY.uses(text, STEMS[subject])]


def test_every_row_is_a_word_with_its_meaning_and_an_anchor_of_its_own():
    assert len(GLOSSARY.words) == PAGE.count("\n| ") - 1
    assert len({word.id for word in GLOSSARY.words}) == len(GLOSSARY.words)
    word = next(word for word in GLOSSARY.words if word.name == "accumulate")
    assert word.meaning.endswith("backward() adds each gradient to .grad")
    assert (word.id, word.lesson) == ("word-accumulate", STEMS["raw_autograd_tensors"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The losses of both", [("losses", "loss")]),
        ("It was standardised.", [("standardised", "standardise")]),
        ("The MSE is low", [("MSE", "mean squared error")]),
        ("Gradient\ndescent", [("Gradient\ndescent", "gradient descent")]),
        ("the batch loss", [("batch loss", "batch loss")]),
        ("a non-linear mode, remodelled", [("mode", "mode")]),
        ("Two columns of cells; he works", []),
        ("20 degrees Celsius, of degree 3", [("degree", "degree")]),
    ],
)
def test_a_word_is_marked_in_its_forms_but_not_within_another(text, expected):
    assert marked(text) == expected


def test_a_word_is_not_marked_in_the_lesson_that_introduces_it():
    assert marked("the tensor", "build_your_own_autograd") == []
    assert marked("the tensor", "raw_autograd_tensors") == [("tensor", "tensor")]


def test_a_word_is_not_marked_where_a_lesson_uses_it_in_another_sense():
    assert marked("birds without a weight", "a_project_of_your_own") == []
    assert marked("a weight for each input", "many_inputs_many_outputs") != []


def test_the_exceptions_name_words_and_lessons_that_exist():
    words = {word.name for word in GLOSSARY.words}
    assert words >= UNMARKED | OTHER_SENSE.keys()
    assert STEMS.keys() | {"a_project_worked_out"} >= set().union(*OTHER_SENSE.values())
