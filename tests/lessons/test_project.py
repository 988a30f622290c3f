"""A project of your own: the stages' checks on two tables that have nothing in common."""

import dataclasses
import functools
import io
import itertools
import re
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from sklearn.linear_model import LinearRegression

from course_utils import plots, tables
from course_utils.checks import project as check
from course_utils.checks import stage_inputs
from course_utils.checks.core import Wrong
from course_utils.figures import capture_figures
from tests.support import recorded
from tests.support.lessons import ROOT, one_line, read_notebook, run_cell, run_lesson

LESSON = "a_project_of_your_own"
STAGES = {
    "question": "table inputs",
    "split": "table train val test",
    "baseline": "table train val baseline rmse_baseline",
    "prepare": "table inputs train val raw mean std X",
    "line": "table train val X y_line rmse_line",
    "choice": "table train val predictions chosen",
    "last_number": "table test predictions chosen rmse_test gain standard_error",
}


def cheese():
    """A table of 157 rows: other names, another size, blanks in a column of numbers, four sorts."""
    rng = np.random.default_rng(3)
    n = 157
    age, salt = rng.gamma(2, 9, n), rng.normal(1.7, 0.4, n)
    sort = rng.choice(["brie", "edam", "feta", "gouda"], n)
    price = 4 + 0.3 * age + 2 * salt + 3 * (sort == "brie") + rng.normal(0, 1.5, n)
    age[rng.choice(n, 19, replace=False)] = np.nan
    price[[5, 44, 90]] = np.nan
    return tables.NamedColumns("price", price, {"age": age, "salt": salt}, {"sort": sort}, {})


def rmse(y_pred, y, rows):
    return np.sqrt(np.mean((y_pred[rows] - y[rows]) ** 2))


def fitted(X, y, rows):
    """The least-squares line of some rows, for all rows."""
    A = np.column_stack([X, np.ones(len(X))])
    return A @ np.linalg.lstsq(A[rows], y[rows], rcond=None)[0]


@functools.cache
def done(name):
    """All objects of a project done right, by the names that the lesson gives them."""
    if name == "penguins":
        table, category, seed = tables.penguins(), "species", 4
        inputs, cuts = ["flipper_length_mm", "bill_depth_mm", "species", "sex"], [200, 260]
    else:
        table, category, seed = cheese(), "sort", 8
        inputs, cuts = ["age", "salt", "sort"], [90, 125]
    y, known = table.y, np.flatnonzero(~np.isnan(table.y))
    train, val, test = np.split(np.random.default_rng(seed).permutation(known), cuts)
    columns = []
    for one in inputs:
        if one in table.numbers:
            values = table.numbers[one]
            columns.append(np.where(np.isnan(values), np.nanmedian(values[train]), values))
        else:
            words = table.categories[one]
            columns += [words == level for level in sorted(set(words))[1:]]
    raw = np.column_stack(columns).astype(float)
    mean, std = raw[train].mean(axis=0), raw[train].std(axis=0)
    X = (raw - mean) / std
    words, baseline = table.categories[category], np.full(len(y), y[train].mean())
    for word in set(words[train]):
        baseline[words == word] = y[train][words[train] == word].mean()
    y_line = fitted(X, y, train)
    d = (abs(baseline - y) - abs(y_line - y))[test]
    return {
        "table": table,
        "inputs": inputs,
        "train": train,
        "val": val,
        "test": test,
        "known": known,
        "category": category,
        "baseline": baseline,
        "rmse_baseline": rmse(baseline, y, val),
        "raw": raw,
        "mean": mean,
        "std": std,
        "X": X,
        "y_line": y_line,
        "rmse_line": rmse(y_line, y, val),
        "predictions": {"groups": baseline, "line": y_line},
        "chosen": "line",
        "rmse_test": rmse(y_line, y, test),
        "gain": d.mean(),
        "standard_error": d.std() / np.sqrt(len(d)),
    }


def told(stage, names, **changed):
    """What a stage's check says of a project with some objects changed."""
    names = {**names, **changed}
    return one_line(getattr(check, stage), *(names[name] for name in STAGES[stage].split()))


