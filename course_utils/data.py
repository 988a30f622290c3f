"""Every data set of the course, by name, with what is known of it.

Each function returns an object whose fields hold NumPy arrays: a `Sample` (points around a known
curve), a `Split` (rows to train and rows to validate), a `Table` (named inputs and targets) or a
`Recording` (a curve while it is learned). Printed, it describes itself in one line.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Split:
    """A data set in two parts: rows to train on, and rows held back to validate the fit.

    `x_train`, `y_train`, `x_val` and `y_val` are float64 columns of shape (n, 1). `truth` holds
    the numbers that the data were made with, by name.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray
    truth: dict[str, float]

    def __repr__(self) -> str:
        """Say in one line what the split holds."""
        truth = ", ".join(f"{name} = {value:g}" for name, value in self.truth.items())
        return f"{len(self.x_train)} rows to train, {len(self.x_val)} to validate; {truth}"


@dataclass(frozen=True)
class Sample:
    """Points around a known curve: `x`, `y` and `y_true`, all of one shape, (n,) or (n, 1).

    `y_true` is the curve itself at `x`; `noise` is the standard deviation of y around it.
    """

    x: np.ndarray
    y: np.ndarray
    y_true: np.ndarray
    noise: float

    def __repr__(self) -> str:
        """Say in one line what the sample holds."""
        low, high = self.x.min(), self.x.max()
        return f"{len(self.x)} points, x from {low:.4g} to {high:.4g}; noise = {self.noise:.4g}"


def noisy_line() -> Split:
    """Make 100 points around the line y = 2x + 1: 80 to train, 20 to validate.

    x is uniform on [0, 1); the noise is normal with standard deviation 0.1. Neither has a unit of
    its own; 'Gradient descent by hand' takes them as hours and metres. The recipe and its seed, 42,
    are from D. V. Godoy's tutorial 'Understanding PyTorch with an example', so that its published
    numbers can be compared digit by digit.
    From the lesson 'Gradient descent by hand'.
    """
    truth = {"w": 2.0, "b": 1.0, "noise": 0.1}
    rng = np.random.RandomState(42)
    x = rng.rand(100, 1)
    y = truth["b"] + truth["w"] * x + truth["noise"] * rng.randn(100, 1)
    order = np.arange(100)
    rng.shuffle(order)
    train, val = order[:80], order[80:]
    return Split(x[train], y[train], x[val], y[val], truth)


def sine_line() -> Sample:
    """Return 10 points on y = 3x + sin(6x) + 1, without noise.

    x and y are float64 of shape (10,); x is evenly spaced from 0 to 1; neither has a unit. Two
    published tutorials use this data set: 'Raw autograd tensors' and 'Fitting polynomials' follow
    them.
    From the lesson 'Build your own autograd'.
    """
    x = np.linspace(0, 1, 10)
    return Sample(x, 3 * x + np.sin(6 * x) + 1, 3 * x + np.sin(6 * x) + 1, noise=0.0)


def noisy_sine(n: int = 40, seed: int = 46) -> Sample:
    """Draw n points around the curve y = 3x + sin(6x) + 1 of `sine_line`.

    x is uniform on [0, 1), in random order; the noise is normal with standard deviation 0.3;
    neither has a unit. A different seed draws different points around the same curve.
    From the lesson 'What a fit is worth'.
    """
    if n < 1 or n != int(n):
        raise ValueError(f"n must be a whole number of at least 1, got {n!r}.")
    rng = np.random.RandomState(seed)
    x = rng.rand(int(n))
    y_true = 3 * x + np.sin(6 * x) + 1
    noise = 0.3
    return Sample(x, y_true + noise * rng.randn(int(n)), y_true, noise)


@dataclass(frozen=True)
class Recording:
    """A curve while it is learned from points: `curves[k]` is its height on `grid` at `steps[k]`.

    `x` and `y`, of shape (n,), are the points; `grid` has shape (m,), `steps` shape (frames,) and
    `curves` shape (frames, m).
    """

    x: np.ndarray
    y: np.ndarray
    grid: np.ndarray
    curves: np.ndarray
    steps: np.ndarray

    def __repr__(self) -> str:
        """Say in one line what the recording holds."""
        return f"{len(self.x)} points; {len(self.steps)} curves, up to step {self.steps[-1]:,}"


