"""Whether the code of a lesson gives an exercise's answer away.

Code is compared as expressions, with its names replaced in the order of their appearance: so a
solution is found under other names, without its function, within a larger cell or a longer
expression, and if most of its parts are there. What the exercise's own cell gives, and the steps of
the loop that is printed whole, are not its answer.
"""

import ast
import builtins
import copy

from commands.minutes import tags
from tests.support.form import BLOCK, is_loop, title_before

LEAST = 5  # nodes of an expression that can be an answer: x.mean() has fewer
MOST = 0.5  # of an answer that another cell may hold


class Rename(ast.NodeTransformer):
    """Replace names by their order, except those that Python has itself."""

    def __init__(self):
        self.names = {}

    def visit_Name(self, node):
        if not hasattr(builtins, node.id):
            node.id = self.names.setdefault(node.id, f"name{len(self.names)}")
        return node

    def visit_arg(self, node):
        node.arg = self.names.setdefault(node.arg, f"name{len(self.names)}")
        return node


def normalise(expressions):
    """Return {text: number of nodes} of the expressions that can be an answer, names replaced."""
    found = {}
    for expression in expressions:
        size = sum(isinstance(node, ast.expr) for node in ast.walk(expression))
        if size >= LEAST:
            found[ast.unparse(Rename().visit(copy.deepcopy(expression)))] = size
    return found


def parts(code):
    """Return what each statement of some code computes, normalised."""
    return normalise(part for node in ast.walk(ast.parse(code)) for part in _split(_value(node)))


def _value(node):
    """Return the expression that a statement computes, or None."""
    if isinstance(node, ast.AugAssign):
        return ast.BinOp(node.target, node.op, node.value)
    if isinstance(node, ast.Expr) and ast.unparse(node.value).startswith("print("):
        return None
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr):
        return node.value
    if isinstance(node, ast.withitem):
        return node.context_expr
    return getattr(node, "test", None) or getattr(node, "iter", None)  # of an if, while or for


def _split(expression):
    """Return the entries of a tuple, the parts of a comprehension, or the expression itself."""
    match expression:
        case None:
            return []
        case ast.Tuple():
            inner = expression.elts
        case ast.Lambda():
            inner = [expression.body]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            inner = [expression.elt, *(loop.iter for loop in expression.generators)]
        case _:
            return [expression]
    return [part for one in inner for part in _split(one)]


def everything(code):
    """Return every expression in some code, however deep, normalised."""
    nodes = list(ast.walk(ast.parse(code)))
    return normalise(node for node in nodes if isinstance(node, ast.expr)) | parts(code)


def code_of(cell):
    """Return the code of a cell: its source, or that of its code blocks."""
    return cell.source if cell.cell_type == "code" else "\n".join(BLOCK.findall(cell.source))


def find_given_away(cells):
    """Yield a line for each cell that holds most of the answer to an exercise."""
    known = [everything(code_of(cell)) for cell in cells]
    loops = set().union(*(everything(code_of(cell)) for cell in cells if is_loop(cell.source)))
    for i in (i for i, cell in enumerate(cells) if "exercise" in tags(cell)):
        given = loops | known[i].keys()
        solution = parts(code_of(cells[i + 2]))
        answer = {text: size for text, size in solution.items() if text not in given}
        for k, code in enumerate(known):
            shared = [text for text in answer if text in code]
            if k != i + 2 and sum(answer[text] for text in shared) > MOST * sum(answer.values()):
                title = title_before(cells, i)
                yield f"the answer to '{title}' is in cell {k}: {'; '.join(shared)}"
