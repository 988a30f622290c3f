"""One function per picture, each in the module of the lesson that introduces it."""

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

__all__ = [
    "batch_paths",
    "feature_scale",
    "learning_curves",
    "learning_rates",
    "loss_slices",
    "loss_surface",
    "residuals",
    "three_views",
    "train_and_validation",
]
