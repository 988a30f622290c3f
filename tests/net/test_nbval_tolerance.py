"""The comparison notices faults and ignores noise; its messages can be read."""

import base64
import copy
import io
import os
import re
import subprocess
import sys
import tomllib

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook, new_output

from commands.build import METADATA
from commands.execute import CELL_SECONDS, Client
from tests.plugins.nbval_tolerance import GRACE, tolerances
from tests.support.lessons import ROOT
from tests.support.pictures import picture_difference
from tests.support.tiers import slow_after
from tests.support.tolerance import align, near


@pytest.mark.parametrize(
    ("stored", "new"),
    [
        ("loss 2.7422", "loss 2.7422"),
        ("loss 2.742157", "loss 2.742160"),  # 1e-6, relative
        ("loss 2.7422", "loss 2.7423"),  # one unit in the last place of five digits
        ("w = -1.833753", "w = −1.833754"),  # the real minus sign
        ("w = 3.6e-07, b = 1.8e-07", "w = 1.2e-07, b = -4.0e-08"),
        ("tensor([1., 2.5000])", "tensor([1., 2.5001])"),
        ("    9.99996   ok", "   10.00001   ok"),  # a wider number in its column
        ("12.34 % of 5", "12.35 % of 5"),
        ("[ 1.0e-08 -3.4e+00]", "[-1.0e-08 -3.4e+00]"),  # a sign in place of NumPy's padding
        ("[1.  2.5]", "[1.00000001 2.5       ]"),
        ("[20000. 1.]", "[20000.4 1.]"),
        ("0.1000", "0.0999"),
    ],
)
def test_noise_is_ignored(stored, new):
    assert align(stored, new) == stored


@pytest.mark.parametrize(
    ("stored", "new"),
    [
        ("loss 2.7422", "loss 2.7696"),  # 1 %
        ("loss 2.7422", "loss 2.7426"),
        ("loss 2.7422", "Loss 2.7422"),
        ("loss 2.7422", "loss -2.7422"),
        ("loss 2.7422", "loss nan"),
        ("80 rows", "81 rows"),
        ("80 rows", "80.0 rows"),
        ("10000000 rows", "10000001 rows"),
        ("torch 2.13.0", "torch 2.13.1"),
        ("0.5 and 0.25", "0.5"),
        ("a  b 1.0000", "a b 1.0000"),
        ("1.50e-02", "1.60e-02"),
        ("2.742157 of 80", "2.742158 of 81"),
        ("in epoch 1200.", "in epoch 1201."),  # an integer, and the end of a sentence
        ("loss 0.0003", "loss 0.0004"),  # one digit that counts, not five
    ],
)
def test_a_difference_stays(stored, new):
    assert align(stored, new) != stored


def test_a_difference_beside_noise_shows_alone():
    assert align("a 1.000000 b 2.000000", "a 1.000001 b 2.100000") == ("a 1.000000 b 2.100000")


def test_a_number_of_the_code_is_compared_exactly():
    """Such as a published value that a cell prints beside the computed one."""
    stored, new = "0.80119530, published 0.80119529", "0.80119530, published 0.80119592"
    assert align(stored, new) == stored
    assert align(stored, new, literals=["0.80119592"]) == new


@pytest.mark.parametrize(
    ("found", "printed"),
    [(1779.115, "1779.116"), (0.0062534325, "0.00625345"), (0.2499, "0.2"), (-2.7424, "-2.7422")],
)
def test_another_processor_s_number_is_near_what_was_printed(found, printed):
    assert found == near(printed)
    assert [found] == near([printed])


@pytest.mark.parametrize(
    ("found", "printed"), [(1779.4, "1779.116"), (0.00627, "0.00625345"), (2.7426, "2.7422")]
)
def test_a_different_number_is_not_near(found, printed):
    assert found != near(printed)
    assert float(printed) + 2e-4 * float(printed) + 2e-6 != near(float(printed))


def test_a_tag_widens_the_tolerance():
    cell = new_code_cell(metadata={"tags": ["exercise", "rtol=1e-2"]})
    assert tolerances(cell) == {"rtol": 1e-2}
    assert align("2.7422", "2.7500", rtol=1e-2) == "2.7422"


@pytest.mark.parametrize(
    "tag", ["rtol", "rtol=", "rtol =1e-2", "RTOL=1", "atol=small", "rtol=-1", "rtol=1e-2 atol=1"]
)
def test_a_malformed_tag_is_an_error(tag):
    with pytest.raises(ValueError, match="must read like rtol=1e-2"):
        tolerances(new_code_cell(metadata={"tags": [tag]}))


