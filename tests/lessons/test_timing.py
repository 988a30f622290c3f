"""Where the time goes: what it computes on any machine; no time is asserted."""

import ast
import io
import re
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import data, plots
from course_utils.checks import timing
from tests.support.lessons import (
    ROOT,
    exercises,
    read_notebook,
    read_output,
    run_cell,
    run_lesson,
)
from tests.support.tolerance import near

LESSON = "where_the_time_goes"


@pytest.fixture(scope="module")
def lesson():
    return run_lesson(LESSON)


@pytest.fixture
def text():
    return " ".join("\n".join(cell.source for cell in read_notebook(LESSON).cells).split())


def source_of(words):
    """Return the source of the one cell of code that holds these words."""
    cells = read_notebook(LESSON).cells
    (source,) = [c.source for c in cells if c.cell_type == "code" and words in c.source]
    return source


def run_again(lesson, words, **names):
    """Run a cell among the lesson's names, some of them replaced; return what it prints."""
    out, own = io.StringIO(), {**lesson, **names}
    with redirect_stdout(out):
        exec(source_of(words), own)
    return out.getvalue(), own


class Clock:
    """A clock that goes on by what `spend` says, and not by itself."""

    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now

    def spend(self, seconds):
        self.now += seconds


def test_points_are_columns_scaled_from_minus_one_to_one(lesson):
    x, y = lesson["noisy"](40)
    points = data.noisy_sine(40)
    assert x.shape == y.shape == (40, 1)
    assert x.dtype == torch.float64
    assert x[:, 0].numpy() == pytest.approx(2 * points.x - 1)
    assert y[:, 0].numpy() == pytest.approx(points.y)


