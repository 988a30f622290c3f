"""The letters above a long table: each leads to its first row."""

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser

from commands.website import letters


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("torch.optim.Adam", "A"),
        (".__init__", "I"),
        ("batch_size=", "B"),
        ("1-nearest neighbour", ""),
        ("R²", "R"),
        ("...", ""),
        ("loss", "L"),
    ],
)
def test_a_name_is_under_the_letter_of_its_last_part(name, expected):
    assert letters.letter(name) == expected


def test_each_letter_leads_to_its_first_row():
    rows = ["1-nearest", "axis", "`np.argsort`", "`torch.Batch`"]
    text = "| word | meaning |\n|---|---|\n" + "".join(f"| {row} | x |\n" for row in rows)
    tree = publish_doctree(text, parser=Parser())
    letters.add_letters(tree.next_node(nodes.table))
    line = tree.next_node(nodes.paragraph)
    assert line.astext().split() == ["A", "B"]
    found = {
        row["ids"][0]: row.next_node(nodes.entry).astext()
        for row in tree.findall(nodes.row)
        if row["ids"]
    }
    assert found == {"letter-a": "axis", "letter-b": "torch.Batch"}
    assert [link["refid"] for link in line.findall(nodes.reference)] == list(found)
