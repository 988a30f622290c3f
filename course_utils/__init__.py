"""What the lessons share. It never holds a model, a loss, a training loop or an optimizer.

Read first what every lesson uses, and then what the others build on it:

    data.py             every data set, by name, with its known truth
    descent.py          the exact theory of gradient descent on a linear model
    figures.py          how a picture shows itself: style, colours, caption
    sliders.py          a picture with sliders under it
    animation.py        a picture whose lines grow
    plots/              the pictures, a module for each lesson; and the truth panel
    graphs/             computational graphs, of the student's own engine and of PyTorch
    checks/             the checks of the exercises, a module for each lesson
    self_check.py       what the first lesson says about this machine
    _validate.py        how all of them read their arguments
"""