# What is done in another way and is right, too: the stage, what changes, words of the verdict.
RIGHT = {
    "the split as tensors": ("split", lambda p: {"train": torch.tensor(p["train"])}, "rows to fit"),
    "the split as lists": ("split", lambda p: {"val": p["val"].tolist()}, "rows to fit"),
    "the mean": (
        "baseline",
        lambda p: {
            "baseline": (b := p["table"].y[p["train"]].mean()),
            "rmse_baseline": rmse(np.full(999, b), p["table"].y, p["val"]),
        },
        "It is the mean of the training rows",
    ),
    "the median": (
        "baseline",
        lambda p: {
            "baseline": (b := np.median(p["table"].y[p["train"]])),
            "rmse_baseline": rmse(np.full(999, b), p["table"].y, p["val"]),
        },
        "It is the median of the training rows",
    ),
    "the mean for each row": (
        "baseline",
        lambda p: {
            "baseline": (b := np.full(len(p["table"]), p["table"].y[p["train"]].mean())),
            "rmse_baseline": rmse(b, p["table"].y, p["val"]),
        },
        "It is the mean of the training rows",
    ),
    "a rule of one's own": (
        "baseline",
        lambda p: {
            "baseline": (b := p["baseline"] + 1e-3 * np.arange(len(p["table"]))),
            "rmse_baseline": rmse(b, p["table"].y, p["val"]),
        },
        "It is a rule of your own",
    ),
    "a number of one's own": (
        "baseline",
        lambda p: with_baseline(p, 4000.0),
        "It is a number of your own, 4000; the mean of the training rows is",
    ),
    "a column that is nearly the target": (
        "prepare",
        lambda p: wider(
            p, p["table"].y + 0.1 * np.nanstd(p["table"].y) * np.sin(range(len(p["raw"])))
        ),
        "of raw is almost the target: will you have it when you ask?",
    ),
    "a loss": (
        "last_number",
        lambda p: {
            "predictions": {"line": p["y_line"], "poor": (poor := 0.5 * p["y_line"])},
            "chosen": "poor",
            "rmse_test": rmse(poor, p["table"].y, p["test"]),
            **gain_of(p, p["y_line"], poor),
        },
        "The baseline is better, by more than two standard errors",
    ),
    "a baseline as a column": (
        "baseline",
        lambda p: {"baseline": torch.tensor(p["baseline"]).reshape(-1, 1)},
        "It follows",
    ),
    "an RMSE in whole numbers": (
        "baseline",
        lambda p: {"rmse_baseline": round(p["rmse_baseline"], 0)},
        "It follows",
    ),
    "n - 1 in the standard deviation": (
        "prepare",
        lambda p: {
            "std": (s := p["raw"][p["train"]].std(axis=0, ddof=1)),
            "X": (p["raw"] - p["mean"]) / s,
        },
        "columns, their scale from the training rows",
    ),
    "0 and 1 left as they are": (
        "prepare",
        lambda p: {
            "mean": (m := np.where(binary(p), 0, p["mean"])),
            "std": (s := np.where(binary(p), 1, p["std"])),
            "X": (p["raw"] - m) / s,
        },
        "columns, their scale from the training rows",
    ),
    "float32": (
        "prepare",
        lambda p: {
            name: torch.tensor(p[name], dtype=torch.float32) for name in ("raw", "mean", "std", "X")
        },
        "columns, their scale from the training rows",
    ),
    "scikit-learn's line": (
        "line",
        lambda p: {
            "y_line": (
                y_pred := LinearRegression()
                .fit(p["X"][p["train"]], p["table"].y[p["train"]])
                .predict(np.nan_to_num(p["X"]))
            ),
            "rmse_line": rmse(y_pred, p["table"].y, p["val"]),
        },
        "It is the least-squares line",
    ),
    "a line that is nearly there": (
        "line",
        lambda p: {
            "y_line": (
                y_pred := p["y_line"] + 0.02 * p["table"].y[p["train"]].std() * p["X"][:, 0]
            ),
            "rmse_line": rmse(y_pred, p["table"].y, p["val"]),
        },
        "It is close to the least-squares line",
    ),
    "the simpler of two that are alike": (
        "choice",
        lambda p: {"predictions": {**p["predictions"], "twin": nudged(p, p["val"])}},
        "twin is lower, but by less than two standard errors: take the simpler",
    ),
    "the better of two that are alike": (
        "choice",
        lambda p: {
            "predictions": {**p["predictions"], "twin": nudged(p, p["val"])},
            "chosen": "twin",
        },
        "line comes before it and is as good within two standard errors: if you keep twin, say",
    ),
    "the baseline is best": (
        "choice",
        lambda p: {
            "predictions": {"line": p["y_line"], "poor": p["baseline"]},
        },
        "Nothing beats the first, line",
    ),
    "the baseline as a number": (
        "choice",
        lambda p: {
            "predictions": {"mean": p["table"].y[p["train"]].mean(), "line": p["y_line"]},
        },
        "RMSE on the validation rows: mean",
    ),
    "n - 1 in the standard error": (
        "last_number",
        lambda p: {
            "standard_error": p["standard_error"] * (len(p["test"]) / (len(p["test"]) - 1)) ** 0.5
        },
        "standard errors: hardly luck",
    ),
    "the baseline is chosen": (
        "last_number",
        lambda p: {
            "chosen": "groups",
            "rmse_test": rmse(p["baseline"], p["table"].y, p["test"]),
            "gain": 0,
            "standard_error": 0,
        },
        "You chose the baseline: a project can end so",
    ),
    "a gain that may be luck": (
        "last_number",
        lambda p: {
            "predictions": {"line": p["y_line"], "twin": (twin := nudged(p, p["test"]))},
            "chosen": "twin",
            "rmse_test": rmse(twin, p["table"].y, p["test"]),
            **gain_of(p, p["y_line"], twin),
        },
        "less than two standard errors: it may be luck",
    ),
}


def binary(p):
    """Which columns of raw hold 0 and 1."""
    return np.array([set(np.unique(column)) <= {0.0, 1.0} for column in p["raw"].T])


def nudged(p, rows):
    """The line's predictions, with their errors on some rows changed round and a little smaller."""
    y, y_pred = p["table"].y, p["y_line"].copy()
    y_pred[rows] = y[rows] + 0.99 * np.roll((y_pred - y)[rows], 1)
    return y_pred


def gain_of(p, one, other):
    d = (abs(one - p["table"].y) - abs(other - p["table"].y))[p["test"]]
    return {"gain": d.mean(), "standard_error": d.std() / np.sqrt(len(d))}


@pytest.mark.parametrize("table", ["penguins", "cheese"])
def test_a_stage_done_right_is_right(table):
    for k, stage in enumerate(STAGES):
        assert f"✓ Stage {k + 1}: right. " in told(stage, done(table))


@pytest.mark.parametrize("name", RIGHT)
def test_another_way_is_right_too(name):
    stage, change, words = RIGHT[name]
    for table in ("penguins", "cheese"):
        line = told(stage, done(table), **change(done(table)))
        assert ": right. " in line, table
        assert words in line, table


def with_(name, make):
    """A change of one object, made of the project."""
    return lambda p: {name: make(p)}


def scaled(p, rows):
    """The preparation with the scale of other rows."""
    mean, std = p["raw"][rows].mean(axis=0), p["raw"][rows].std(axis=0)
    return {"mean": mean, "std": std, "X": (p["raw"] - mean) / std}


def with_line(p, y_line):
    return {"y_line": y_line, "rmse_line": rmse(y_line, p["table"].y, p["val"])}


def with_baseline(p, baseline):
    y_pred = np.broadcast_to(baseline, len(p["table"]))
    return {"baseline": baseline, "rmse_baseline": rmse(y_pred, p["table"].y, p["val"])}


def prepared(p, raw):
    mean, std = raw[p["train"]].mean(axis=0), raw[p["train"]].std(axis=0)
    return {"raw": raw, "mean": mean, "std": std, "X": (raw - mean) / (std + (std == 0))}


def by_group(p, rows):
    y, words = p["table"].y, p["table"].categories[p["category"]]
    return [y[rows][words[rows] == word].mean() for word in words]


def wider(p, column):
    """The preparation with one more column."""
    return prepared(p, np.column_stack([p["raw"], column]))


def coded(p, values):
    """The preparation with the category's columns replaced by one of `values`."""
    words = p["table"].categories[p["category"]]
    levels = sorted(set(words))
    kept = [c for c in p["raw"].T if not any(np.array_equal(c, words == one) for one in levels)]
    return prepared(p, np.column_stack([*kept, values]))


def levels(p):
    words = p["table"].categories[p["category"]]
    return np.unique(words, return_inverse=True)[1].astype(float)