def test_training_takes_the_steps_it_is_asked_for_and_returns_the_loss_before_the_last(lesson):
    network, other = lesson["new_network"](5), lesson["new_network"](5)
    x, y = lesson["noisy"](12)
    optimizer = torch.optim.Adam(other.parameters(), lr=0.02)
    for _ in range(7):
        loss = ((other(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert lesson["train"](network, x, y, 7) == near(loss.item())
    for got, want in zip(network.parameters(), other.parameters(), strict=True):
        assert torch.allclose(got, want)
    assert sum(p.numel() for p in network.parameters()) == 25


def test_the_shortest_of_ten_times_after_a_warm_up(lesson, monkeypatch):
    clock = Clock()
    monkeypatch.setitem(lesson["shortest"].__globals__, "perf_counter", clock)
    costs = iter([0.5, 9.0, 4.0, 5.0, 6.0, 3.0, 8.0, 7.0, 2.0, 2.5, 3.5, 1.0])
    assert lesson["shortest"](lambda k: clock.spend(next(costs)), 7) == 2.0
    assert next(costs) == 1.0
    assert lesson["shortest"](clock.spend, 3.0) == 3.0


def test_each_short_training_is_multiplied_to_twenty_long_ones(lesson):
    clock = Clock()

    def train(network, x, y, n_steps):
        assert n_steps == 250
        clock.spend(0.5)

    out, _ = run_again(lesson, "for k in range(7)", perf_counter=clock, train=train)
    assert out == "250 steps: 0.500 s; all 20 starts: 40.0 s\n" * 7
    assert 0.5 * 20 * 1000 / 250 == 40


def test_times_are_printed_in_their_units(lesson):
    class Found:
        median = 4e-3  # of twenty steps

    class Timer:
        def __init__(self, statement, globals):
            assert statement == "train(network, x_n, y_n, 20)"
            assert len(globals["x_n"]) in (40, 10_000)

        def blocked_autorange(self):
            return Found

    found = io.StringIO()
    with redirect_stdout(found):
        exec(source_of("Timer("), {**lesson, "Timer": Timer})
    assert found.getvalue().splitlines() == [
        "a step on     40 rows:   200 µs",
        "a step on 10,000 rows:   200 µs",
    ]

    def shortest(*_):
        return 3e-3

    out, _ = run_again(lesson, "for device, dtype in places", shortest=shortest)
    assert out.splitlines()[:2] == [
        "cpu, torch.float32, 0.4 MB: a step 1.0 ms",
        "cpu, torch.float64, 0.8 MB: a step 1.0 ms",
    ]
    out, _ = run_again(lesson, "for n_threads in", shortest=shortest)
    assert out.splitlines()[1] == "threads 2: product 3.0 ms, step on 40 rows 600 µs"
    out, _ = run_again(lesson, "def by_driver", shortest=shortest)
    assert re.findall(r"[\d.]+ ms", out) == ["3.00 ms"] * 5
    out, _ = run_again(lesson, "by_batch = ", shortest=shortest)
    assert re.findall(r"[\d.]+(?= million)", out) == ["3.33"] * 3
    assert torch.get_num_threads() == 1


def test_a_machine_without_an_accelerator_says_so_and_one_with_it_has_a_third_line(lesson):
    def shortest(*_):
        return 1e-3

    out, own = run_again(lesson, "for device, dtype in places", shortest=shortest)
    assert out.endswith("No accelerator here: the CPU alone.\n") == (len(own["places"]) == 2)

    class accelerator:  # noqa: N801 - stands for a module
        is_available = staticmethod(lambda: True)
        current_accelerator = staticmethod(lambda: torch.device("meta"))

    class Torch:
        def __getattr__(self, name):
            return accelerator if name == "accelerator" else getattr(torch, name)

    fake = {"torch": Torch(), "shortest": shortest}
    out, _ = run_again(lesson, "for device, dtype in places", **fake)
    assert out.splitlines()[2:] == ["meta, torch.float32, 0.4 MB: a step 0.3 ms"]


def test_a_race_ends_with_its_time_and_measures_off_the_clock(lesson, monkeypatch):
    clock, sizes = Clock(), []
    own = lesson["race"].__globals__
    monkeypatch.setitem(own, "perf_counter", clock)

    def randint(low, high, shape):
        assert (low, high) == (0, 100_000)
        sizes.append(shape)
        clock.spend(0.15)
        return torch.arange(*shape)

    class Torch:
        def __getattr__(self, name):
            return randint if name == "randint" else getattr(torch, name)

    monkeypatch.setitem(own, "torch", Torch())
    path = lesson["race"](6, 0.4)
    assert sizes == [(6,)] * 3, "the third step passes 0.4 seconds"
    assert path[:, 0] == pytest.approx([0.15, 0.3, 0.45])
    network = lesson["new_network"](2)
    lesson["train"](network, lesson["x_big"][:6], lesson["y_big"][:6], 3)
    x = np.linspace(0, 1, 200)
    with torch.no_grad():
        curve = network(torch.from_numpy(2 * x - 1).reshape(-1, 1)).numpy()[:, 0]
    assert path[-1, 1] == pytest.approx(np.mean((curve - 3 * x - np.sin(6 * x) - 1) ** 2))


@pytest.mark.parametrize("source", ["by_row", "by_batch", "slices"])
def test_each_way_of_batching_passes_every_row_once(lesson, source):
    batches = lesson["slices"](lesson["few"]) if source == "slices" else list(lesson[source])
    assert [len(x) for x, _ in batches] == [100] * 100
    got = torch.cat([x for x, _ in batches])
    assert not torch.equal(got, lesson["few"].tensors[0])
    assert torch.equal(got.sort(dim=0).values, lesson["few"].tensors[0].sort(dim=0).values)


POINTS = data.sine_line()
POWERS = np.vander(POINTS.x, 5, increasing=True)


def test_every_rung_of_the_ladder_does_the_same_work(lesson):
    ladder = lesson["ladder"]
    assert next(iter(ladder)) == "the tutorial's loop"
    want = np.zeros(5)
    for _ in range(50):
        want = want - 0.05 * np.array(
            [2 * np.mean((POWERS @ want - POINTS.y) * c) for c in POWERS.T]
        )
    for name, run in ladder.items():
        if name != "lstsq":
            assert np.asarray(run(50)) == near(want), name
    best = np.polyfit(POINTS.x, POINTS.y, 4)[::-1]
    assert ladder["lstsq"](50) == pytest.approx(best, rel=1e-9)
    assert ladder["gradient by hand"](3).dtype == torch.float32


def test_times_of_the_ladder_are_scaled_to_the_epochs_they_name(lesson):
    out, _ = run_again(lesson, "jumps = (", shortest=lambda run, n: n / 1000)
    seconds = [float(line.split()[0]) for line in out.splitlines()]
    assert seconds == [100.0] * 7  # a millisecond per epoch, or 100,000 of them at once
    out, _ = run_again(lesson, "jumps = (", shortest=lambda run, n: 1.0)
    assert [float(line.split()[0]) for line in out.splitlines()] == [500.0] * 5 + [1.0] * 2


def test_what_the_ladder_reaches_is_printed_before_it_is_timed(lesson):
    want = np.zeros(5)
    for _ in range(200):
        want = want - 0.05 * 2 / 10 * POWERS.T @ (POWERS @ want - POINTS.y)
    first = [f"{value:.4f}" for value in want[:3]]
    lines = read_output(LESSON, "W[0] to W[2]").splitlines()[1:]
    assert [line.rpartition("]")[0] + "]" for line in lines[:6]] == [str(first)] * 6
    assert "'-24.2009'" in lines[6]


def test_the_recorded_ladder_is_the_benchmarks(lesson):
    """The benchmark times the code of the deeper section, and docs/measured.md keeps its table."""
    page = (ROOT / "docs" / "measured.md").read_text("utf-8")
    rows = re.findall(
        r"(?m)^\| (.+) \| (\d[\d.]*) \| (\d[\d.,]*) \|$", page.split("seven ways:")[1]
    )
    seconds = [float(entry) for entry in re.findall(r'": ([\d.]+),', source_of("speed_ladder("))]
    assert seconds == [float(row[1]) for row in rows[:7]]
    names = re.findall(r'(?m)^    "(.+)": ', source_of("speed_ladder("))
    for name, way in zip(names[:4], lesson["ladder"], strict=False):
        assert name.startswith(way)


def test_the_bars_of_the_ladder_are_as_long_as_it_takes():
    ax = Figure().subplots()
    words = plots.speed_ladder({"slow": 20.0, "fast": 0.5, "jump": 2e-5}, ax=ax)
    assert words == "slow: 20 s; jump: 20 µs, 1,000,000 times as fast."
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends == pytest.approx([20.0, 0.5, 2e-5])
    labels = [label.get_text() for label in ax.texts]
    assert labels == ["20 s,  × 1", "500 ms,  × 40", "20 µs,  × 1,000,000"]
    assert ax.get_xscale() == "log"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["slow", "fast", "jump"]


def test_the_loop_of_the_text_and_the_loss_in_four_calls_agree(text):
    names = dict(run_lesson(LESSON))
    network = names["network"] = names["new_network"](1)
    x, y = names["x"], names["y"] = names["noisy"](40)
    block = next(
        part
        for cell in read_notebook(LESSON).cells
        for part in re.findall(r"```python\n(.*?)```", cell.source, re.S)
        if "total" in part
    )
    exec(block.partition("\n\n")[0], names)
    assert names["loss"].item() == pytest.approx(((network(x) - y) ** 2).mean().item())


def test_the_gpu_overtakes_where_the_record_says(text):
    output = read_output(LESSON, "table = data.step_times()")
    assert "by the line: 4,861 rows\n" in output
    rule = (818 - 224) / ((12_433 - 224) / (100_000 - 80))
    assert rule == pytest.approx(4861, abs=0.5)
    # between 1,000 and 10,000 rows, the ratio of the times on logarithmic axes
    before, after = np.log(552 / 849), np.log(816 / 798)
    assert 1000 * 10 ** (before / (before - after)) == pytest.approx(8900, rel=0.01)
    assert "the GPU overtakes at about 8,900 rows." in output
    assert f"the GPU is {134_334 / 1417:.0f} times as fast" in output
    for words in ("CPU, 16 cores 224 µs 12,433 µs", "GPU, NVIDIA H100 818 µs 811 µs"):
        assert words.replace(" ", "") in text.replace(" ", "").replace("#", "")
    assert 364 * 10 > 1417, "copying a million rows takes longer than their step"


def test_twenty_networks_at_once_are_twenty_networks(lesson):
    losses = lesson["losses"].detach().numpy()
    assert losses.shape == (20,)
    x, y = lesson["x"], lesson["y"]
    for k in (3, 11):
        alone = lesson["train"](lesson["new_network"](k), x, y, 1000)
        assert losses[k] == pytest.approx(alone, rel=1e-6)
    output = read_output(LESSON, "losses.sum().backward()")
    assert f"alone {losses[3]:.6f}, among twenty {losses[3]:.6f}\n" in output
    assert f"losses from {losses.min():.4f} to {losses.max():.4f};" in output
    assert lesson["times"]["20 × one"] == pytest.approx(20 * lesson["times"]["one"])


def test_memory_of_the_broadcasting_bug(lesson, text):
    output = read_output(LESSON, "torch.broadcast_shapes")
    assert output == "y_pred: 0.08 MB\nthe difference, (20000, 20000): 1600 MB\n"
    assert 20_000**2 * 4 / 1e6 == 1600
    assert "1600, from 0.08" in text


def test_the_recorded_times_of_a_product_are_printed_as_measured():
    output = read_output(LESSON, '"TF32"')
    times = [float(number) for number in re.findall(r"([\d.]+) ms", output)]
    assert times == [0.21, 21.4, 2.6, 1.4, 16, 594]
    assert output.endswith(f"differ by {2**-7:.4f}\n")


def test_the_star_is_where_a_step_takes_twice_as_long():
    ax = Figure().subplots()
    rows, steps = [10, 100, 1000], [2e-5, 3e-5, 9e-5]
    words = plots.overhead_and_work(rows, steps, prediction=300, ax=ax)
    # from 30 to 40 of the way from 30 to 90 µs, on logarithmic axes
    share = np.log(4 / 3) / np.log(3)
    found = 100 * 10**share
    assert found == pytest.approx(183, abs=1)
    assert words == (
        "One step takes 20 µs with 10 rows; twice as long at about 180 rows. You predicted 300; "
        "it is 180."
    )
    measured, overhead, work, star, prediction = ax.lines
    assert measured.get_ydata() == pytest.approx([20, 30, 90])
    assert overhead.get_ydata()[0] == pytest.approx(20)
    n, drawn = work.get_data()
    assert drawn == pytest.approx(n * 70 / 990)
    assert star.get_xdata()[0] == pytest.approx(found)
    assert star.get_ydata()[0] == pytest.approx(40)
    assert prediction.get_label() == "your prediction"
    words = plots.overhead_and_work(rows, [2e-5, 2e-5, 3e-5], ax=Figure().subplots())
    assert words.endswith("it never takes twice as long here.")


def test_the_picture_of_the_devices_marks_the_crossing_and_the_prediction():
    ax = Figure().subplots()
    rows, cpu, gpu, copying = [10, 100, 1000], [10, 20, 400], [50, 50, 100], [1, 5, 300]
    words = plots.devices_by_rows(rows, cpu, gpu, copying, 200, ax=ax)
    share = np.log(2.5) / np.log(4 / 0.4)
    found = 100 * 10**share
    assert found == pytest.approx(250, rel=1e-6)
    assert words == (
        "With 1,000 rows, the GPU is 4 times as fast; the GPU overtakes at about 250 rows. You "
        "predicted 200; it is 250."
    )
    curves = [line.get_ydata().tolist() for line in ax.lines[:3]]
    assert curves == [cpu, gpu, [51, 55, 400]]
    assert ax.lines[3].get_xdata()[0] == pytest.approx(found)
    height = ax.lines[3].get_ydata()[0]
    assert height == pytest.approx(50 * 2**share), "on the GPU's line"
    words = plots.devices_by_rows(rows, cpu, [500] * 3, copying, ax=Figure().subplots())
    assert words.endswith("the GPU never overtakes.")


def test_trainings_and_networks_at_once_are_drawn_as_given():
    ax = Figure().subplots()
    runs = {"a": [[0.1, 3.0], [0.2, 2.0]], "b": [[0.1, 4.0], [0.3, 0.5]]}
    assert plots.loss_by_seconds(runs, ax=ax) == "At the end: a 2; b 0.5."
    assert [line.get_xydata().tolist() for line in ax.lines] == list(runs.values())
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 2
    axs = Figure().subplot_mosaic([["fits", "time"]])
    curves = [[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]]
    times = {"one": 0.5, "at once": 1.0, "in turn": 3.0}
    words = plots.networks_at_once([0, 1], [2, 3], [0, 2], curves, [0.3, 0.1, 0.2], times, axs=axs)
    assert words == (
        "3 networks, losses from 0.1000 to 0.3000; at once is 3.0 times as fast as in turn."
    )
    drawn = axs["fits"].lines[3]
    assert drawn.get_label() == "number 1: the lowest loss"
    assert drawn.get_ydata().tolist() == curves[1]
    assert [bar.get_width() for bar in axs["time"].patches] == list(times.values())
    assert [label.get_text() for label in axs["time"].texts] == ["500 ms", "1 s", "3 s"]


# The check of exercise 1 reads its clock from the module, and so do these tests.


def told(answer, monkeypatch, seconds, exercise="sprint"):
    """Return what a check says of an answer that takes so long, where the slow loop takes 1 s."""
    clock = Clock()
    monkeypatch.setattr(timing, "clock", clock)
    slow = {"sprint": "_crawl", "sweep": "_one_by_one"}[exercise]
    plain = getattr(timing, slow)

    def timed(*arguments):
        clock.spend(1.0)
        return plain(*arguments)

    monkeypatch.setattr(timing, slow, timed)

    def answered(*arguments):
        got = answer(*arguments)
        clock.spend(seconds)
        return got

    out = io.StringIO()
    with redirect_stdout(out):
        getattr(timing, exercise)(answered)
    return out.getvalue()


def solution_of(lesson, name):
    (exercise,) = [found for found in exercises(LESSON) if found.name == name]
    names = dict(lesson)
    run_cell(exercise.solution, names)
    return names[name]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.01, "✓ Exercise 1: right. Same result, 100 times as fast."),
        (0.0005, "✓ Exercise 1: right. Same result, 2,000 times as fast."),
        (0.05, "✓ Exercise 1: right. Same result, 20 times as fast."),
        (0.0501, "✓ Exercise 1: right. Same result, 19 times as fast; 20 is within reach: how"),
        (0.2, "✓ Exercise 1: right. Same result, 5 times as fast; 20 is within reach: how many"),
        (0.3, "· Exercise 1: not done yet. The result is right, but only 3.3 times as fast as"),
        (5.0, "· Exercise 1: not done yet. The result is right, but only 0.2 times as fast as"),
    ],
)
def test_a_right_result_is_never_wrong_however_long_it_takes(seconds, words, lesson, monkeypatch):
    answer = solution_of(lesson, "sprint")
    assert told(answer, monkeypatch, seconds).startswith(words)


