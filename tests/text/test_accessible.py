"""What a screen reader or a keyboard cannot use is found, but only in what the course writes."""

import pytest

from tests.support.accessible import find_violations


@pytest.mark.slow
@pytest.mark.parametrize(
    ("html", "rules"),
    [
        ("<h2>A title</h2><table><tr><th>w<td>2</table>", []),
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>", ["image-alt"]),
        ("<a href='glossary.md'></a>", ["link-name"]),
        ("<details><summary></summary>text</details>", ["summary-name"]),
        ("<p style='color: #bbb'>text</p>", ["color-contrast"]),
        ("<p style='color: #bbb' class='x'>text</p>", []),
    ],
)
def test_a_serious_finding_is_named(page, html, rules):
    page.set_content(f"<img src='chrome.png'><div class='written'>{html}</div>")
    assert [rule for rule, _, _ in find_violations(page, ".written", [".x"])] == rules