def swapped(p):
    both = np.concatenate([p["train"], p["val"]])
    n = len(p["val"])
    return {"train": both[:n], "val": both[n:]}


WRONG = {
    "question": [
        (with_("table", lambda p: p["raw"]), "Expected table to be what tables.penguins()"),
        (with_("inputs", lambda p: p["inputs"][0]), "put [ ] around the name"),
        (with_("inputs", lambda p: [1, 2]), "Expected a list of column names"),
        (with_("inputs", lambda p: []), "needs at least one input"),
        (
            with_("inputs", lambda p: [p["table"].target]),
            "an input that knows the answer is a leak",
        ),
        (with_("inputs", lambda p: ["colour"]), "The table has no column 'colour'"),
        (with_("inputs", lambda p: p["inputs"] * 2), "A name is in the list twice"),
    ],
    "split": [
        (with_("val", lambda p: np.append(p["val"], p["train"][:3])), "train and val share 3 rows"),
        (with_("test", lambda p: p["val"]), "a row that judges must have no part in the fit"),
        (with_("test", lambda p: without(p, "test", 1)), "1 row with a target is in no part"),
        (with_("train", lambda p: without(p, "train", 5)), "5 rows with a target are in no part"),
        (with_("train", lambda p: np.append(p["train"], p["train"][:2])), "more than once"),
        (
            with_("train", lambda p: np.append(p["train"], blank_row(p))),
            "where the target is missing",
        ),
        (with_("test", lambda p: np.append(p["test"], 10_000)), "test holds 10000; the rows are 0"),
        (with_("test", lambda p: p["test"] - 1000), "the rows are 0 to"),
        (with_("test", lambda p: []), "test is empty"),
        (with_("train", lambda p: np.isin(np.arange(len(p["table"])), p["train"])), "flatnonzero"),
        (with_("train", lambda p: p["train"].astype(float)), "make them whole, .astype(int)"),
        (with_("train", lambda p: p["raw"][p["train"]]), "the places of rows, not the rows"),
        (with_("train", lambda p: p["train"].reshape(-1, 1)), "of shape (k,), got shape"),
        (with_("train", lambda p: [[1], [2, 3]]), "train must hold row numbers"),
        (with_("train", lambda p: ["a"]), "train must hold row numbers"),
        (swapped, "are they swapped?"),
    ],
    "baseline": [
        (lambda p: with_baseline(p, p["table"].y[p["known"]].mean()), "the mean of all rows"),
        (
            lambda p: with_baseline(p, p["table"].y[p["val"]].mean()),
            "the mean of the validation rows",
        ),
        (lambda p: with_baseline(p, p["table"].y[p["test"]].mean()), "the mean of the test rows"),
        (
            lambda p: with_baseline(p, np.median(p["table"].y[p["val"]])),
            "the median of the validation",
        ),
        (lambda p: with_baseline(p, p["table"].y.mean()), "does it take in a row whose target"),
        (lambda p: with_baseline(p, p["table"].y), "baseline is the target itself"),
        (
            lambda p: with_baseline(p, np.array(by_group(p, p["known"]))),
            "baseline takes the means of all rows",
        ),
        (with_("baseline", lambda p: p["baseline"][p["val"]]), "Predict for all rows"),
        (with_("baseline", lambda p: "mean"), "Expected numbers for baseline, got a str"),
        (with_("baseline", lambda p: ["a", "b"]), "Expected numbers for baseline"),
        (with_("baseline", lambda p: p["baseline"] * np.nan), "baseline is nan or infinite in row"),
        (
            with_("rmse_baseline", lambda p: off(p, "baseline", "train")),
            "that of the training rows",
        ),
        (with_("rmse_baseline", lambda p: off(p, "baseline", "test")), "that of the test rows"),
        (with_("rmse_baseline", lambda p: off(p, "baseline", "known")), "that of all rows"),
        (with_("rmse_baseline", lambda p: p["rmse_baseline"] ** 2), "the mean of the squares"),
        (
            with_("rmse_baseline", lambda p: np.mean(abs(p["baseline"] - p["table"].y)[p["val"]])),
            "the mean absolute error",
        ),
        (
            with_("rmse_baseline", lambda p: p["rmse_baseline"] * len(p["val"]) ** 0.5),
            "the root of a sum",
        ),
        (
            with_("rmse_baseline", lambda p: np.mean((p["baseline"] - p["table"].y)[p["val"]])),
            "the mean of the errors, in which high and low cancel",
        ),
        (
            with_("rmse_baseline", lambda p: np.std((p["baseline"] - p["table"].y)[p["val"]])),
            "the standard deviation of the errors",
        ),
        (
            with_(
                "rmse_baseline",
                lambda p: np.sqrt(
                    np.mean((p["baseline"][p["val"]][:, None] - p["table"].y[p["val"]]) ** 2)
                ),
            ),
            "(n, 1) minus (n,) is (n, n)",
        ),
        (with_("rmse_baseline", lambda p: 3.21), "rmse_baseline comes out as"),
        (with_("rmse_baseline", lambda p: np.nan), "rmse_baseline is nan"),
        (with_("rmse_baseline", lambda p: (1, 2)), "Expected one number for rmse_baseline"),
    ],
    "prepare": [
        (lambda p: scaled(p, p["known"]), "mean is that of all rows"),
        (lambda p: scaled(p, p["val"]), "mean is that of the validation rows"),
        (lambda p: scaled(p, p["test"]), "mean is that of the test rows"),
        (
            lambda p: scaled(p, np.concatenate([p["train"], p["val"]])),
            "training and validation rows",
        ),
        (lambda p: scaled(p, np.arange(len(p["raw"]))), "mean is that of the whole file"),
        (
            lambda p: {
                "std": (s := p["raw"][p["known"]].std(axis=0)),
                "X": (p["raw"] - p["mean"]) / s,
            },
            "std is that of all rows",
        ),
        (with_("std", lambda p: p["std"] ** 2), "std is the variance"),
        (with_("mean", lambda p: p["mean"] + 1), "mean is ("),
        (with_("mean", lambda p: p["raw"].mean(axis=1)), "a number for each row: take it over"),
        (with_("mean", lambda p: p["raw"].mean()), "one number for all columns"),
        (with_("mean", lambda p: p["mean"][:-1]), "Expected mean of shape"),
        (with_("mean", lambda p: "mean"), "Expected numbers for mean"),
        (
            with_("X", lambda p: apart(p)),
            "Each part of X is standardised by a mean and std of its own",
        ),
        (with_("X", lambda p: p["raw"] - p["mean"]), "X isn't divided by std"),
        (with_("X", lambda p: p["raw"] / p["std"]), "X isn't shifted by mean"),
        (with_("X", lambda p: p["raw"]), "X isn't standardised: it is raw"),
        (with_("X", lambda p: p["raw"] * p["std"] + p["mean"]), "turn it round"),
        (with_("X", lambda p: p["raw"] - p["mean"] / p["std"]), "Brackets: first raw - mean"),
        (with_("X", lambda p: p["X"] + 0.1), "X isn't (raw - mean) / std"),
        (with_("X", lambda p: np.where(p["X"] == p["X"][3], np.nan, p["X"])), "X has no number in"),
        (with_("X", lambda p: p["X"][:, :-1]), "a column for each column"),
        (with_("X", lambda p: p["X"][p["train"]]), "a row for each row of the table"),
        (with_("raw", lambda p: p["raw"][:, 0]), "make it a column, .reshape(-1, 1)"),
        (with_("raw", lambda p: p["raw"].T), "raw is the transpose: rows first"),
        (
            with_("raw", lambda p: p["raw"].astype(str).astype(object) + "g"),
            "numbers only, got an array",
        ),
        (
            lambda p: prepared(p, np.where(p["raw"] == p["raw"][p["val"][0]], np.nan, p["raw"])),
            "raw has no number in row",
        ),
        (lambda p: wider(p, p["table"].y * 2.2), "of raw is the target, perhaps rounded or in ano"),
        (
            lambda p: wider(p, np.round(p["table"].y / np.nanstd(p["table"].y), 1)),
            "of raw is the target, perhaps rounded",
        ),
        (
            lambda p: prepared(p, p["raw"][:, 1:]),
            "one of your inputs, but no column of raw follows",
        ),
        (lambda p: wider(p, np.ones(len(p["raw"]))), "is the same in every training row"),
        (
            lambda p: prepared(p, p["raw"] / 7.0 * (1 - binary(p)) + p["raw"] * binary(p)),
            "scaled in raw",
        ),
        (lambda p: coded(p, levels(p)), "as if its levels had an order and equal steps"),
        (lambda p: coded(p, by_group(p, p["known"])), "replaced by the mean target of all rows"),
        (lambda p: coded(p, np.arange(len(p["raw"]))), "but no column of raw tells it"),
    ],
    "line": [
        (lambda p: with_line(p, fitted(p["X"], p["table"].y, p["known"])), "fitted to all rows"),
        (
            lambda p: with_line(
                p, fitted(p["X"], p["table"].y, np.concatenate([p["train"], p["val"]]))
            ),
            "fitted to the training and validation rows",
        ),
        (
            lambda p: with_line(p, fitted(p["X"], p["table"].y, p["test"])),
            "fitted to the test rows",
        ),
        (lambda p: with_line(p, p["table"].y), "y_line is the target itself"),
        (
            lambda p: with_line(
                p,
                (p["y_line"] - p["table"].y[p["train"]].mean()) / p["table"].y[p["train"]].std(),
            ),
            "y_line counts in standard deviations",
        ),
        (
            lambda p: with_line(p, np.full(len(p["X"]), p["y_line"].mean())),
            "the same for every row",
        ),
        (lambda p: with_line(p, 0.5 * p["y_line"]), "It hasn't converged, or its columns"),
        (
            lambda p: with_line(
                p,
                fitted(
                    np.column_stack([p["X"], p["X"][:, 0] ** 2, p["X"][:, 0] * p["X"][:, 1]]),
                    p["table"].y,
                    p["train"],
                ),
            ),
            "it bends, or has other columns. Keep it for stage 6",
        ),
        (with_("y_line", lambda p: p["y_line"][p["val"]]), "Predict for all rows"),
        (with_("rmse_line", lambda p: off(p, "y_line", "train")), "that of the training rows"),
        (with_("X", lambda p: np.where(p["X"] == p["X"][3], np.nan, p["X"])), "X has no number in"),
    ],
    "choice": [
        (with_("chosen", lambda p: "groups"), "line is the best there"),
        (with_("chosen", lambda p: "forest"), "chosen must be one of groups, line"),
        (with_("chosen", lambda p: ["line"]), "chosen must be one of groups, line"),
        (with_("predictions", lambda p: [1, 2]), "Expected a dictionary from name to predictions"),
        (with_("predictions", lambda p: {"line": p["y_line"]}), "There is nothing to choose from"),
        (
            with_("predictions", lambda p: {**p["predictions"], "true": p["table"].y}),
            "predictions['true'] is the target itself",
        ),
        (
            with_("predictions", lambda p: {**p["predictions"], "a": p["y_line"][:9]}),
            "Expected predictions['a'] of shape",
        ),
        (lambda p: favoured(p, "test"), "favoured is the best on the test rows, and those are not"),
        (lambda p: favoured(p, "train"), "favoured is the best on the training rows, and those"),
    ],
    "last_number": [
        (with_("rmse_test", lambda p: off(p, "y_line", "known")), "that of all rows"),
        (
            with_(
                "rmse_test",
                lambda p: rmse(p["y_line"], p["table"].y, np.concatenate([p["train"], p["val"]])),
            ),
            "that of the other parts",
        ),
        (with_("rmse_test", lambda p: p["rmse_test"] ** 2), "rmse_test is the mean of the squares"),
        (
            with_("rmse_test", lambda p: np.mean(abs(p["y_line"] - p["table"].y)[p["test"]])),
            "rmse_test is the mean absolute error",
        ),
        (
            with_("rmse_test", lambda p: off(p, "baseline", "test")),
            "that of groups; you chose line",
        ),
        (with_("rmse_test", lambda p: 2.5), "rmse_test comes out as"),
        (with_("chosen", lambda p: "forest"), "chosen must be one of groups, line"),
        (with_("gain", lambda p: -p["gain"]), "gain is the wrong way round"),
        (
            with_("gain", lambda p: gain_on(p, np.concatenate([p["train"], p["val"]]))),
            "other parts",
        ),
        (
            with_("gain", lambda p: off(p, "baseline", "test") - p["rmse_test"]),
            "gain is the difference of the two RMSEs",
        ),
        (
            with_("gain", lambda p: off(p, "baseline", "test") ** 2 - p["rmse_test"] ** 2),
            "gain compares squared errors",
        ),
        (with_("gain", lambda p: p["gain"] * len(p["test"])), "gain is a sum"),
        (with_("gain", lambda p: p["gain"] + 0.123), "gain comes out as"),
        (
            with_("standard_error", lambda p: p["standard_error"] * len(p["test"]) ** 0.5),
            "the spread of one row",
        ),
        (
            with_("standard_error", lambda p: p["standard_error"] / len(p["test"]) ** 0.5),
            "divided by n: divide by its root",
        ),
        (with_("standard_error", lambda p: unpaired(p)), "takes the two errors as unrelated"),
        (with_("standard_error", lambda p: 7.0), "standard_error comes out as"),
        (
            lambda p: {"chosen": "groups", "rmse_test": off(p, "baseline", "test")},
            "You chose the baseline, so the gain over it is 0",
        ),
    ],
}


