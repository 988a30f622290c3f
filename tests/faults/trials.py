"""Tries mutants in forks of one process: with the unit tests, and with the notebooks' cells."""

import contextlib
import functools
import os
import pickle
import selectors
import signal
import sys
import time
import traceback
from collections import Counter

import coverage
import pytest
from _pytest.tmpdir import tmppath_result_key
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from commands.build import WIDGET
from tests.faults.in_place import loaded, put_in_place, renew
from tests.faults.mutation import source_of
from tests.lessons import NUMBERS, ROOT, read_notebook, run_lesson
from tests.nbval_tolerance import align, picture_difference, tolerances
from tests.test_architecture import COURSE_UTILS, imports

AGAIN = 3  # the exit code of a process that leaves the rest to a fresh one


class Arena:
    """Tries mutants in forks of this process, and keeps who was killed by what."""

    def __init__(self, mutants, jobs):
        self.mutants, self.jobs = mutants, jobs
        self.code, self.known = loaded()
        self.tries, self.unusable = Counter(), set()
        self.changed, self.spaces = set(), []
        self.files = {os.path.realpath(path): name for name, path in COURSE_UTILS.items()}
        self.coverage = coverage.Coverage(
            data_file=None, include=[f"{ROOT}/course_utils/*"], config_file=False
        )
        self.coverage.set_option("run:disable_warnings", ["no-data-collected"])
        everything = dict.fromkeys(self.code)
        _, at_import = self.covered(lambda: put_in_place(self.code, everything, self.known))
        for mutant in mutants:
            if mutant.lines <= at_import[mutant.module]:  # no trial runs it: take any of the module
                mutant.lines = set(range(1, source_of(mutant.module).count("\n") + 2))

    def covered(self, work):
        """Do some work, and return its result with the lines that it ran, by module."""
        self.coverage.erase()
        self.coverage.start()
        try:
            result = work()
        finally:
            self.coverage.stop()
        data = self.coverage.get_data()
        lines = {name: set() for name in COURSE_UTILS}
        for path in data.measured_files():
            lines[self.files[os.path.realpath(path)]] = set(data.lines(path))
        return result, lines

    def worth(self, trial, lines, done, alive):
        """Return which mutants a trial that runs such lines must still try."""
        left = {k: self.mutants[k] for k in alive if (trial, k) not in done}
        return [k for k, m in left.items() if not m.killer and m.lines & lines[m.module]]

    def attempt(self, passes, sources, also=()):
        """Put sources in place of the last ones, and tell if the trial passes."""
        with open(os.devnull, "w") as quiet, contextlib.redirect_stderr(quiet):
            try:
                for variant in (dict.fromkeys({*self.changed, *also}), sources):
                    replaced = put_in_place(self.code, variant, self.known)
                    for space in self.spaces:
                        renew(space, replaced)
                return bool(passes())
            except BaseException:
                return False
            finally:
                self.changed = set(sources)

    def passes_unmutated(self, passes, mutants):
        """Tell if a trial passes after the mutants' modules were put in place as they are."""
        return self.attempt(passes, {}, also={self.mutants[k].module for k in mutants})

    def judge(self, say, trial, passes, seconds, mutants):
        """Try mutants one after the other in this process, and `say` what came of each.

        After a kill the trial must pass without a mutant: if it doesn't, the mutants before may
        have left something behind, and the rest is for a fresh process. Returns if all are done.
        """
        for k in mutants:
            say("trying", trial, k)
            # Seconds of CPU, so that a busy machine kills nobody; the signal ends this process.
            signal.setitimer(signal.ITIMER_PROF, 5 + 10 * seconds)
            alive = self.attempt(passes, {self.mutants[k].module: self.mutants[k].source})
            clean = alive or self.attempt(passes, {})
            signal.setitimer(signal.ITIMER_PROF, 0)
            if alive or clean or k == mutants[0]:
                say("alive" if alive else "killed", trial, k)
                self.mutants[k].killer = "" if alive else trial
            if not clean:
                return False
        return True

    def run(self, works):
        """Do `works` in forks, some at a time, each in fresh ones again until it returns True.

        A work is a function of (say, done, alive): `done` holds what was said of each (trial,
        mutant), and `alive` the numbers of the living mutants. A process that dies while it tries
        a mutant kills it.
        """
        done, waiting, running = {}, list(works), {}
        with selectors.DefaultSelector() as pipes:
            while waiting or running:
                while waiting and len(running) < self.jobs:
                    work = waiting.pop(0)
                    pipe, pid = self.launch(work, done)
                    running[pipe] = [work, pid, None]
                    pipes.register(pipe, selectors.EVENT_READ)
                for key, _ in pipes.select():
                    pipe = key.fileobj
                    try:
                        word, *about = pickle.load(pipe)
                    except EOFError:
                        pipes.unregister(pipe)
                        pipe.close()
                        work, pid, trying = running.pop(pipe)
                        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                        if code == 1 or (code < 0 and not trying):
                            sys.exit("A process of the mutants broke down.")
                        if code < 0:
                            self.take("killed", *trying, done)
                        if code:
                            waiting.insert(0, work)
                        continue
                    running[pipe][2] = about if word == "trying" else None
                    if word != "trying":
                        self.take(word, *about, done)

    def take(self, word, trial, k, done):
        """Take down what came of one try."""
        done[trial, k] = word
        self.tries[trial] += word in ("killed", "alive")
        if word == "killed":
            self.mutants[k].killer = trial
        elif word == "unusable":
            self.unusable.add(trial)

    def launch(self, work, done):
        """Fork a process for a work, and return the pipe on which it says what it does."""
        sys.stdout.flush()
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            return os.fdopen(read, "rb", buffering=0), pid
        code = 1
        try:
            os.close(read)
            alive = [k for k, mutant in enumerate(self.mutants) if not mutant.killer]
            over = work(lambda *words: os.write(write, pickle.dumps(words)), done, alive)
            code = 0 if over else AGAIN
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)


