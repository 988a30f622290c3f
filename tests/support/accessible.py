"""What axe-core says against a page: what a screen reader or a keyboard cannot use."""

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")
# In Chromium and Firefox, Tab reaches what scrolls, which axe-core does not know.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"scrollable-region-focusable": {"enabled": False}},
}


def find_violations(page, selector, excluded):
    """Return (rule, what it asks for, the elements) for each serious finding inside `selector`."""
    context = {"include": [[selector]], "exclude": [[other] for other in excluded]}
    found = Axe().run(page, context=context, options=OPTIONS)
    return [
        (rule["id"], rule["help"], [node["html"][:120] for node in rule["nodes"]])
        for rule in found.response["violations"]
        if rule["impact"] in SERIOUS
    ]