def without(p, part, k):
    """The rows of a part without k that have no blank."""
    complete = np.isfinite(np.column_stack([*p["table"].numbers.values()])).all(axis=1)
    for words in p["table"].categories.values():
        complete &= words != ""
    return np.setdiff1d(p[part], p[part][complete[p[part]]][:k])


def blank_row(p):
    return np.flatnonzero(np.isnan(p["table"].y))[0]


def off(p, model, part):
    return rmse(p[model], p["table"].y, p[part])


def gain_on(p, rows):
    return (abs(p["baseline"] - p["table"].y) - abs(p["y_line"] - p["table"].y))[rows].mean()


def unpaired(p):
    y, test = p["table"].y, p["test"]
    spread = sum(abs(p[model] - y)[test].var() for model in ("baseline", "y_line"))
    return np.sqrt(spread / len(test))


def apart(p):
    X = p["X"].copy()
    for part in ("val", "test"):
        rows = p[part]
        X[rows] = (p["raw"][rows] - p["raw"][rows].mean(axis=0)) / p["raw"][rows].std(axis=0)
    return X


def favoured(p, part):
    """A model that is far better on one part, and far worse on the validation rows."""
    y, y_pred = p["table"].y, p["y_line"].copy()
    y_pred[p[part]] = y[p[part]] + 0.1 * (y_pred - y)[p[part]]
    y_pred[p["val"]] = y[p["val"]] + 3 * (y_pred - y)[p["val"]]
    return {"predictions": {**p["predictions"], "favoured": y_pred}, "chosen": "favoured"}


