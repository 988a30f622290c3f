"""One function per picture, each in the module of the lesson that introduces it.

A lesson's module is loaded when one of its pictures is first asked for, so that a lesson pays
only for what it draws.
"""

from importlib import import_module

_PICTURES = {
    "lesson_00": ["broadcast_difference", "every_pair", "means_by_axis"],
    "lesson_01": [
        "batch_paths",
        "feature_scale",
        "learning_curves",
        "learning_rates",
        "loss_slices",
        "loss_surface",
        "one_descent",
        "residuals",
        "three_views",
        "train_and_validation",
    ],
    "lesson_02": ["visits"],
    "lesson_03": ["accumulation", "distance_left", "fit_and_error", "norm_over_n"],
    "lesson_04": [
        "each_input",
        "errors_by_row",
        "matrix_product",
        "predictions_against_targets",
        "two_scales",
    ],
    "lesson_05": ["first_and_last_line", "parameters_by_epoch"],
    "lesson_06": [
        "batch_gradients",
        "epoch_orders",
        "order_matters",
        "reported_losses",
        "split_comparison",
    ],
    "lesson_07": [
        "bases",
        "eigenmodes",
        "excess_losses",
        "mode_decay",
        "polynomial_fits",
        "settling",
    ],
    "lesson_08": [
        "degree_sweep",
        "early_stop",
        "fits_and_truth",
        "kept_shares",
        "losses_by_size",
        "one_fit",
        "reported_and_true",
        "ridge_path",
    ],
    "lesson_09": [
        "input_importance",
        "kept_epoch",
        "residual_views",
        "split_results",
        "target_and_input",
    ],
    "lesson_10": ["step_parts", "throughput", "time_against_rows"],
}
_HOME = {name: module for module, names in _PICTURES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"course_utils.plots has no picture '{name}'")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__():
    return __all__
