"""descent.py compared with brute force (differences, loops over rows and steps), and bad input."""

import numpy as np
import pytest
import torch

from course_utils.descent import QuadraticLoss, design_matrix

RNG = np.random.RandomState(11)
A = RNG.randn(9, 3)
PROBLEMS = {  # name: A, y, a point p
    "one output": (A, RNG.randn(9), RNG.randn(3)),
    "two outputs": (A, RNG.randn(9, 2), RNG.randn(3, 2)),
    "one parameter": (A[:, :1], RNG.randn(9), RNG.randn(1)),
    "as many rows as columns": (A[:3], RNG.randn(3), RNG.randn(3)),
}


@pytest.fixture(params=PROBLEMS)
def problem(request):
    A, y, p = PROBLEMS[request.param]
    return QuadraticLoss(A, y), A, y, p


def mse(A, y, p):
    """The mean squared error, row by row and output by output."""
    squares = []
    for i in range(len(A)):
        y_pred = sum(A[i, j] * p[j] for j in range(A.shape[1]))
        squares.extend(np.atleast_1d((y_pred - y[i]) ** 2))
    return sum(squares) / len(squares)


def gradient(A, y, p, h=1e-5):
    """Central differences of the mean squared error, in the shape of p."""
    slopes = np.empty(p.size)
    for j in range(p.size):
        step = np.zeros(p.size)
        step[j] = h
        step = step.reshape(p.shape)
        slopes[j] = (mse(A, y, p + step) - mse(A, y, p - step)) / (2 * h)
    return slopes.reshape(p.shape)


def descend(A, y, p, lr, n_epochs):
    """Gradient descent in a loop, with the gradient of the mean over all numbers of y."""
    for _ in range(n_epochs):
        p = p - lr * 2 / y.size * A.T @ (A @ p - y)
    return p


# Formulas


def test_the_parts_of_a_loss_cannot_be_replaced(problem):
    with pytest.raises(AttributeError, match="cannot assign"):
        problem[0].A = 0.0


def test_its_numbers_are_plain_ones(problem):
    """NumPy's would be shown as np.float64(0.5)."""
    loss = problem[0]
    numbers = loss.min_loss, loss.max_lr, loss.condition_number, loss.rank
    assert [type(number) for number in numbers] == [float, float, float, int]


def test_the_loss_is_the_mean_of_the_squares(problem):
    loss, A, y, p = problem
    assert loss.loss(p) == pytest.approx(mse(A, y, p), rel=1e-12)


def test_the_loss_keeps_leading_axes(problem):
    loss, A, y, p = problem
    places = np.stack([[p, 2 * p, -p], [0 * p, p + 1, p - 1]])
    heights = loss.loss(places)
    assert heights.shape == (2, 3)
    assert heights[1, 2] == pytest.approx(mse(A, y, p - 1), rel=1e-12)


def test_the_hessian_agrees_with_central_differences(problem):
    loss, A, y, p = problem
    d = len(p)
    h = 1e-3
    expected = np.empty((d, d))
    for j in range(d):
        step = np.zeros_like(p)
        step.reshape(d, -1)[j, 0] = h
        change = (gradient(A, y, p + step) - gradient(A, y, p - step)) / (2 * h)
        expected[:, j] = change.reshape(d, -1)[:, 0]
    assert loss.hessian == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_outputs_do_not_mix():
    A, y, p = PROBLEMS["two outputs"]
    h = 1e-3
    step = np.zeros_like(p)
    step[1, 0] = h
    change = gradient(A, y, p + step) - gradient(A, y, p - step)
    assert change[:, 1] == pytest.approx(0, abs=1e-7)
    assert np.abs(change[:, 0]).max() > 1e-5


def test_at_the_minimizer_the_gradient_is_zero_and_the_loss_is_lowest(problem):
    loss, A, y, p = problem
    assert loss.minimizer.shape == p.shape
    assert gradient(A, y, loss.minimizer) == pytest.approx(0, abs=1e-8)
    assert loss.min_loss == pytest.approx(mse(A, y, loss.minimizer), abs=1e-15)
    rng = np.random.RandomState(0)
    for _ in range(20):
        assert mse(A, y, loss.minimizer + 0.01 * rng.randn(*p.shape)) > loss.min_loss


def test_eigenvalues_and_eigenvectors_reconstruct_the_hessian(problem):
    loss, *_ = problem
    assert (np.diff(loss.eigenvalues) >= 0).all()
    V = loss.eigenvectors
    assert V @ np.diag(loss.eigenvalues) @ V.T == pytest.approx(loss.hessian, abs=1e-12)
    for i, axis in enumerate(V.T):
        assert V.T @ axis == pytest.approx(np.eye(len(V))[i], abs=1e-12)