MISTAKES = [
    pytest.param(stage, change, words, id=f"{stage}-{words[:40]}-{k}")
    for stage, mistakes in WRONG.items()
    for k, (change, words) in enumerate(mistakes)
]


@pytest.mark.parametrize(("stage", "change", "words"), MISTAKES)
def test_a_mistake_in_a_stage_is_named(stage, change, words):
    for table in ("penguins", "cheese"):
        line = told(stage, done(table), **change(done(table)))
        assert "not right yet. " in line, table
        assert words in line.partition(" Hint: ")[0], table


def test_what_the_stages_tell_is_as_recorded():
    cases = [(name, *case[:2]) for name, case in RIGHT.items()]
    cases += [(case.id, *case.values[:2]) for case in MISTAKES]
    p = done("cheese")
    lines = (f"{name}: {told(stage, p, **change(p))}" for name, stage, change in cases)
    path = ROOT / "tests/lessons/told/stages.txt"
    recorded.check_texts(path, (line.partition(" Hint: ")[0].strip() for line in lines))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_with_something_to_fill_in_is_not_done_yet(stage):
    for name in STAGES[stage].split()[1:]:
        line = told(stage, done("cheese"), **{name: ...})
        assert ": not done yet. Replace each ..., here and in the stages before, and" in line
    if "predictions" in STAGES[stage]:
        gap = {"groups": 1.0, "line": ...}
        assert ": not done yet. " in told(stage, done("cheese"), predictions=gap)


@pytest.mark.parametrize(
    "odd",
    [None, 3, "text", object(), [], {}, print, np.nan, [[1], 2]],
    ids=lambda odd: type(odd).__name__,
)
def test_nothing_makes_a_stage_raise_or_pass(odd):
    for stage, names in STAGES.items():
        for name in names.split():
            line = told(stage, done("cheese"), **{name: odd})
            assert ": right. " not in line
            assert "couldn't read" not in line
            if name == "table":
                assert "Expected table to be what tables.penguins() or tables.read_table" in line


def small(n=60, **columns):
    y = np.arange(n) % 7 + np.linspace(0, 3, n)
    numbers = {name: np.array(v, float) for name, v in columns.items() if name != "kind"}
    kinds = {"kind": np.array(columns["kind"])} if "kind" in columns else {}
    return tables.NamedColumns("y", y, numbers, kinds, {"id": "it counts the rows"})


def cut(order):
    return dict(zip(("train", "val", "test"), np.split(np.array(order), [36, 48]), strict=True))


def test_a_number_close_to_two_means_is_the_closest():
    n = 60
    y = 100 + 0.001 * np.arange(n)
    table = tables.NamedColumns("y", y, {"x": np.arange(n, dtype=float)}, {}, {})
    parts = cut(np.random.default_rng(0).permutation(n))
    for rows, words in (
        (parts["train"], ": right. It is the mean of the training rows."),
        (np.arange(n), "baseline is the mean of all rows: the rows that judge have had a part"),
    ):
        mean = y[rows].mean()
        off = rmse(np.full(n, mean), y, parts["val"])
        names = {"table": table, **parts, "baseline": mean, "rmse_baseline": off}
        assert words in told("baseline", names)


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        (2.2, "The gain is 2.2 standard errors: hardly luck."),
        (1.8, "The gain is less than two standard errors: it may be luck"),
        (-1.8, "The gain is less than two standard errors: it may be luck"),
        (-2.2, "The baseline is better, by more than two standard errors"),
    ],
)
def test_two_standard_errors_are_where_luck_ends(errors, words):
    p = done("cheese")
    y, spread = p["table"].y, np.random.default_rng(1).normal(size=len(p["test"]))
    spread = (spread - spread.mean()) / spread.std()
    base, y_pred = y + 100, y + 100
    y_pred[p["test"]] -= errors / np.sqrt(len(spread)) + spread
    line = told(
        "last_number",
        {**p, "predictions": {"base": base, "other": y_pred}, "chosen": "other"},
        rmse_test=rmse(y_pred, y, p["test"]),
        **gain_of(p, base, y_pred),
    )
    assert f": right. {words}" in line


