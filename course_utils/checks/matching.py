"""Judge an answer that matches letters with numbers: which number belongs to A, to B, …"""

from typing import Any

from course_utils.checks.core import NotDone, Wrong
from course_utils.checks.reading import holds_ellipsis, named


def judge_match(
    answer: Any, right: dict[str, int], against: dict[tuple[str, int], str], what: str
) -> None:
    """Compare the numbers that an answer gives to four letters with the right ones.

    `right` holds the number of each letter, from 1 to 5; `against` says for each wrong pair of
    letter and number why it isn't this one; `what` is the word for what the numbers stand for.
    Raises NotDone, or Wrong with the first wrong pair's reason.
    """
    if holds_ellipsis(answer):
        raise NotDone
    given = dict(zip(right, [_number(part, what) for part in _parts(answer, right)], strict=True))
    wrong = [letter for letter in right if given[letter] != right[letter]]
    if wrong:
        n_right = len(right) - len(wrong)
        others = f" {n_right} of the {len(right)} {'is' if n_right == 1 else 'are'} right."
        reason = against[wrong[0], given[wrong[0]]]
        raise Wrong(f"Look at {wrong[0]} again: {reason}{others * (n_right > 0)}")


def _parts(answer: Any, right: dict[str, int]) -> list:
    if isinstance(answer, dict):
        answer = [answer.get(letter, answer.get(letter.lower())) for letter in right]
    elif isinstance(answer, str):
        answer = [letter for letter in answer if letter not in " ,;[]()"]
    elif isinstance(answer, (set, frozenset)):
        raise Wrong("A set has no order: write a list, for A, B, C and D in this order.")
    parts = list(answer) if hasattr(answer, "__iter__") else [answer]
    if len(parts) != len(right):
        raise Wrong(f"Expected four numbers, for A, B, C and D, got {len(parts)}.")
    return parts


def _number(part: Any, what: str) -> int:
    try:
        number = float(part)
    except (TypeError, ValueError):
        raise Wrong(f"Expected the number of a {what}, from 1 to 5, got {named(part)}.") from None
    if number not in (1, 2, 3, 4, 5):
        raise Wrong(f"The {what} numbers run from 1 to 5; {part} is none of them.")
    return int(number)