def test_the_condition_number_and_the_limit_follow_from_the_eigenvalues(problem):
    loss, *_ = problem
    ratio = loss.eigenvalues[-1] / loss.eigenvalues[0]
    assert loss.condition_number == pytest.approx(ratio, rel=1e-9)
    assert loss.max_lr == pytest.approx(2 / loss.eigenvalues[-1], rel=1e-12)


def test_the_condition_number_keeps_digits_that_the_hessian_loses():
    tiny = 1e-7  # κ = 1e14: in AᵀA the second column is lost
    loss = QuadraticLoss(np.diag([1.0, tiny]), [1.0, 1.0])
    assert loss.condition_number == pytest.approx(tiny**-2, rel=1e-9)


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 60])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_after_agrees_with_the_loop(problem, steps, share):
    loss, A, y, p = problem
    lr = share * loss.max_lr
    assert loss.after(steps, p, lr) == pytest.approx(
        descend(A, y, p, lr, steps), rel=1e-9, abs=1e-11
    )


def test_after_agrees_with_pytorch(problem):
    loss, A, y, p = problem
    lr = 0.3 * loss.max_lr
    parameter = torch.tensor(p, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=lr)
    for _ in range(25):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(torch.tensor(A) @ parameter, torch.tensor(y)).backward()
        optimizer.step()
    assert loss.after(25, p, lr) == pytest.approx(parameter.detach().numpy(), rel=1e-9, abs=1e-11)


def test_the_limit_separates_convergence_from_divergence(problem):
    loss, _, _, p = problem
    far = loss.minimizer + loss.eigenvectors[:, -1].reshape(-1, *[1] * (p.ndim - 1))
    distances = [
        np.abs(loss.after(1000, far, share * loss.max_lr) - loss.minimizer).max()
        for share in (0.99, 1.01)
    ]
    assert distances[0] < 1e-6
    assert distances[1] > 1e6


def test_columns_become_vectors_and_tensors_become_arrays():
    A, y, p = PROBLEMS["one output"]
    from_column = QuadraticLoss(torch.tensor(A, requires_grad=True), torch.tensor(y[:, None]))
    assert from_column.minimizer.shape == (3,)
    assert from_column.loss(torch.tensor(p)) == pytest.approx(mse(A, y, p), rel=1e-12)
    assert from_column.after(3, torch.tensor(p), 0.1) == pytest.approx(descend(A, y, p, 0.1, 3))


def test_a_loss_keeps_its_numbers_when_the_callers_arrays_change():
    A, y = np.array(GOOD_A), np.array(GOOD_Y)
    loss = QuadraticLoss(A, y)
    A *= 2
    y += 1
    assert np.array_equal(loss.A, GOOD_A)
    assert np.array_equal(loss.y, GOOD_Y)


def test_the_arrays_of_a_loss_cannot_be_replaced():
    """What has been computed, such as the minimizer, would not change with them."""
    for name in ("A", "y"):
        with pytest.raises(AttributeError, match=f"cannot assign to field '{name}'"):
            setattr(LOSS, name, GOOD_A)


def test_no_argument_is_changed():
    A, y, p = (values.copy() for values in PROBLEMS["one output"])
    loss = QuadraticLoss(A, y)
    loss.after(5, p, 0.1), loss.loss(p)
    before = PROBLEMS["one output"]
    assert all(np.array_equal(*pair) for pair in zip((A, y, p), before, strict=True))


# Singular cases: many solutions, among them one of the smallest norm

RNG = np.random.RandomState(12)
SINGULAR = {
    "more columns than rows": (RNG.randn(3, 5), RNG.randn(3), 3),
    "a column of zeros": (np.hstack([RNG.randn(6, 2), np.zeros((6, 1))]), RNG.randn(6), 2),
    "two equal columns": (RNG.randn(6, 2)[:, [0, 1, 1]], RNG.randn(6), 2),
    "two outputs": (RNG.randn(7, 2)[:, [0, 0, 1]], RNG.randn(7, 2), 2),
    "a constant feature beside the ones": (np.ones((5, 2)), RNG.randn(5), 1),
}


@pytest.fixture(params=SINGULAR)
def singular(request):
    A, y, rank = SINGULAR[request.param]
    return QuadraticLoss(A, y), A, y, rank


def test_a_singular_problem_is_recognised(singular):
    loss, A, _, rank = singular
    assert loss.rank == rank < A.shape[1]
    assert loss.condition_number == np.inf
    assert np.isfinite(loss.max_lr)