def picture(move=0.0, noise=0.0, label="weight w", color="C0", legend=True, width=9):
    """Return a figure of two panels and 80 points as base64 of a PNG."""
    rng = np.random.RandomState(0)
    x = rng.rand(80)
    y = 2 * x + 0.1 * rng.randn(80)
    y *= 1 + noise
    figure = Figure(figsize=(width, 4))
    for ax, moved in zip(figure.subplots(1, 2), (move, 0), strict=True):
        ax.plot(x, y + moved * (x == x[7]), "o", alpha=0.5, ms=4, color=color, label="data")
        ax.set(xlabel=label, xlim=(0, 1), ylim=(-0.2, 2.4))
        if legend:
            ax.legend()
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=100)
    return base64.b64encode(png.getvalue()).decode()


STORED = picture()


@pytest.mark.parametrize("change", [{}, {"noise": 1e-6}])
def test_the_same_picture_passes(change):
    assert picture_difference(STORED, picture(**change))[0] is None


@pytest.mark.parametrize(
    "change",
    [{"move": 0.026}, {"label": "weight v"}, {"color": "C1"}, {"legend": False}, {"width": 8}],
)
def test_a_different_picture_fails(change):
    assert picture_difference(STORED, picture(**change))[0]


# The rest runs pytest on notebooks: a good one, and copies with faults.
SOURCES = [
    "import base64\nfrom IPython.display import display\npng = base64.b64decode(PNG)",
    "loss = 3 - 0.257843\nprint(f'loss {loss:.6f} over 80 rows')",
    "display({'image/png': png, 'text/plain': 'a picture'}, raw=True,"
    " metadata={'image/png': {'alt': 'loss 2.742157'}})",
    "print(f'again {loss:.6f}')",
]


@pytest.fixture(scope="module")
def good():
    """A notebook executed as the build does it."""
    sources = [SOURCES[0].replace("PNG", repr(STORED)), *SOURCES[1:]]
    cells = [new_code_cell(source) for source in sources]
    return Client(new_notebook(cells=cells, metadata=METADATA)).execute()


def stored_text(cell, text):
    """Replace the stored output of a cell by this text."""
    cell.outputs = [new_output("stream", name="stdout", text=text)]


def fault_noise(cells):
    stored_text(cells[1], "loss 2.742159 over 80 rows\n")


def fault_percent(cells):
    stored_text(cells[1], "loss 2.769578 over 80 rows\n")


def fault_literal(cells):
    cells[3].source = "print('again 2.742159')"


def fault_word(cells):
    stored_text(cells[1], "loss 2.742157 over 80 lines\n")


def fault_integer(cells):
    stored_text(cells[1], "loss 2.742157 over 81 rows\n")


def fault_wide_tag(cells):
    fault_percent(cells)
    cells[1].metadata["tags"] = ["rtol=2e-2"]


def fault_not_compared(cells):
    fault_percent(cells)
    cells[1].metadata["tags"] = ["nbval-ignore-output"]


def fault_missing_picture(cells):
    cells[2].outputs.append(copy.deepcopy(cells[2].outputs[0]))


def fault_additional_picture(cells):
    cells[2].outputs = []


def fault_moved_point(cells):
    cells[2].outputs[0].data["image/png"] = picture(move=0.026)
    cells[2].outputs[0].metadata["image/png"]["alt"] = "loss 3.1"  # one fault changes both


def fault_alt_text(cells):
    cells[2].outputs[0].metadata["image/png"]["alt"] = "loss 3.1"


def fault_not_executed(cells):
    cells[1].update(execution_count=None, outputs=[])


def fault_root_cause(cells):
    fault_percent(cells)
    stored_text(cells[3], "again 3.000000\n")


def fault_exception(cells):
    cells[1].source = "raise ValueError('wrong shape')"


def fault_dead_kernel(cells):
    cells[1].source = "import os\nos._exit(1)"


def fault_killed(cells):
    cells[1].source = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


def fault_hang(cells):
    cells[1].source = cells[2].source = "import time\ntime.sleep(1000)"


def fault_deaf(cells):
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    cells[1].source = f"import signal, time\n{deaf}\ntime.sleep(1000)"


def fault_stubborn(cells):
    loop = "while True:\n    try:\n        print(1); time.sleep(0.5)\n"
    cells[1].source = f"import time\n{loop}    except KeyboardInterrupt:\n        pass"


def fault_semicolon(cells):
    cells[1].source += "\nloss;"


def fault_skipped(cells):
    cells[3].update(execution_count=None, outputs=[], metadata={"tags": ["nbval-skip"]})


def fault_bad_tag(cells):
    cells[1].metadata["tags"] = ["rtol=wide"]


