"""One function per picture, each in the module of the lesson that introduces it."""

from course_utils.plots.lesson_00 import broadcast_difference, every_pair, means_by_axis
from course_utils.plots.lesson_01 import (
    batch_paths,
    feature_scale,
    learning_curves,
    learning_rates,
    loss_slices,
    loss_surface,
    residuals,
    three_views,
    train_and_validation,
)
from course_utils.plots.lesson_02 import visits
from course_utils.plots.lesson_03 import (
    accumulation,
    distance_left,
    fit_and_error,
    norm_over_n,
)
from course_utils.plots.lesson_04 import (
    each_input,
    errors_by_row,
    matrix_product,
    predictions_against_targets,
    two_scales,
)
from course_utils.plots.lesson_05 import first_and_last_line, parameters_by_epoch
from course_utils.plots.lesson_06 import (
    batch_gradients,
    epoch_orders,
    order_matters,
    reported_losses,
    split_comparison,
)
from course_utils.plots.lesson_07 import (
    bases,
    eigenmodes,
    excess_losses,
    mode_decay,
    polynomial_fits,
)
from course_utils.plots.lesson_08 import (
    degree_sweep,
    early_stop,
    fits_and_truth,
    kept_shares,
    losses_by_size,
    reported_and_true,
    ridge_path,
)
from course_utils.plots.lesson_09 import (
    input_importance,
    kept_epoch,
    residual_views,
    split_results,
    target_and_input,
)
from course_utils.plots.lesson_10 import step_parts, throughput, time_against_rows

__all__ = [
    "accumulation",
    "bases",
    "batch_gradients",
    "batch_paths",
    "broadcast_difference",
    "degree_sweep",
    "distance_left",
    "each_input",
    "early_stop",
    "eigenmodes",
    "epoch_orders",
    "errors_by_row",
    "every_pair",
    "excess_losses",
    "feature_scale",
    "first_and_last_line",
    "fit_and_error",
    "fits_and_truth",
    "input_importance",
    "kept_epoch",
    "kept_shares",
    "learning_curves",
    "learning_rates",
    "loss_slices",
    "loss_surface",
    "losses_by_size",
    "matrix_product",
    "means_by_axis",
    "mode_decay",
    "norm_over_n",
    "order_matters",
    "parameters_by_epoch",
    "polynomial_fits",
    "predictions_against_targets",
    "reported_and_true",
    "reported_losses",
    "residual_views",
    "residuals",
    "ridge_path",
    "split_comparison",
    "split_results",
    "step_parts",
    "target_and_input",
    "three_views",
    "throughput",
    "time_against_rows",
    "train_and_validation",
    "two_scales",
    "visits",
]