def in_a_fork(work):
    """Do some work in a fork, and return its result."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException), os.fdopen(write, "wb") as pipe:
            pipe.write(pickle.dumps(work()))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        result = pipe.read()
    os.waitpid(pid, 0)
    return pickle.loads(result)


@functools.cache
def module_code(path):
    """Return the code of a test module that imports course_utils, and None for another."""
    if any(name.startswith("course_utils") for name in imports(path)):
        return compile(path.read_text(encoding="utf-8"), path, "exec")
    return None


class UnitTests:
    """A pytest plugin that runs each test once, and then with each mutant that it covers."""

    def __init__(self, arena):
        self.arena = arena

    def pytest_runtestloop(self, session):
        if any("test_exercises" in item.nodeid for item in session.items):
            for number in NUMBERS:
                run_lesson(number)  # here, once, and not in every process
        shares = self.arena.jobs
        self.arena.run(
            functools.partial(self.work, session.items, k, shares) for k in range(shares)
        )
        return True

    def work(self, items, share, shares, say, done, alive):
        """Run each test, and then with each mutant of a share that it covers."""
        alive, fresh = [k for k in alive if k % shares == share], True
        for item in items:
            item.session._setupstate.teardown_exact(item.parent)  # what the last one's file set up
            trial = item.nodeid
            if (trial, ("over", share)) in done or trial in self.arena.unusable:
                continue
            begun = time.process_time()
            passed, lines = self.arena.covered(lambda item=item: self.passes(item))
            seconds = time.process_time() - begun
            mutants = self.arena.worth(trial, lines, done, alive)
            if passed is None or (passed and not mutants):
                continue
            passes = functools.partial(self.passes, item)
            if not passed or not self.arena.passes_unmutated(passes, mutants):
                if fresh:
                    say("unusable", trial, None)
                return False
            fresh = False
            if not self.arena.judge(say, trial, passes, seconds, mutants):
                return False
            say("over", trial, ("over", share))
        return True

    def passes(self, item):
        """Run a test anew, its module too where it imports course_utils; None if it skips."""
        if code := module_code(item.path):
            exec(code, vars(item.module))
        item._initrequest()
        item.stash[tmppath_result_key] = {}  # what a report would hold: tmp_path's end reads it
        try:
            item.session._setupstate.setup(item)
            item.runtest()  # without the hooks, which would spend long on a report of the failure
        except pytest.skip.Exception:
            return None
        except BaseException:  # a failure of pytest.raises is no Exception
            return False
        finally:
            item.session._setupstate.teardown_exact(item.parent)
        return True


class Notebook:
    """A notebook whose cells run in this process, each first in forks with mutants."""

    def __init__(self, arena, number):
        self.arena, self.number = arena, number

    def work(self, say, _, alive):
        """Run the cells one after the other, each first with the mutants that it meets."""
        InteractiveShell.clear_instance()
        quiet = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "NoColor"}}
        self.shell = InteractiveShell.instance(config=Config(quiet), user_ns={})
        self.arena.spaces, self.arena.jobs = [self.shell.user_ns], 1
        cells = [cell for cell in read_notebook(self.number).cells if cell.cell_type == "code"]
        for k, cell in enumerate(cells, start=1):
            if "nbval-ignore-output" not in cell.metadata.get("tags", []):
                alive = [k for k in alive if not self.arena.mutants[k].killer]
                self.judge(f"notebook {self.number}, cell {k}", cell, alive, say)
            self.run(cell)
        return True

    def judge(self, trial, cell, alive, say):
        """Let each living mutant that a cell meets run it."""
        begun = time.process_time()
        shown, lines = in_a_fork(lambda: self.arena.covered(lambda: self.run(cell)))
        seconds = time.process_time() - begun
        mutants = self.arena.worth(trial, lines, {}, alive)
        if not mutants:
            return

        def passes():
            return same_outputs(shown, self.run(cell), **tolerances(cell))

        def work(say, done, _):
            left = self.arena.worth(trial, lines, done, alive)
            return self.arena.judge(say, trial, passes, seconds, left)

        if not in_a_fork(lambda: self.arena.passes_unmutated(passes, mutants)):
            say("unusable", trial, None)
            return
        self.arena.run([work])
        for k in mutants:
            say("killed" if self.arena.mutants[k].killer else "alive", trial, k)

    def run(self, cell):
        """Run a cell, and return what it showed: texts, and data with metadata."""
        with self.shell.display_trap, capture_output() as shown:
            result = self.shell.run_cell(cell.source, store_history=True)
        error = type(result.error_in_exec or result.error_before_exec).__name__
        for output in shown.outputs:
            output.data.pop(WIDGET, None)  # it holds a random id
        return [error, shown.stdout, shown.stderr, *((o.data, o.metadata) for o in shown.outputs)]


def same_outputs(stored, new, **within):
    """Tell whether the regression run would take the new outputs of a cell for the stored ones."""
    if [type(part) for part in stored] != [type(part) for part in new]:
        return False
    texts, new_texts = [], []
    for a, b in zip(stored, new, strict=True):
        if isinstance(a, str):
            a, b = ({"text": a}, {}), ({"text": b}, {})
        (data, metadata), (new_data, new_metadata) = a, b
        if set(data) != set(new_data):
            return False
        pictures = data.pop("image/png", None), new_data.pop("image/png", None)
        if pictures[0] != pictures[1] and picture_difference(*pictures)[0]:
            return False
        for mime, text in data.items():
            texts.append(str(text))
            new_texts.append(str(new_data[mime]))
        for about, found in ((metadata, texts), (new_metadata, new_texts)):
            found.append(about.get("image/png", {}).get("alt", ""))
    return all(align(a, b, **within) == a for a, b in zip(texts, new_texts, strict=True))
