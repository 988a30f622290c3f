"""An output shows a number wherever there is one: 'True' says less than the difference it hides."""

import re

import pytest

from tests.support.lessons import TEXTS, read_notebook

# A line that ends with nothing but True or False, once or for each entry of an array.
VERDICT = re.compile(r"^(.*?)\[?((True|False)[ ,]*)+\]?$")
# Facts about an object, for which there is no number.
FACTS = re.compile(r"\b(leaf|requires grad|in training|shares memory|same storage)\b")


def bare_truths(cell):
    """Return the lines of a code cell's outputs that end with a truth value and state no fact."""
    texts = [o.get("text", o.get("data", {}).get("text/plain", "")) for o in cell.outputs]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    verdicts = [match for match in map(VERDICT.match, lines) if match]
    return [match[0] for match in verdicts if not FACTS.search(match[1])]


@pytest.mark.parametrize("text", TEXTS)
def test_no_output_says_true_where_a_number_fits(text):
    cells = [cell for cell in read_notebook(text).cells if cell.cell_type == "code"]
    found = [line for cell in cells for line in bare_truths(cell)]
    assert not found, "print the number that is compared, such as the largest difference:\n" + (
        "\n".join(found)
    )
