"""Write what the checks tell each known answer: of all lessons, or of those given."""

import sys

from tests.lessons.told import path_of, told
from tests.support.lessons import NUMBERS

for number in sys.argv[1:] or NUMBERS:
    path_of(number).write_text(f"{told(number)}\n", "utf-8")
