"""What the lessons share: data sets, pictures, graphs, exact descent theory and exercise checks.

It never holds a model, a loss, a training loop or an optimizer: those stand in the lessons,
where the student writes them.
"""