def test_a_shape_is_refused_and_only_of_too_few_rows_is_it_said_that_all_are_needed():
    p = done("cheese")
    n, advice = len(p["table"]), "Predict for all rows, not for one part"
    twice = np.column_stack([p["y_line"], p["y_line"]])
    for y_line, shape, is_advised in (
        (p["y_line"][:-1], (n - 1,), True),
        (p["y_line"][p["val"]], (len(p["val"]),), True),
        (twice, (n, 2), False),
        (twice[None], (1, n, 2), True),
        (np.array(3.0), (), False),
    ):
        line = told("line", p, y_line=y_line)
        assert f"Expected y_line of shape ({n},), got shape {shape}." in line
        assert (advice in line) == is_advised


def test_a_split_in_the_files_order_is_wrong_where_training_lacks_a_kind():
    table = small(kind=["a"] * 30 + ["b"] * 15 + ["c"] * 15)
    assert "val holds kind c, which train doesn't: shuffle the rows" in told(
        "split", {"table": table, **cut(range(60))}
    )
    shuffled = np.random.default_rng(0).permutation(60)
    assert ": right." in told("split", {"table": table, **cut(shuffled)})
    assert "blocks in the file's order: that is right if the order is time" in told(
        "split", {"table": small(x=np.arange(60)), **cut(range(60))}
    )
    rare = small(kind=["a"] * 59 + ["rare"])
    line = told("split", {"table": rare, **cut([*shuffled[shuffled != 59], 59])})
    assert "right. " in line
    assert "Note that test holds kind rare, which train doesn't." in line


def test_copies_and_small_parts_and_rows_left_out_for_a_reason_are_mentioned():
    shuffled = np.random.default_rng(1).permutation(60)
    y = np.repeat(np.arange(30.0), 2)
    twins = tables.NamedColumns("y", y, {"x": y * 2}, {}, {})
    line = told("split", {"table": twins, **cut(shuffled)})
    assert "right. " in line
    assert re.search(r"\d+ rows of val and test are a copy of a training row", line)
    assert "A part of 12 rows says little" in line
    holes = small(x=[np.nan] * 3 + [1.0] * 57)
    kept = shuffled[shuffled > 2]
    assert "3 rows with missing cells are in no part" in told(
        "split", {"table": holes, **cut(kept)}
    )


def test_a_column_that_was_left_out_is_no_input():
    line = told("question", {"table": small(x=np.arange(60)), "inputs": ["id"]})
    assert "id was left out of the table: it counts the rows." in line


def test_a_split_by_year_and_one_without_a_species_are_right_and_said():
    table = tables.penguins()
    year, species = table.numbers["year"][table.known], table.categories["species"][table.known]
    parts = {
        name: table.known[year == when]
        for name, when in (("train", 2007), ("val", 2008), ("test", 2009))
    }
    line = told("split", {"table": table, **parts})
    assert "right. " in line
    assert "train is not the largest part" in line
    two = np.random.default_rng(2).permutation(table.known[species != "Chinstrap"])
    parts = dict(zip(("train", "val", "test"), np.split(two, [160, 220]), strict=True))
    line = told("split", {"table": table, **parts})
    assert "right. " in line
    assert "68 rows are in no part, all of species Chinstrap among them" in line


def test_columns_that_no_input_explains_are_named():
    p = done("penguins")
    year, island = p["table"].numbers["year"], p["table"].categories["island"]
    for column, name in ((year, "year"), (island == "Torgersen", "island")):
        line = told("prepare", p, **wider(p, column))
        assert f"of raw is {name}, which isn't among your inputs" in line


def test_levels_in_one_column_are_right_where_equal_steps_fit():
    rng = np.random.default_rng(5)
    size = rng.choice(["L", "M", "S"], 120)
    step = np.select([size == "S", size == "M"], [0.0, 1.0], 2.0)
    y = 3 * step + rng.normal(size=120)
    table = tables.NamedColumns("y", y, {}, {"size": size, "one": np.full(120, "x")}, {})
    order = rng.permutation(120)
    p = {"table": table, "inputs": ["size"], "train": order[:80], "val": order[80:100]}
    line = told("prepare", p, **prepared(p, step[:, None]))
    assert "right. " in line
    assert "size is one column with the values (0, 1, 2): do its levels have an order?" in line
    merged = np.column_stack([size == "L", size == "L"]).astype(float)
    line = told("prepare", p, **prepared(p, merged))
    assert "right. " in line
    assert "raw doesn't tell size 'M' from 'S'." in line
    line = told("prepare", p, **prepared(p, step[:, None]), inputs=["size", "one"])
    assert "one is 'x' in every row: take it out of your inputs" in line


def test_that_levels_fit_better_by_chance_is_no_reason_to_doubt_their_order():
    doubted = {0: 0, 1: 0}
    for order_matters, seed in itertools.product(doubted, range(40)):
        rng, n = np.random.default_rng(seed), 60
        size = rng.choice(list("ABCDEFGH"), n)
        step = np.array(["ABCDEFGH".index(one) for one in size], float)
        y = rng.normal(size=n) + 3 * order_matters * (step == 3)
        p = {"table": tables.NamedColumns("y", y, {}, {"size": size}, {}), "inputs": ["size"]}
        p |= cut(range(n))
        line = told("prepare", p, **prepared(p, step[:, None]))
        assert "size is one column with the values (0, 1, 2, 3, 4, 5, …)" in line
        doubted[order_matters] += ", as if its levels had an order and equal steps." in line
    assert doubted[0] <= 2
    assert doubted[1] >= 36


def test_the_mean_of_a_part_of_one_row_is_recognised():
    p = done("penguins")
    one, mean = p["val"][:1], p["raw"][p["val"][0]]
    line = told("prepare", p, val=one, mean=mean, X=(p["raw"] - mean) / p["std"])
    assert "mean is that of the validation rows" in line


def test_a_large_table_takes_little_memory():
    n = 100_000
    y = np.arange(n) % 1000 + 0.5
    table = tables.NamedColumns("y", y, {"x": y**2}, {}, {})
    order = np.random.default_rng(0).permutation(n)
    train, val = order[:50_000], order[50_000:75_000]
    b = y[train].mean()
    p = {"table": table, "train": train, "val": val, "baseline": b}
    assert ": right. " in told("baseline", p, rmse_baseline=rmse(np.full(n, b), y, val))


