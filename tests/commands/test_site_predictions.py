"""A lesson's page shows the result of a prediction when one asks for it.

tests/browser/test_site_phone.py opens it.
"""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from commands.website import predictions

ANSWER = "<details><summary>What you should see</summary>\n\n2\n\n</details>"


def cell_with_output(source, **metadata):
    outputs = [new_output("stream", name="stdout", text="2\n")]
    return new_code_cell(source, outputs=outputs, metadata=metadata)


def test_all_outputs_between_a_prompt_and_what_one_should_see_are_folded():
    before, first, silent, second, after = cells = [
        cell_with_output("before"),
        cell_with_output("first", tags=["cover"]),
        new_code_cell("silent"),
        cell_with_output("second"),
        cell_with_output("after"),
    ]
    prompt = new_markdown_cell("A number.\n\n> **Predict.** What is it?")
    predictions.fold([before, prompt, first, silent, second, new_markdown_cell(ANSWER), after])
    folded = [one.source for one in cells if "hide-output" in one.metadata.get("tags", [])]
    assert folded == ["first", "second"]
    assert first.metadata.tags == ["cover", "hide-output"]
    assert first.metadata.mystnb["code_prompt_show"] == "Show the result"
