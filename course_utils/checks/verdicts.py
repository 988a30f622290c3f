"""The verdicts that a judge raises; one that returns has found the answer right."""


class NotDone(Exception):  # noqa: N818 - a verdict, not an error
    """The answer still holds an ellipsis, or lacks what the text says."""


class Wrong(Exception):  # noqa: N818 - a verdict, not an error
    """The answer is wrong; the text says why."""


class Unknown(Wrong):
    """The answer is wrong, and no known mistake explains it."""


class TooLong(Wrong):
    """The answer was stopped; a judge that asks for much may catch this and say more."""
