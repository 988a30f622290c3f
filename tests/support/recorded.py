"""What the course said and drew when it was last read, in files: a test names what is another now.

`COURSE_RECORD=1 python course.py test -k recorded` writes the files again: read the difference
before you keep it.
"""

import base64
import os

from tests.support.pictures import picture_difference
from tests.support.tolerance import align

AGAIN = "If that is right: COURSE_RECORD=1 python course.py test -k recorded"


def is_recording():
    """Return whether the files are to be written."""
    return bool(os.environ.get("COURSE_RECORD"))


def check_texts(path, texts):
    """Raise AssertionError unless texts of one line are as recorded; numbers have a tolerance."""
    new = list(texts)
    if is_recording():
        path.write_text("".join(f"{text}\n" for text in new), "utf-8")
    old = path.read_text("utf-8").splitlines()
    if len(old) == len(new):
        pairs = zip(old, new, strict=True)
        changed = [f"{a}\nis now\n{b}" for a, b in pairs if align(a, b) != a]
    else:
        changed = sorted({*old} ^ {*new}) or [f"{len(old)} texts are now {len(new)}"]
    assert not changed, "\n".join([f"{path.name}:", *changed, AGAIN])


def check_picture(path, png):
    """Raise AssertionError unless a picture, PNG as bytes, is as recorded."""
    if is_recording():
        path.write_bytes(png)
    pngs = [base64.b64encode(data).decode() for data in (path.read_bytes(), png)]
    assert picture_difference(*pngs)[0] is None, f"{path.name}. {AGAIN}"