FAULTS = {name[6:]: fault for name, fault in list(globals().items()) if name[:6] == "fault_"}
# The outcome of each cell of a copy, a letter each. The default command runs the first copies.
QUICK = {
    "good": "....",
    "percent": ".F..",
    "moved_point": "..F.",
    "root_cause": ".F.x",
    "killed": ".Fxx",
}
LONG = {
    "noise": "....",
    "wide_tag": "....",
    "not_executed": ".F.x",
    "exception": ".F.x",
    "not_compared": "....",
    "literal": "...F",
    "word": ".F..",
    "integer": ".F..",
    "missing_picture": "..F.",
    "additional_picture": "..F.",
    "alt_text": "..F.",
    "dead_kernel": ".Fxx",
    "semicolon": "....",
    "skipped": "...",  # and one that the summary doesn't name
    "hang": ".Fxx",
    "deaf": ".Fxx",
    "stubborn": ".Fxx",
}


@pytest.fixture(scope="module")
def report(good, tmp_path_factory):
    """The folder of the first copies, and what pytest prints about each."""
    goes_on = "--continue-on-collection-errors"
    return run_copies(good, [*QUICK, "bad_tag"], tmp_path_factory.mktemp("notebooks"), goes_on)


@pytest.fixture(scope="module")
def long_report(good, tmp_path_factory):
    """The folder of the other copies, and what pytest prints about each."""
    return run_copies(good, LONG, tmp_path_factory.mktemp("notebooks"), "-n", "2")


def run_copies(good, names, folder, *options):
    """Run pytest in a folder on copies of the notebook, each with the fault that names it."""
    (folder / "conftest.py").write_text('pytest_plugins = ("tests.plugins.nbval_tolerance",)')
    (folder / "pytest.ini").write_text("[pytest]")
    (folder / "test_output").mkdir()
    (folder / "test_output" / "good.ipynb").write_text("of an earlier failure")
    for name in names:
        notebook = copy.deepcopy(good)
        FAULTS.get(name, list)(notebook.cells)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    printed = {}
    command = ["-m", "pytest", "--nbval", "-rA", "--dist", "loadfile", "--color=no", *options]
    command += ["--nbval-cell-timeout=5", "--durations=0", "--durations-min=4"]
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    for name in names:
        printed[name] = [line for line in ran.stdout.splitlines() if f"{name}.ipynb" in line]
    printed["all"] = ran.stdout
    return folder, printed


def outcomes(report, name):
    """Return the outcome of each cell of a notebook, a letter each."""
    lines = [line for line in report[1][name] if "::Cell" in line]
    letters = {"PASSED": ".", "FAILED": "F", "XFAIL": "x", "ERROR": "E"}
    by_cell = {
        line.split("::Cell ")[1][0]: letters[line.split()[0]]
        for line in lines
        if line.split()[0] in letters
    }
    return "".join(by_cell[cell] for cell in sorted(by_cell))


@pytest.mark.parametrize("name", slow_after(len(QUICK), [*QUICK, *LONG]))
def test_notebook(request, name):
    report = request.getfixturevalue("report" if name in QUICK else "long_report")
    assert outcomes(report, name) == {**QUICK, **LONG}[name], report[1]["all"]


@pytest.mark.parametrize(
    "words",
    [
        "stored: loss 2.769578 over 80 rows\nnew:    loss 2.742157 over 80 rows",
        "killed.ipynb, cell 1: The kernel died while this cell ran.\n",
        "bad_tag.ipynb, Cell 1: the tag 'rtol=wide' must read like rtol=1e-2",
        "To compare: nbdiff moved_point.ipynb test_output/moved_point.ipynb",
        "after Cell 1",
    ],
)
def test_a_failure_says(report, words):
    assert words in report[1]["all"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "Never executed: run python course.py build",
        "ValueError: wrong shape",
        "The number of pictures differs: 2 stored, 1 new.",
        "The number of pictures differs: 0 stored, 1 new.",
        "dead_kernel.ipynb, cell 1: The kernel died while this cell ran.\n",
        "hang.ipynb, cell 1: Timeout of 5 seconds exceeded executing cell\n",
        "deaf.ipynb, cell 1: Timeout of 5 seconds exceeded while executing cell. Failed to int",
        "stubborn.ipynb, cell 1: Timeout of 5 seconds exceeded while executing cell. Failed to int",
    ],
)
def test_a_rarer_failure_says(long_report, words):
    assert words in long_report[1]["all"]


@pytest.mark.slow
def test_a_hanging_cell_costs_its_notebook_one_time_out_and_the_course_a_minute(long_report):
    slow = re.findall(r"call +(hang.ipynb::Cell .)", long_report[1]["all"])
    assert slow == ["hang.ipynb::Cell 1"], "the next cell sleeps too, and must not run"
    addopts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    seconds = int(re.search(r"cell-timeout=(\d+)", addopts["ini_options"]["addopts"])[1])
    assert seconds == CELL_SECONDS, "the build gives a cell as long as the tests do"
    # Waiting for the time-out, for the interrupt, and for the kernel to be killed and noticed.
    assert seconds + GRACE + 5 < 60