def test_a_clock_that_stands_still_is_no_error(lesson, monkeypatch):
    """As a coarse one does for an answer that is faster than its tick."""
    answer = solution_of(lesson, "sprint")
    assert told(answer, monkeypatch, 0.0).startswith("✓ Exercise 1: right. Same result")


def test_a_wrong_result_is_wrong_however_fast(lesson, monkeypatch):
    answer = solution_of(lesson, "sprint")
    words = told(lambda *given: 2 * answer(*given), monkeypatch, 1e-6)
    assert words.startswith("✗ Exercise 1: not right yet.")


def test_all_learning_rates_at_once_are_compared_with_one_after_another(lesson, monkeypatch):
    answer = solution_of(lesson, "sweep")
    words = told(answer, monkeypatch, 0.1, "sweep")
    assert words.startswith(
        "✓ Exercise 3: right. 60 trainings, 10 times as fast as one after another."
    )
    words = told(answer, monkeypatch, 0.9, "sweep")
    assert words.startswith("· Exercise 3: not done yet. The result is right, but only 1.1 times")


MEASURE = {"shortest", "perf_counter", "Timer", "race"}


def test_every_cell_that_measures_is_tagged():
    """A time in an output that is compared would fail on the next machine."""
    n_tagged = 0
    for cell in read_notebook(LESSON).cells:
        if cell.cell_type == "code":
            body = ast.parse(cell.source).body
            run = [part for part in body if not isinstance(part, (ast.FunctionDef, ast.ImportFrom))]
            names = {n.id for part in run for n in ast.walk(part) if isinstance(n, ast.Name)}
            tagged = "nbval-ignore-output" in cell.metadata.get("tags", [])
            assert tagged or not names & MEASURE, cell.source
            n_tagged += tagged
    assert n_tagged <= 12