BLANKS = [
    (np.nanmedian, "train", "hold the training rows' median", True),
    (np.nanmean, "train", "hold the training rows' mean", True),
    (np.nanmedian, "known", "hold the median of all rows", False),
    (np.nanmean, "known", "hold the mean of all rows", False),
    (np.nanmedian, "val", "hold the median of the validation rows", False),
    (lambda values: 0.0, "train", "hold 0, as if it had been measured", False),
    (lambda values: 99.0, "train", "hold a value of your own", True),
]


@pytest.mark.parametrize(("of", "part", "words", "is_right"), BLANKS)
def test_what_fills_a_blank_is_recognised(of, part, words, is_right):
    p = done("cheese")
    age = p["table"].numbers["age"]
    raw = p["raw"].copy()
    raw[:, 0] = np.where(np.isnan(age), of(age[p[part]]), age)
    line = told("prepare", p, **prepared(p, raw))
    assert (": right. " in line) == is_right
    assert f"The blanks of age {words}" in line


def test_a_single_blank_is_recognised():
    p = done("cheese")
    age = np.nan_to_num(p["table"].numbers["age"], nan=20)
    age[p["train"][0]] = np.nan
    table = dataclasses.replace(p["table"], numbers={**p["table"].numbers, "age": age})
    raw = p["raw"].copy()
    raw[:, 0] = np.nan_to_num(age, nan=np.nanmedian(age[p["train"]]))
    line = told("prepare", p, table=table, **prepared(p, raw))
    assert "The blanks of age hold the training rows' median" in line


def test_rows_left_out_of_all_parts_may_stay_blank():
    p = done("cheese")
    blank = np.isnan(p["table"].numbers["age"])
    train, val, test = (p[part][~blank[p[part]]] for part in ("train", "val", "test"))
    p = {**p, "train": train, "val": val, "test": test}
    assert "with missing cells are in no part" in told("split", p)
    p |= prepared(p, np.column_stack([p["table"].numbers["age"], p["raw"][:, 1:]]))
    y, rows = p["table"].y, np.concatenate([train, val, test])
    y_line = np.full(len(y), np.nan)
    y_line[rows] = fitted(np.nan_to_num(p["X"]), y, train)[rows]
    p |= with_line(p, y_line)
    p |= {"predictions": {"groups": p["baseline"], "line": y_line}}
    p |= {"rmse_test": rmse(y_line, y, test), **gain_of(p, p["baseline"], y_line)}
    place = np.flatnonzero(blank & ~np.isnan(y))[0]
    for stage in ("prepare", "line", "choice", "last_number"):
        line = told(stage, p)
        assert ": right. " in line
        if stage in ("prepare", "choice"):
            assert f"has no number in rows {place}, " in line
            assert "right for rows in no part. Are they in test? Then fill the blank." in line
    scale = scaled(p, rows)
    assert "mean is that of all rows" in told("prepare", p, **scale)
    several = np.append(train, np.flatnonzero(blank & ~np.isnan(y))[:2])
    assert "raw has no number in rows" in told("prepare", p, train=several)
    assert "X has no number in rows" in told("line", p, train=several)
    assert "predictions['line'] is nan" in told("choice", p, train=several)
    assert "predictions['line'] is nan" in told("last_number", p, test=np.append(test, place))


def test_blanks_filled_one_by_one_and_columns_changed_are_not_judged():
    p = done("cheese")
    raw = p["raw"].copy()
    blank = np.isnan(p["table"].numbers["age"])
    raw[blank, 0] = np.arange(blank.sum())
    assert "right. " in told("prepare", p, **prepared(p, raw))
    assert "The blanks of age have values of your own" in told("prepare", p, **prepared(p, raw))
    raw = p["raw"].copy()
    raw[:, 0] = np.log(1 + raw[:, 0])
    assert "age is not in raw as it came" in told("prepare", p, **prepared(p, raw))


def test_the_training_means_of_a_category_are_no_codes():
    p = done("cheese")
    assert ": right. " in told("prepare", p, **coded(p, by_group(p, p["train"])))


# Pictures ----------------------------------------------------------------------------------------


def test_errors_in_the_files_order_are_drawn_with_the_root_mean_square_of_each_part():
    ax = Figure().subplots()
    errors = np.array([1.0, -1, 1, 3, 4, 0, 6, -8, 0])
    line = plots.errors_in_file_order(errors, "aaabbbccc", (3, 6), 5, ax=ax)
    heights = [one.get_ydata()[0] for one in ax.lines if one.get_linewidth() == 2.2]
    assert heights == pytest.approx([1, (25 / 3) ** 0.5, (100 / 3) ** 0.5])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "a",
        "b",
        "c",
        "RMSE of the part",
        "your prediction",
    ]
    assert line.startswith("RMSE: 1 g on the training rows, 3 g on the next 3, 6 g on the")
    assert line.endswith("You predicted 5; it is 5.774.")
    assert [text.get_text() for text in ax.texts] == ["training", "validation", "later"]
    for cuts in ((0, 3), (4, 4), (3, 9)):
        with pytest.raises(ValueError, match="cuts two places between them"):
            plots.errors_in_file_order(errors, "aaabbbccc", cuts, ax=ax)
    with pytest.raises(ValueError, match="groups needs a word for each of the 9 errors, got 3"):
        plots.errors_in_file_order(errors, "aab", (3, 6), ax=ax)


def test_the_lowest_error_of_many_splits_is_marked():
    ax = Figure().subplots()
    line = plots.luck_of_the_split([300, 350, 420, 410], 280, ax=ax)
    assert line == (
        "4 splits of one table, one kind of line: test RMSE 300 to 420 g, 370 on average. "
        "You predicted 280; it is 300."
    )
    marks = {one.get_label(): one.get_xdata()[0] for one in ax.lines}
    assert marks == {"mean": 370, "the lowest": 300, "your prediction": 280}


def test_the_luck_of_the_reports_is_what_the_instructor_says():
    """C's errors differ as in one seed of six, B's drop as in one of a hundred, as the lowest."""
    penguins, lengths = tables.penguins(), ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
    columns = [penguins.numbers[name] for name in lengths]
    columns += [penguins.categories["species"] == name for name in ("Chinstrap", "Gentoo")]
    x, found = np.column_stack(columns), []
    for seed in range(200):
        order = np.random.default_rng(seed).permutation(penguins.known)
        line = LinearRegression().fit(x[order[:206]], penguins.y[order[:206]])
        for rows in (order[:206], order[274:]):
            found.append(np.mean((line.predict(x[rows]) - penguins.y[rows]) ** 2) ** 0.5)
    trained, tested = np.array(found).reshape(-1, 2).T
    drop = tested - trained
    assert [(round(trained[k]), round(tested[k])) for k in (71, 1)] == [(325, 258), (302, 345)]
    assert tested.argmin() == 71
    assert np.sum(abs(drop) >= abs(drop[1])) == 32
    assert np.sum(drop <= drop[71]) == 2


