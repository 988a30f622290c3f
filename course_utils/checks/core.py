"""What every exercise check does: run the student's answer, name the mistake, never raise.

A check shows one line: '✓ Exercise N: right', '✗ Exercise N: not right yet' or
'· Exercise N: not done yet', and why. From the second failure on it adds a hint. In a notebook the
output's metadata say the same to a program.
"""

import html
from collections import Counter
from functools import wraps

import numpy as np

from course_utils.checks import calling, notebook, session
from course_utils.checks.calling import call
from course_utils.checks.limits import SECONDS, Interrupted, interruptible, within
from course_utils.checks.reading import arrays, numbers, said, shown
from course_utils.checks.verdicts import NotDone, TooLong, Unknown, Wrong

__all__ = [
    "NotDone",
    "TooLong",
    "Wrong",
    "arrays",
    "call",
    "diagnose",
    "exercise",
    "numbers",
    "same",
    "shown",
]

# What to do where something is left to fill in: a stage's check stands in the cell that it judges.
NOT_DONE = {
    "Exercise": "Replace each ... above, run that cell, then this one.",
    "Stage": "Replace each ..., here and in the stages before, and run this cell again.",
}
FACES = {"right": "✓", "not right yet": "✗", "not done yet": "·", "not readable": "?"}

_failures = Counter()


def exercise(number, hint, what="Exercise"):
    """Make a check of a judge: a function of the answer that raises NotDone or Wrong.

    The judge returns what to say of a right answer. `what` is the word before the number.
    """

    def decorate(judge):
        @wraps(judge)
        def check(*answers):
            verdict, told = _verdict(judge, answers, what)
            about = {"exercise": judge.__name__, "number": number, "verdict": verdict}
            if verdict == "not right yet":
                about["mistake"] = told
                _failures[judge] += 1
                if _failures[judge] > 1:
                    told += f" Hint: {hint}"
            _show(f"{FACES[verdict]} {what} {number}: {verdict}. {told}", about)

        return check

    return decorate


def _verdict(judge, answers, what):
    """Return a judge's verdict on the answers and what to say; leave the session as it was."""
    calling.judged[:] = answers
    changed = []
    try:
        with interruptible(), session.standard(), notebook.kept(answers) as changed:
            if any(answer is ... for answer in answers):
                raise NotDone
            return "right", within(SECONDS, lambda: judge(*answers))
    except Interrupted:
        raise KeyboardInterrupt("The check was interrupted.") from None
    except NotDone as undone:
        return "not done yet", str(undone) or NOT_DONE[what]
    except Wrong as wrong:
        told = str(wrong)
        if changed:
            told += f" It also changes {' and '.join(changed)}, outside the function."
        return "not right yet", told
    except BaseException as error:
        kind = type(error).__name__
        return "not readable", f"The check couldn't read this answer ({kind}: {said(error)})."
    finally:
        calling.judged.clear()


def _show(line, about):
    """Show a line in a notebook, with metadata for programs; print it elsewhere.

    The paragraph's class tells a style sheet the verdict.
    """
    shell = calling.shell()
    if hasattr(shell, "kernel"):
        kind = about["verdict"].replace(" ", "-")
        page = f'<p class="course-verdict course-{kind}">{html.escape(line)}</p>'
        shell.display_pub.publish({"text/plain": line, "text/html": page}, metadata=about)
    else:
        print(line)


def same(got, want, rtol=1e-6):
    """Tell whether two results agree, by default to about six digits."""
    return np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=rtol, atol=1e-9)


def diagnose(got, want, mistakes, names=(), rtol=1e-6):
    """Raise Wrong unless `got` is `want`; name those of `mistakes` that give `got`.

    `mistakes` maps what to tell the student to the result which that mistake would give. With
    the parts' names, an unknown mistake is told as the parts that are right and that are not.
    float32 work needs a larger `rtol`.
    """
    if same(got, want, rtol):
        return
    fitting = [told for told, result in mistakes.items() if same(got, result, rtol)]
    if fitting:
        raise Wrong(" Or: ".join(fitting))
    if np.any(np.isnan(got)):
        raise Unknown(
            f"On test data it gives {shown(got)}: something divides 0 by 0, or takes the root or "
            "the logarithm of a negative number."
        )
    if np.any(np.isinf(got)):
        raise Unknown(
            f"On test data it gives {shown(got)}: something divides by zero or overflows."
        )
    right = [name for name, g, w in zip(names, got, want, strict=False) if same(g, w, rtol)]
    if right:
        wrong = [name for name in names if name not in right]
        told = _are(right, " right") + ", " + _are(wrong, "n't") + "."
        raise Unknown(told.replace("the ", "The ", 1) if told.startswith("the ") else told)
    raise Unknown(f"On test data it gives {shown(got)}; the right answer is {shown(want)}.")


def _are(names, verdict):
    listed = " and ".join(", ".join(names).rsplit(", ", 1))
    return f"{listed} {'is' if len(names) == 1 else 'are'}{verdict}"
