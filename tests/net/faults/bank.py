"""The bank of faults: what each changes, and which tests must notice it.

A file of bank/ has a table for each file that gets faults, with a line for each fault:
`"what is wrong" = ['old text', 'new text']`. The file contains the old text exactly once.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.support.lessons import NUMBERS, ROOT, subject

SUBJECTS = {subject(number): number for number in NUMBERS}
# Glob patterns, as everywhere below: the tests of what a lesson says, and the lessons.
TEXT = ["tests/text/test_form.py", "tests/text/test_glossary.py", "tests/commands/test_names.py"]
TEXT += ["tests/text/test_prose.py"]
LESSONS = ["notebooks/[0-9]*.ipynb"]
# The tests of files that belong to no lesson, by how a file's path begins; the first match counts.
TESTS = {
    "course_utils/animation": [
        "tests/course_utils/test_animation.py",
        "tests/course_utils/test_figures.py",
    ],
    "course_utils/frames": ["tests/course_utils/test_frames.py"],
    "course_utils/sliders": ["tests/course_utils/test_sliders.py"],
    "course_utils/_validate": [
        "tests/course_utils/test_plots.py",
        "tests/course_utils/test_descent.py",
        *LESSONS,
    ],
    "course_utils/checks/preparation": ["tests/lessons/test_project.py"],
    "course_utils/checks/stage": ["tests/lessons/test_project.py"],
    "course_utils/checks/": [
        "tests/course_utils/test_checks.py",
        "tests/lessons/test_exercises.py",
        "tests/lessons/test_right_answers.py",
    ],
    "course_utils/data": ["tests/course_utils/test_data.py", *LESSONS],
    "course_utils/learned_curve": ["tests/course_utils/test_data.py"],
    "course_utils/penguins": ["tests/course_utils/test_tables.py"],
    "course_utils/tables": ["tests/course_utils/test_tables.py"],
    "course_utils/descent": ["tests/course_utils/test_descent.py", *LESSONS],
    "course_utils/graphs/": [
        "tests/course_utils/test_graphs.py",
        "notebooks/*_start_here.ipynb",
        "notebooks/*_autograd*.ipynb",
    ],
    "course_utils/kernel": ["tests/course_utils/test_kernel.py"],
    "course_utils/plots/truth": ["tests/course_utils/test_truth_panel.py", *LESSONS],
    "course_utils/plots/": ["tests/course_utils/test_plots.py", *LESSONS],
    "course_utils/figures": [
        "tests/course_utils/test_figures.py",
        "tests/course_utils/test_plots.py",
        *LESSONS,
    ],
    "course_utils/self_check": [
        "tests/course_utils/test_self_check.py",
        "notebooks/*_start_here.ipynb",
    ],
    "course_utils/style": LESSONS,
    "lessons/": ["notebooks/[!0-9]*.ipynb", "tests/text/test_form.py", "tests/text/test_prose.py"],
    "benchmarks/": ["benchmarks/test_benchmarks.py"],
    "commands/addresses": ["tests/commands/test_addresses.py"],
    "commands/colab": ["tests/commands/test_colab.py"],
    "commands/blocks": ["tests/commands/test_deck.py"],
    "commands/build": ["tests/commands/test_build.py"],
    "commands/deck": ["tests/commands/test_deck.py", "tests/commands/test_slides.py"],
    "commands/mentions": ["tests/commands/test_mentions.py"],
    "commands/memory": ["tests/commands/test_memory.py"],
    "commands/minutes": ["tests/commands/test_minutes.py", "tests/commands/test_build.py"],
    "commands/names": ["tests/commands/test_names.py"],
    "commands/plans": ["tests/commands/test_plans.py"],
    "commands/progress/": ["tests/commands/test_progress.py"],
    "commands/site": ["tests/commands/test_site.py"],
    "commands/present": ["tests/commands/test_present.py"],
    "commands/slides": ["tests/commands/test_slides.py", "tests/commands/test_teaching.py"],
    "commands/teaching": ["tests/commands/test_teaching.py"],
    "commands/update": ["tests/commands/test_update.py"],
    "commands/website/exercises": [
        "tests/commands/test_site_exercises.py",
        "tests/commands/test_site_reading.py",
    ],
    "commands/website/glossary": [
        "tests/commands/test_site_glossary.py",
        "tests/commands/test_site_reading.py",
    ],
    "commands/website/letters": ["tests/commands/test_site_letters.py"],
    "commands/website/reading": [
        "tests/commands/test_site.py",
        "tests/commands/test_site_reading.py",
    ],
    "commands/website/searching": ["tests/commands/test_site_reading.py"],
    "commands/website/previews": ["tests/commands/test_site_reading.py"],
    "commands/website/questions": ["tests/commands/test_site_exercises.py"],
    "commands/website/pages": [
        "tests/commands/test_site.py",
        "tests/commands/test_site_weight.py",
    ],
    "commands/website/weight": ["tests/commands/test_site_weight.py"],
    "commands/website/predictions": ["tests/commands/test_site_predictions.py"],
    "commands/website/animation": ["tests/commands/test_site_frames.py"],
    "commands/website/frames": ["tests/commands/test_site_frames.py"],
    "commands/set_up": [
        "tests/commands/test_set_up_*.py",
        "tests/commands/test_set_up.py",
    ],
    "commands/export": ["tests/commands/test_export.py"],
    "commands/formulas": ["tests/commands/test_formulas.py"],
    "commands/frames": ["tests/commands/test_frames.py"],
    "commands/hand_out": ["tests/commands/test_hand_out.py"],
    "commands/hub": ["tests/commands/test_hub.py"],
    "commands/jupyter/jupyter_config": ["tests/commands/test_export.py"],
    "commands/jupyter/templates/": [
        "tests/commands/test_export.py",
        "tests/browser/test_export.py",
    ],
    "commands/jupyter/": ["tests/commands/test_jupyter.py", "tests/commands/test_lab.py"],
    "commands/kernels": ["tests/commands/test_kernels.py"],
    "commands/lab": ["tests/commands/test_lab.py"],
    "commands/lessons": ["tests/commands/test_hand_out.py"],
    "commands/lock": ["tests/commands/test_lock.py"],
    "commands/pins": ["tests/commands/test_pins.py"],
    "commands/server": ["tests/commands/test_lab.py"],
    "course.py": [
        "tests/commands/test_course.py",
        "tests/commands/test_set_up.py",
        "tests/commands/test_set_up_pip.py",
    ],
    "instructor/hub/": ["tests/commands/test_hub.py"],
    "instructor/": ["tests/text/test_five_questions.py"],
    "tests/net/canary": ["tests/net/test_canary.py"],
    "tests/net/conditions": ["tests/net/test_everywhere.py"],
    "tests/net/everywhere": ["tests/net/test_everywhere.py"],
    "tests/plugins/nbval_tolerance": [
        "tests/net/test_nbval_tolerance.py",
        "tests/commands/test_kernels.py",
    ],
    "tests/plugins/own_settings": ["tests/net/test_everywhere.py"],
    "tests/plugins/settings": ["tests/net/test_settings.py"],
    "tests/plugins/threads": ["tests/net/test_threads.py"],
    "tests/plugins/workers": ["tests/net/test_workers.py"],
    "tests/support/accessible": ["tests/text/test_accessible.py"],
    "tests/support/questions": ["tests/text/test_five_questions.py"],
    "tests/support/readable": ["tests/text/test_readable.py"],
    "tests/support/tolerance": ["tests/net/test_nbval_tolerance.py"],
    "tests/support/pictures": ["tests/net/test_nbval_tolerance.py"],
    ".vscode/": ["tests/commands/test_vscode.py"],
    "docs/site/": ["tests/commands/test_site.py"],
    "README.md": ["tests/text/test_readme.py"],
    "docs/glossary.md": ["tests/text/test_glossary.py"],
}


@dataclass(frozen=True)
class Fault:
    """One fault: the file, what is wrong with it, the text without and with the fault."""

    file: str
    name: str
    old: str
    new: str

    @property
    def subject(self) -> str:
        """The subject of the lesson that the file belongs to, '' if it belongs to none."""
        folder, _, name = self.file.rpartition("/")
        of_lesson = folder in ("lessons", "notebooks") and name[:2] in NUMBERS
        stem = subject(name[:2]) if of_lesson else Path(name).stem
        return stem if stem in SUBJECTS else ""

    @property
    def lesson(self) -> str:
        """The two digits of that lesson, '' if there is none."""
        return SUBJECTS.get(self.subject, "")

    @property
    def tests(self) -> tuple[str, ...]:
        """Pytest's arguments for the tests that must notice it, the likeliest first."""
        if not self.lesson:
            patterns = next(tests for begin, tests in TESTS.items() if self.file.startswith(begin))
            return tuple(_paths(*patterns))
        (notebook,) = _paths(f"notebooks/{self.lesson}_*.ipynb")
        own, exercises = f"tests/lessons/test_{self.subject}.py", "tests/lessons/test_exercises.py"
        right, moved = "tests/lessons/test_right_answers.py", "tests/course_utils/test_sliders.py"
        if "checks/" in self.file:
            tests = [exercises, own, notebook, right]
        elif "plots/" in self.file:
            tests = [notebook, own, "tests/course_utils/test_plots.py"]
        else:
            tests = [notebook, own, exercises, *_paths(*TEXT), moved]
        # Of tests that cover all lessons, only those of this one.
        of_all = (exercises, right, moved)
        all_of = [Path(path).stem for path in tests if path not in of_all]
        return (*tests, "-k", " or ".join([*all_of, f"[{self.lesson}"]))

    def apply(self, root: Path) -> None:
        """Put the fault into the file below `root`; ValueError if the old text isn't there once."""
        path = root / self.file
        text = path.read_text("utf-8")
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.file}: the fault '{self.name}' needs its old text exactly once in the "
                f"file, but found it {text.count(self.old)} times: {self.old!r}. Update the entry."
            )
        path.write_text(text.replace(self.old, self.new), "utf-8")


def _paths(*patterns):
    """Return the files of all patterns, in their order; what isn't a path stays as it is."""
    found = []
    for pattern in patterns:
        paths = [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob(pattern))]
        found += paths if "/" in pattern else [pattern]
    return found


def faults() -> list[Fault]:
    """Return the faults of the bank."""
    return [
        Fault(file, name, *texts)
        for path in sorted((Path(__file__).parent / "bank").glob("*.toml"))
        for file, entries in tomllib.loads(path.read_text("utf-8")).items()
        for name, texts in entries.items()
    ]