def test_reports_are_bars_in_their_order():
    ax = Figure().subplots()
    line = plots.four_reports({"A": [8, 2, 3, 4], "B": [7, 5, 5, 6]}, ax=ax)
    assert line == "Four projects, one question. RMSE on the test rows, in g: A 4, B 6."
    found = {bars.get_label(): [bar.get_height() for bar in bars] for bars in ax.containers}
    assert found == {
        "baseline, test rows": [8, 7],
        "training rows": [2, 5],
        "validation rows": [3, 5],
        "test rows": [4, 6],
    }


@pytest.mark.parametrize("name", ["penguins", "cheese"])
def test_only_training_rows_are_drawn(name):
    p, ax = done(name), Figure().subplots()
    by = p["inputs"][0]
    line = plots.training_rows(p["table"], p["train"], by, p["category"], ax=ax)
    x = np.concatenate([one.get_xdata() for one in ax.lines])
    np.testing.assert_array_equal(np.sort(x), np.sort(p["table"].numbers[by][p["train"]]))
    there = np.isfinite(x).sum()
    assert line.startswith(f"{p['table'].target} against {by}, {there} rows: from ")
    assert plots.training_rows(p["table"], p["train"].tolist(), by, ax=ax)


def test_many_groups_are_drawn_together():
    kinds = np.array(list("abcdefghij") * 6)
    table, ax = small(x=np.arange(60) ** 2, kind=kinds), Figure().subplots()
    plots.training_rows(table, range(60), "x", "kind", ax=ax)
    assert sum(len(one.get_xdata()) for one in ax.lines) == 60
    labels = [one.get_label() for one in ax.lines]
    assert (len(labels), labels[-1]) == (6, "all others")


def test_training_rows_names_a_column_that_is_not_there(capsys):
    p = done("cheese")
    with pytest.raises(ValueError, match="no such column, 'colour'; it has age, salt"):
        plots.training_rows(p["table"], p["train"], "colour")
    with pytest.raises(ValueError, match="no such column, 'age'; it has sort"):
        plots.training_rows(p["table"], p["train"], "age", "age")
    assert plots.training_rows(p["table"], ..., "age") is None
    assert capsys.readouterr().out == "No picture yet: it shows the training rows.\n"


@pytest.mark.parametrize(
    ("want", "right", "wrong"),
    [
        (0.45678, (0.45678, 0.4568, 0.457), (0.45, 0.46, 0.5, 0)),
        (45.678, (45.678, 45.68, 45.7), (45.6, 46)),
        (1456.78, (1456.78, 1456.8, 1457), (1450, 1460)),
    ],
)
def test_a_number_may_be_rounded_to_where_it_is_half_a_percent_off(want, right, wrong):
    for got in right:
        stage_inputs.judge_number(got, want, {}, "rmse")
    for got in wrong:
        with pytest.raises(Wrong, match="rmse comes out as"):
            stage_inputs.judge_number(got, want, {}, "rmse")


def test_the_last_picture_draws_the_test_rows_and_both_models(capsys):
    p, axs = done("cheese"), Figure().subplot_mosaic([["truth", "errors"]])
    table, test = p["table"], p["test"]
    predictions = {"mean": 9.0, "line": torch.tensor(p["y_line"]).reshape(-1, 1)}
    line = plots.last_rows(table, test, predictions, "line", axs=axs)
    drawn = {one.get_label(): one.get_xydata() for one in axs["truth"].lines}
    assert [one.get_markersize() for one in axs["truth"].lines[1:]] == [4, 4]
    want = np.column_stack([p["y_line"][test], table.y[test]])
    np.testing.assert_array_equal(drawn["line"], want)
    assert set(drawn["mean"][:, 0]) == {9.0}
    mean, error = rmse(np.full(157, 9.0), table.y, test), p["rmse_test"]
    assert line == f"{len(test)} test rows. RMSE: mean {mean:.4g}, line {error:.4g}."
    with pytest.raises(ValueError, match="chosen must be one of mean, line, got 'tree'"):
        plots.last_rows(table, test, predictions, "tree")
    for unfilled in ((..., predictions, "line"), (test, {"a": ...}, "a"), (test, predictions, ...)):
        assert plots.last_rows(table, *unfilled) is None
        assert capsys.readouterr().out == "No picture yet: it shows your test rows, once.\n"
    assert plots.last_rows(table, test, ..., "a") is None


# The worked example ------------------------------------------------------------------------------


def verdicts(notebook):
    """The lines that the stages' checks show in a notebook."""
    shown = [
        o.data["text/plain"] for c in notebook.cells for o in c.get("outputs", []) if "data" in o
    ]
    return [line for line in shown if " Stage " in line]


def test_the_worked_example_has_every_stage_right():
    lines = verdicts(read_notebook("a_project_worked_out"))
    assert [line[:16] for line in lines] == [f"✓ Stage {k}: right" for k in range(1, 8)]


def test_the_lesson_leaves_every_stage_to_the_student():
    lines = verdicts(read_notebook(LESSON))
    assert [line[:19] for line in lines] == [f"· Stage {k}: not done" for k in range(1, 8)]


def test_the_lessons_cells_filled_in_are_right():
    names = {**run_lesson(LESSON), "done": done("penguins")}
    lines = []
    for cell in read_notebook(LESSON).cells:
        found = re.search(r"(?m)^check\.(\w+)\(.*\)$", cell.source)
        if cell.cell_type == "code" and found and found[1] in STAGES:
            source = re.sub(
                r"(?m)^(\w+) = \.\.\..*$|^(predictions) = \{.*$",
                lambda m: f"{m[1] or m[2]} = done[{m[1] or m[2]!r}]",
                cell.source,
            )
            assert " = ..." not in source
            printed = io.StringIO()
            with redirect_stdout(printed), capture_figures():
                run_cell(source, names)
                lines.append(printed.getvalue())
    assert [line[:16] for line in lines] == [f"✓ Stage {k}: right" for k in range(1, 8)]
