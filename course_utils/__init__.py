"""What the lessons share: never a model, a loss, a training loop or an optimizer.

First read the modules that every lesson uses, then those that build on them:

    data.py             every data set, by name, with what is known of it
    descent.py          the exact theory of gradient descent on a linear model
    figures.py          how a picture is shown: style, colours, caption
    sliders.py          a picture with sliders under it
    frames.py           its pictures at some places of the sliders, for pages without a kernel
    animation.py        a picture whose lines grow
    plots/              the pictures, a module for each lesson, and the truth panel
    graphs/             computational graphs of the student's own engine and of PyTorch
    checks/             the checks of the exercises, a module for each lesson
    kernel.py           the first cell's question: can the lesson run here?
    self_check.py       the first lesson's report on this machine
    _validate.py        how they all read their arguments
"""