def test_a_failure_has_no_colour_codes_in_a_file(report):
    assert "\x1b[" not in report[1]["all"]


def test_a_failure_leaves_the_executed_notebook_and_both_pictures(report):
    left = report[0] / "test_output"
    names = {path.name for path in left.iterdir()}
    assert "moved_point-cell-2-picture-1-stored.png" in names
    assert "moved_point-cell-2-picture-1-new.png" in names
    executed = nbformat.read(left / "percent.ipynb", as_version=4)
    assert executed.cells[1].outputs[0].text == "loss 2.742157 over 80 rows\n"
    assert executed.cells[3].outputs[0].text == "again 2.742157\n"


def test_a_green_run_leaves_nothing(report):
    assert not (report[0] / "test_output" / "good.ipynb").exists(), "of an earlier failure"


@pytest.fixture
def desk(good, tmp_path):
    """A folder with two notebooks that agree, and a function that runs pytest there."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ("tests.plugins.nbval_tolerance",)')
    (tmp_path / "pytest.ini").write_text("[pytest]")
    for name in "ab":
        nbformat.write(good, tmp_path / f"{name}.ipynb")

    def run(*options):
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "--nbval", "-rA", "--color=no", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        cells = re.findall(r"^(PASSED|FAILED) (\w)\.ipynb::Cell (\d)", ran.stdout, flags=re.M)
        passed = ["".join(cell) for outcome, *cell in cells if outcome == "PASSED"]
        return sorted(passed), len(cells) - len(passed), ran.stdout

    return tmp_path, run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "cells"),
    [
        (["a.ipynb::Cell 3"], ["a3"]),
        (["-k", "Cell and 3"], ["a3", "b3"]),
        (["a.ipynb::Cell 1", "a.ipynb::Cell 3"], ["a1", "a3"]),
        (["-n", "2"], [f"{name}{cell}" for name in "ab" for cell in range(4)]),
        (["-n", "2", "--dist", "worksteal"], [f"{name}{cell}" for name in "ab" for cell in "0123"]),
    ],
)
def test_a_cell_first_runs_those_before_it(desk, options, cells):
    _, run = desk
    passed, failed, output = run(*options)
    assert (passed, failed) == (cells, 0), output


@pytest.mark.slow
def test_an_earlier_cell_runs_once_for_all_chosen_ones(desk):
    folder, run = desk
    sources = ["runs = globals().get('runs', 0) + 1", "print(runs)", "print(runs)"]
    counting = new_notebook(cells=[new_code_cell(source) for source in sources], metadata=METADATA)
    nbformat.write(Client(counting).execute(), folder / "c.ipynb")
    passed, failed, output = run("c.ipynb::Cell 1", "c.ipynb::Cell 2")
    assert (passed, failed) == (["c1", "c2"], 0), output


@pytest.mark.slow
def test_a_fixed_cell_can_be_run_again_alone(good, desk):
    folder, run = desk
    faulty = copy.deepcopy(good)
    stored_text(faulty.cells[1], "loss 1.000000 over 80 rows\n")
    nbformat.write(faulty, folder / "b.ipynb")
    assert run()[1] == 1
    nbformat.write(good, folder / "b.ipynb")
    passed, failed, output = run("--lf")
    assert (passed, failed) == (["b1"], 0), output


@pytest.mark.slow
def test_an_earlier_cell_that_raises_is_named(good, desk):
    folder, run = desk
    faulty = copy.deepcopy(good)
    fault_exception(faulty.cells)
    nbformat.write(faulty, folder / "b.ipynb")
    passed, failed, output = run("b.ipynb::Cell 3")
    assert (passed, failed) == ([], 1)
    assert "b.ipynb, cell 1: Cell execution caused an exception" in output


@pytest.mark.slow
def test_xdist_keeps_a_notebook_together(desk):
    _, run = desk
    _, _, output = run("-n", "2", "-v")
    workers = re.findall(r"\[(gw\d)\].* PASSED (\w)::", output)
    assert len(workers) == 8
    assert len(set(workers)) == 2, output


@pytest.mark.parametrize("folder", slow_after(1, ["notebooks", "."]))
def test_the_plugin_is_loaded_from_the_root_and_from_notebooks(folder):
    arguments = ["-m", "pytest", "--nbval", "--collect-only", "-q", "--trace-config"]
    where = ["notebooks/"] if folder == "." else []
    ran = subprocess.run(
        [sys.executable, *arguments, *where],
        cwd=ROOT / folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "tests.plugins.nbval_tolerance" in ran.stdout
    assert "::Cell 0" in ran.stdout
