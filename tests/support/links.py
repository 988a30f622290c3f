"""The links in a page or a lesson."""

import re


def find_links(markdown):
    """Return the files that a text links to; code, such as x[0](y), has no links."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.S)
    return [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
