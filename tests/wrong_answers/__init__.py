"""Typical wrong answers to the exercises, and the words that a student must be told."""


def slips(right, *changes):
    """Return wrong answers, each the right one with one change.

    A change is three texts: a part of the right answer, what stands there instead, and words of the
    diagnosis.
    """
    for part, _, _ in changes:
        assert right.count(part) == 1, f"{part!r} stands {right.count(part)} times in {right}"
    return [(right.replace(part, slip), words) for part, slip, words in changes]
