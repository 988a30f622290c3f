"""The blocks of a lesson's text, and their sentences and words, as the slides need them."""

import re

MOST_WORDS = 45  # on a slide
LEAST_WORDS = 4  # of a sentence that stands alone
# A folded text, a code block, a displayed formula, or lines up to an empty one.
BLOCK = re.compile(r"(?s:<details>.*?</details>|^```.*?^```|\$\$.*?\$\$)|(?:^.+\n?)+", re.M)
FOLD = re.compile(r"<details><summary>(.+?)</summary>(.+)</details>", re.S)
NO_PROSE = re.compile(r"#|>|\||```|\$\$|- |\d\. |\*\*New |Back to ")
LINK = re.compile(r"\[([^]]+)\]\([^)\s]*\)")  # leads nowhere from a slide
QUESTION = re.compile(r"\*\*.+\?\*\*", re.S)
DECIDE = re.compile(r"\*\*Decide\.\*\*")
# The code and formulas in a sentence do not end it.
SENTENCE = re.compile(r"(?:`[^`]*`|\$[^$]*\$|.)+?[.?!][)'*_]*(?=\s|$)|.+", re.S)
ONE_WORD = re.compile(r"`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.S)  # code or a formula


def count_words(*blocks: str) -> int:
    """Return how many words a reader sees; a formula is one, and so is a piece of code."""
    text = ONE_WORD.sub("x", "\n".join(blocks))
    return sum(any(map(str.isalnum, word)) for word in re.sub(r"(?m)^\d\. ", "", text).split())


def sentences(text: str, least: int = LEAST_WORDS, most: int = MOST_WORDS) -> list[str]:
    """Return the first sentence of a text, and more if it is as short as 'Four.'."""
    taken: list[str] = []
    for sentence in map(str.strip, SENTENCE.findall(text)):
        if taken and (count_words(*taken) >= least or count_words(*taken, sentence) > most):
            break
        taken.append(sentence)
    return [" ".join(taken)] if taken else []


def split_text(source: str) -> list[list[str]]:
    """Return the blocks of a text in pieces, each of which is a fold or begins with a heading."""
    pieces: list[list[str]] = []
    for block in map(str.strip, BLOCK.findall(source)):
        begins = block.startswith("#") or FOLD.match(block)
        if begins or not pieces or FOLD.match(pieces[-1][0]):
            pieces.append([])
        pieces[-1].append(block)
    return pieces


def parts_of(block: str) -> list[str]:
    """Return the sentences of a text, or a list, code or formula as it is."""
    return [block] if NO_PROSE.match(block) else [one.strip() for one in SENTENCE.findall(block)]


def without_code(blocks: list[str]) -> list[str]:
    """Return blocks without those of code, whose words are not counted."""
    return [block for block in blocks if not block.startswith("```")]


def on_paper(prompt: str) -> str:
    """Return a prompt that says 'write' where the lesson, which has a cell for it, says 'type'."""
    return re.sub(r"\b([Tt])ype(?= (?:an?|the|your|it)\b)", _write, prompt)


def _write(found: re.Match[str]) -> str:
    return "Write" if found[1] == "T" else "write"