def test_the_minimizer_of_a_singular_problem_has_the_smallest_norm(singular):
    loss, A, y, _ = singular
    best = np.linalg.pinv(A) @ y
    assert loss.minimizer == pytest.approx(best, abs=1e-10)
    null = np.linalg.svd(A)[2][loss.rank :]  # directions that change no prediction
    assert len(null) == A.shape[1] - loss.rank
    for direction in null:
        other = loss.minimizer + direction.reshape(-1, *[1] * (loss.minimizer.ndim - 1))
        assert mse(A, y, other) == pytest.approx(loss.min_loss, abs=1e-12)
        assert np.linalg.norm(other) > np.linalg.norm(loss.minimizer)


def test_after_agrees_with_the_loop_in_a_singular_problem_too(singular):
    loss, A, y, _ = singular
    start = np.random.RandomState(0).randn(*loss.minimizer.shape)
    lr = 0.5 * loss.max_lr
    assert loss.after(40, start, lr) == pytest.approx(descend(A, y, start, lr, 40), abs=1e-9)
    # From zero, descent ends at the solution of the smallest norm.
    ended = loss.after(10**6, 0 * start, lr)
    assert ended == pytest.approx(loss.minimizer, abs=1e-6)


def test_a_problem_of_full_rank_is_not_called_singular(problem):
    loss, A, *_ = problem
    assert loss.rank == A.shape[1]
    assert np.isfinite(loss.condition_number)


# Design matrix


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_design_matrix_adds_ones_to_one_feature(shape):
    x = np.arange(4.0)
    got = design_matrix(x.reshape(shape))
    assert got.tolist() == [[0, 1], [1, 1], [2, 1], [3, 1]]


def test_design_matrix_adds_ones_to_several_features():
    got = design_matrix([1, 2], torch.tensor([[3.0, 4.0], [5.0, 6.0]]))
    assert got.tolist() == [[1, 3, 4, 1], [2, 5, 6, 1]]


# Bad input

GOOD_A, GOOD_Y = [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]], [1.0, 2.0, 4.0]
LOSS = QuadraticLoss(GOOD_A, GOOD_Y)


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: design_matrix(), "at least one feature"),
        (lambda: design_matrix([1, 2], [1, 2, 3]), r"one length, but have shapes \(2, 1\), \(3, 1"),
        (lambda: design_matrix(np.ones((2, 2, 2))), "columns of one length"),
        (lambda: design_matrix([1.0, np.nan]), "features must be finite, but 1 of its 2"),
        (lambda: design_matrix([]), "features must hold at least one number"),
        (lambda: design_matrix("ab"), "features must be numbers"),
        (lambda: QuadraticLoss([1.0, 2.0], GOOD_Y), r"A must have shape \(n, d\)"),
        (lambda: QuadraticLoss(GOOD_A, [1.0, 2.0]), r"y must have shape \(3,\) or \(3, m\)"),
        (lambda: QuadraticLoss(GOOD_A, np.ones((3, 1, 1))), "but has shape"),
        (lambda: QuadraticLoss(GOOD_A, 1.0), "y must have shape"),
        (lambda: QuadraticLoss([[1.0, np.inf]], [1.0]), "A must be finite"),
        (lambda: QuadraticLoss(GOOD_A, [1.0, np.nan, 2.0]), "y must be finite"),
        (lambda: QuadraticLoss(np.ones((0, 2)), []), "A must hold at least one number"),
        (lambda: QuadraticLoss([[1.0], [2.0, 3.0]], [1.0, 2.0]), "A must be numbers in the shape"),
        (lambda: LOSS.after(1, [0.0], 0.1), r"start must have shape \(2,\)"),
        (lambda: LOSS.after(1, [0.0, np.nan], 0.1), "start must be finite"),
        (lambda: LOSS.after(-1, [0.0, 0.0], 0.1), "steps must be a whole number of at least 0"),
        (lambda: LOSS.after(1.5, [0.0, 0.0], 0.1), "steps must be a whole number"),
        (lambda: LOSS.after(1, [0.0, 0.0], 0), "lr must be positive, got 0"),
        (lambda: LOSS.after(1, [0.0, 0.0], -0.1), "lr must be positive"),
        (lambda: LOSS.after(1, [0.0, 0.0], np.nan), "lr must be finite"),
        (lambda: LOSS.loss([np.nan, 0.0]), "p must be finite"),
        (
            lambda: LOSS.loss([1.0, 2.0, 3.0]),
            r"p must end in the shape \(2,\), but has shape \(3,\)",
        ),
        (lambda: LOSS.loss(1.0), "p must end in the shape"),
        (
            lambda: QuadraticLoss(GOOD_A, np.ones((3, 2))).loss([1.0, 2.0]),
            r"p must end in the shape \(2, 2\)",
        ),
    ],
)
def test_bad_input_is_named(work, words):
    with pytest.raises(ValueError, match=words):
        work()
