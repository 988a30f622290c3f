"""One function per picture, in the module of the lesson that introduces it; and the truth panel."""

from course_utils.plots.autograd import line_misses, slope_claim, value_and_slope, visits
from course_utils.plots.data_loader import (
    batch_gradients,
    epoch_orders,
    order_matters,
    reported_losses,
    split_comparison,
)
from course_utils.plots.gradient_descent import (
    batch_paths,
    feature_scale,
    learning_curves,
    learning_rates,
    loss_slices,
    loss_surface,
    one_descent,
    residuals,
    three_views,
    train_and_validation,
)
from course_utils.plots.linear_layer import first_and_last_line, parameters_by_epoch
from course_utils.plots.many_inputs import (
    each_input,
    errors_by_row,
    matrix_product,
    predictions_against_targets,
    two_scales,
)
from course_utils.plots.polynomials import (
    bases,
    eigenmodes,
    excess_losses,
    mode_decay,
    polynomial_fits,
    settling,
)
from course_utils.plots.raw_tensors import accumulation, distance_left, fit_and_error, norm_over_n
from course_utils.plots.real_data import (
    input_importance,
    kept_epoch,
    residual_views,
    split_results,
    target_and_input,
)
from course_utils.plots.start_here import (
    broadcast_difference,
    every_pair,
    learned_curve,
    means_by_axis,
)
from course_utils.plots.timing import step_parts, throughput, time_against_rows
from course_utils.plots.truth import truth_panel
from course_utils.plots.what_a_fit_is_worth import (
    degree_sweep,
    early_stop,
    fits_and_truth,
    kept_shares,
    losses_by_size,
    one_fit,
    reported_and_true,
    ridge_path,
)

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
    "learned_curve",
    "learning_curves",
    "learning_rates",
    "line_misses",
    "loss_slices",
    "loss_surface",
    "losses_by_size",
    "matrix_product",
    "means_by_axis",
    "mode_decay",
    "norm_over_n",
    "one_descent",
    "one_fit",
    "order_matters",
    "parameters_by_epoch",
    "polynomial_fits",
    "predictions_against_targets",
    "reported_and_true",
    "reported_losses",
    "residual_views",
    "residuals",
    "ridge_path",
    "settling",
    "slope_claim",
    "split_comparison",
    "split_results",
    "step_parts",
    "target_and_input",
    "three_views",
    "throughput",
    "time_against_rows",
    "train_and_validation",
    "truth_panel",
    "two_scales",
    "value_and_slope",
    "visits",
]