def recorded_curves() -> Recording:
    """Return what the training in the lesson 'Build your own autograd' looks like, recorded there.

    Three tanh units learn the ten points of `sine_line` in 2,000 steps with lr = 0.1; their input
    is 2x - 1, and the start is drawn by `RandomState(25)`. The 32 recorded curves are rounded to
    four decimals; neither x nor y has a unit.
    From the lesson 'Start here'.
    """
    table = np.loadtxt(Path(__file__).with_name("learned_curve.csv"), delimiter=",", dtype=str)
    points = sine_line()
    return Recording(
        points.x,
        points.y,
        grid=(table[0, 1:].astype(float) + 1) / 2,  # the file has the units' input
        curves=table[1:, 1:].astype(float),
        steps=table[1:, 0].astype(int),
    )


@dataclass(frozen=True)
class Table:
    """Inputs and targets with their names and units.

    `x` has shape (n, d), `y` shape (n, m), both float32 unless the function says otherwise;
    `x_names` and `y_names` hold d and m pairs (name, unit); `groups`, of shape (n,), numbers the
    region of each row, or is None if each row is a region of its own.
    """

    x: np.ndarray
    y: np.ndarray
    x_names: tuple[tuple[str, str], ...]
    y_names: tuple[tuple[str, str], ...]
    groups: np.ndarray | None = None

    def __repr__(self) -> str:
        """Say in one line what the table holds."""
        x, y = (
            ", ".join(f"{name} ({unit})" for name, unit in names)
            for names in (self.x_names, self.y_names)
        )
        return f"{len(self.x)} rows: {x} -> {y}"

    def _repr_markdown_(self) -> str:
        names = [f"{name} ({unit})" for name, unit in self.x_names + self.y_names]
        cells = [[f"{value:g}" for value in row] for row in np.hstack([self.x, self.y])]
        if self.groups is not None:
            names = ["region", *names]
            cells = [[str(group), *row] for group, row in zip(self.groups, cells, strict=True)]
        if len(cells) > 20:
            cells = [*cells[:5], ["…"] * len(names)]
        header, *rows = [f"| {' | '.join(row)} |" for row in [names, *cells]]
        return "\n".join([header, "|---:" * len(names) + "|", *rows])


_WEATHER = (("temperature", "°F"), ("rainfall", "mm"), ("humidity", "%"))
_YIELDS = (("apples", "t/ha"), ("oranges", "t/ha"))


def fruit_yields() -> Table:
    """Return the weather and the fruit yields of five regions.

    Inputs of shape (5, 3): temperature in °F, rainfall in mm, humidity in %. Targets of shape
    (5, 2): yields of apples and oranges in tons per hectare. A made-up data set from Aakash
    N S's course 'Deep Learning with PyTorch: Zero to GANs' (Jovian).
    From the lesson 'Many inputs, many outputs'.
    """
    x = [[73, 67, 43], [91, 88, 64], [87, 134, 58], [102, 43, 37], [69, 96, 70]]
    y = [[56, 70], [81, 101], [119, 133], [22, 37], [103, 119]]
    groups = np.arange(1, 6)
    return Table(np.array(x, np.float32), np.array(y, np.float32), _WEATHER, _YIELDS, groups)


