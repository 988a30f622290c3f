"""JupyterLab saves what `course.py progress` reads: the verdicts' metadata and the cells' ids."""

import pytest

from commands.progress.classroom import read_class
from tests.lessons.wrong_answers import answers_of
from tests.support.classroom import COURSE
from tests.support.jupyterlab import UNSAVED, opened, run_all
from tests.support.lessons import LESSONS, exercises

EDIT = """([k, source]) =>
    jupyterapp.shell.currentWidget.content.widgets[k].model.sharedModel.setSource(source)"""


@pytest.mark.slow
def test_what_a_student_saves_in_jupyterlab_can_be_read(browser, lab):
    first, second, third = exercises("00")
    answer, told = answers_of("00").WRONG[second.name][0]
    with opened(browser, lab, "00") as lesson:
        lesson.page.evaluate(EDIT, [first.cell, first.solution])
        lesson.page.evaluate(EDIT, [second.cell, answer])
        run_all(lesson.page)
        lesson.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        lesson.page.wait_for_selector(UNSAVED, state="detached")
        classroom = read_class([lab[2]], COURSE())
    (student,) = classroom.students
    work = student.work[LESSONS[0].stem]
    states = [work.verdicts[exercise.name].state for exercise in (first, second, third)]
    assert states == ["right", "not right yet", "not done yet"]
    assert told in work.verdicts[second.name].mistake
    assert work.finished
    assert list(student.work) == [LESSONS[0].stem], "the others were only handed out"
    assert classroom.told == []