def fruit_yields_repeated() -> Table:
    """Return `fruit_yields` followed by two near-copies of each row: 15 rows.

    Shapes (15, 3) and (15, 2), units as in `fruit_yields`. `groups` says which rows belong
    to one region.
    From the lesson 'Dataset and DataLoader'.
    """
    x = [
        *([74, 66, 43], [91, 87, 65], [88, 134, 59], [101, 44, 37], [68, 96, 71]),
        *([73, 66, 44], [92, 87, 64], [87, 135, 57], [103, 43, 36], [68, 97, 70]),
    ]
    y = [
        *([57, 69], [80, 102], [118, 132], [21, 38], [104, 118]),
        *([57, 69], [82, 100], [118, 134], [20, 38], [102, 120]),
    ]
    first = fruit_yields()
    return Table(
        np.vstack([first.x, np.array(x, np.float32)]),
        np.vstack([first.y, np.array(y, np.float32)]),
        _WEATHER,
        _YIELDS,
        np.tile(np.arange(1, 6), 3),
    )


def integer_noise_line() -> Sample:
    """Return 50 points around the line y = 2x + 1 with integer noise.

    x and y are float32 columns of shape (50, 1); x runs from 1 to 50, the noise from -8 to 8; the
    noise of all rows adds up to 0. The recipe and its seed, 71, are from J. Portilla's course
    'PyTorch for Deep Learning', so that its published numbers can be compared.
    From the lesson 'The linear layer'.
    """
    import torch  # only here: the first lessons use this module without torch

    generator = torch.Generator().manual_seed(71)
    noise = torch.randint(-8, 9, (50, 1), generator=generator, dtype=torch.float).numpy()
    x = np.arange(1, 51, dtype=np.float32).reshape(-1, 1)
    return Sample(x, 2 * x + 1 + noise, 2 * x + 1, noise=24**0.5)


def diabetes() -> Table:
    """Return ten measurements of 442 diabetes patients and how far the disease progressed.

    x and y are float64 of shape (442, 10) and (442, 1), x as it was measured. The target is
    'a quantitative measure of disease progression one year after baseline', from 25 to 346;
    'points' is our word, since the source gives no unit. The text beside each input's name is its
    description in scikit-learn, which gives a unit only for the age and does not say which sex
    is coded 1. From B. Efron, T. Hastie, I. Johnstone and R. Tibshirani,
    'Least Angle Regression', Annals of Statistics, 2004; it ships with scikit-learn, so nothing
    is downloaded.
    From the lesson 'A real data set'.
    """
    from sklearn.datasets import load_diabetes  # only here: it takes a second to import

    x, y = load_diabetes(return_X_y=True, scaled=False)
    names = (
        ("age", "years"),
        ("sex", "coded 1 or 2"),
        ("bmi", "body mass index"),
        ("bp", "average blood pressure"),
        ("s1", "total serum cholesterol"),
        ("s2", "low-density lipoproteins"),
        ("s3", "high-density lipoproteins"),
        ("s4", "total cholesterol / HDL"),
        ("s5", "possibly log of serum triglycerides level"),
        ("s6", "blood sugar level"),
    )
    return Table(x, y.reshape(-1, 1), names, (("progression", "points"),))


def step_times() -> Table:
    """Return how long one training step took on a CPU and on a GPU, by model and rows.

    Inputs of shape (14, 2): tanh units (0 is a linear model) and rows, each with ten inputs.
    Targets of shape (14, 2), float64: microseconds of one step (forward, MSE, backward, SGD) on a
    CPU with 16 cores and on a GPU, an NVIDIA H100 80GB. Measured for this course on 2026-11-27
    with torch 2.11+cu130.
    From the lesson 'Where the time goes'.
    """
    steps = [
        *([0, 80, 257, 634], [0, 1e3, 231, 530], [0, 1e4, 307, 640]),
        *([0, 1e5, 845, 730], [0, 1e6, 6614, 639]),
        *([64, 80, 224, 818], [64, 1e3, 552, 849], [64, 1e4, 816, 798]),
        *([64, 1e5, 12433, 811], [64, 1e6, 134334, 1417]),
        *([1024, 80, 625, 896], [1024, 1e3, 1118, 888], [1024, 1e4, 18455, 692]),
        [1024, 1e5, 184133, 1784],
    ]
    table = np.array(steps, float)
    models = (("tanh units", "0: linear"), ("rows", "ten inputs"))
    return Table(table[:, :2], table[:, 2:], models, (("CPU", "µs"), ("GPU", "µs")))
