"""Draw the graphs of `course_utils.graphs`: igraph orders the boxes, matplotlib draws them."""

import functools
import itertools
import textwrap
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from course_utils.figures import BEST, FIT, TRAIN, VALIDATION, show, style

MAX_WIDTH = 11.4  # inches, like all lengths here
MAX_NODES = 25  # with numbers
TEXT_SIZE, LINE = 10, 0.185  # points, and inches from one line of text to the next
MARGIN, PAD = 0.15, 0.07  # around the drawing; above and below the text in a box
LABEL_PLACES = (
    0.5,
    0.42,
    0.58,
    0.34,
    0.66,
    0.26,
    0.74,
)  # fractions of the arrow's length, the best first
FRAME = 0.045  # between the result's two borders
DASHED = (0, (4, 2.5))
PLAIN, HAS_GRADIENT, HAS_ERROR = ("0.88", 1), (FIT, 0.25), (VALIDATION, 0.75)  # of a box's strip

# The kinds of nodes. Shape and border show the kind; the colour only repeats it.
LEAF, OPERATION, RESULT, CONSTANT, CUT = range(5)


@dataclass
class Node:
    """A box: its kind, and the numbers in it."""

    text: str
    kind: int
    value: np.ndarray | None = None
    gradient: np.ndarray | None = None
    note: str = ""  # why it gets no gradient
    right: np.ndarray | None = None  # the right gradient, where the one shown is wrong
    paths: list = field(default_factory=list)  # what each edge from it adds to its gradient

    def lines(self):
        """Return the lines above the strip: the name or expression, and the value."""
        if self.value is None:
            return self.text.split("\n")
        text = self.text
        if self.kind == RESULT and text != "loss":
            text = f"loss = {text}" if text else "loss"
        shape = self.value.shape
        tail = f" {shape}" if shape and shape not in ((2,), (3,)) else ""
        title = textwrap.wrap(text, 24, max_lines=2, placeholder=" …")
        return [*title, f"= {format_in_box(self.value)}{tail}"]

    def strip(self):
        """Return the lines of the strip at the bottom: the gradient, or why there is none."""
        if self.note or self.gradient is None:
            return [self.note] if self.note else []
        lines = [f"grad {format_in_box(self.gradient)}"]
        if self.right is not None:
            return [f"✗ {lines[0]}", f"right: {format_in_box(self.right)}"]
        if len(self.paths) > 1:
            total = np.sum(self.paths, axis=0)
            sign = "=" if np.allclose(total, self.gradient, rtol=1e-4, equal_nan=True) else "≠"
            terms = " + ".join(format_in_box(path) for path in self.paths).replace("+ −", "− ")
            few = total.size * len(self.paths) <= 4
            lines.append(f"{sign} {terms if few else f'sum of {len(self.paths)} paths'}")
        return lines


@dataclass
class Edge:
    """An arrow from one node to another, by their indices."""

    source: int
    target: int
    local: np.ndarray | None = None  # the local derivative, d target / d source
    flows: bool = True  # whether a gradient flows back along it
    arrow: bool = True

    @property
    def label(self):
        """The text on the arrow."""
        return "" if self.local is None else format_in_box(self.local)


@dataclass
class Graph:
    """A graph to draw, its caption, and the legend's words for each kind of node."""

    nodes: list
    edges: list
    caption: str
    legend: dict  # by the kind of node


def format_in_box(value):
    """Return a number, or the first entries of an array, as the text in a box."""
    array = np.asarray(value) + 0.0  # no -0
    if array.size == 1:
        text = f"{array.item():.4g}"
    elif array.size > 3 and (array == array.flat[0]).all():
        text = f"{array.flat[0]:.4g} each"
    else:
        entries = [f"{entry:.3g}" for entry in array.flat[:3]]
        text = f"[{', '.join(entries + ['…'] * (array.size > 3))}]"
    return text.replace("-", "−")


def check_size(n_nodes, limit, advice):
    """Raise ValueError if a graph is too large to be readable."""
    if n_nodes > limit:
        raise ValueError(f"this graph has {n_nodes} nodes; up to {limit} are readable. {advice}")


def describe(nodes, gradients):
    """Return the caption of a graph with numbers."""
    (loss,) = (node.value.item() for node in nodes if node.kind == RESULT)
    caption = f"{len(nodes)} nodes; the loss is {loss:.4g}"
    leaves = [node for node in nodes if node.kind == LEAF and node.text]
    if gradients and leaves and not any(leaf.gradient.any() for leaf in leaves):
        caption += "; the gradient of every leaf is 0"
    elif gradients and leaves:
        gradients = [f"{leaf.text} with {format_in_caption(leaf.gradient)}" for leaf in leaves]
        caption += f"; the gradient reaches {join_words(gradients)}"
    elif leaves:
        caption += f"; {write_leaves([leaf.text for leaf in leaves])}"
    grey = [n.text for n in nodes if n.kind == CONSTANT or n.note in ("detached", "under no_grad")]
    return f"{caption}; no gradient: {join_words(grey)}." if grey else f"{caption}."


def format_in_caption(value):
    """Return a number or a short array as text for a caption."""
    entries = ", ".join(f"{entry:.4g}" for entry in (value + 0.0).flat)
    if value.size > 4:
        return f"an array of shape {value.shape}"
    return entries if value.size == 1 else f"[{entries}]"


def write_leaves(names):
    """Return 'the leaves are w and b' for these names."""
    return f"the {'leaf is' if len(names) == 1 else 'leaves are'} {join_words(names)}"


def join_words(words):
    """Join words as 'a, b and c'; if there are more than five, only the first four."""
    if len(words) > 5:
        words = [*words[:4], f"{len(words) - 4} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


@functools.cache
def renderer():
    """Return a renderer that measures text."""
    return FigureCanvasAgg(Figure(figsize=(1, 1), dpi=144)).get_renderer()


def text_size(lines):
    """Return the width and height of lines of text, in inches."""
    measure = renderer().get_text_width_height_descent
    font = FontProperties(size=TEXT_SIZE)
    widths = [measure(line, font, False)[0] / 144 for line in lines if line]
    return np.array([max(widths, default=0), LINE * len(widths)])


def bezier(corners, shares):
    """Return the points at these fractions of a cubic curve."""
    t = np.asarray(shares)[:, None]
    return np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3]) @ corners


class Layout:
    """The positions of boxes, arrows and labels, in inches.

    Positions are measured `along` and `across` the flow, from left to right or from top to bottom.
    """

    def __init__(self, graph, sideways):
        """Place everything, widening the gaps until no label covers a box or another label."""
        import igraph

        self.graph, self.axis = graph, 0 if sideways else 1
        self.strips = [text_size(node.strip()) for node in graph.nodes]
        tops = [text_size(node.lines()) for node in graph.nodes]
        self.sizes = np.array(
            [
                (max(top[0], strip[0], 0.3) + 0.2, top[1] + strip[1] + PAD * (3 if strip[1] else 2))
                for top, strip in zip(tops, self.strips, strict=True)
            ]
        )
        self.sizes[[node.kind == RESULT for node in graph.nodes]] += 2 * FRAME
        self.label_sizes = [text_size([edge.label]) + 0.04 for edge in graph.edges]
        self.layers = self._late_layers()
        pairs = [(edge.source, edge.target) for edge in graph.edges]
        across = 1 - self.axis
        for pair, size in zip(pairs, self.label_sizes, strict=True):
            if pairs.count(pair) > 1:  # side-by-side arrows: room for all their labels
                need = (pairs.count(pair) + 1) * size[across]
                self.sizes[pair, across] = np.maximum(self.sizes[pair, across], need)
        drawing = igraph.Graph(len(graph.nodes), pairs, directed=True)
        found = drawing.layout_sugiyama(layers=self.layers.tolist())
        bends = [[point[0] for point in points] for points in found.edge_routing]
        self._set_across([point[0] for point in found.coords], bends)
        for gap in 0.25 * 1.25 ** np.arange(10):
            self._set_along(gap)
            if self._set_labels():
                break

    def _late_layers(self):
        """Return each node's layer, as late as the nodes that use it allow."""
        to_end = np.zeros(len(self.graph.nodes), dtype=int)
        for _ in to_end:
            for edge in self.graph.edges:
                to_end[edge.source] = max(to_end[edge.source], to_end[edge.target] + 1)
        return to_end.max() - to_end

    def _set_across(self, nodes, bends):
        """Stretch igraph's positions until all neighbours in a layer have room."""
        half = self.sizes[:, 1 - self.axis] / 2
        lanes = [
            [nodes[edge.source], *positions, nodes[edge.target]]
            for edge, positions in zip(self.graph.edges, bends, strict=True)
        ]
        rows = [[] for _ in range(self.layers.max() + 1)]
        for node, position in enumerate(nodes):
            rows[self.layers[node]].append((position, half[node], (nodes, node)))
        for edge, lane in zip(self.graph.edges, lanes, strict=True):
            for k in range(1, len(lane) - 1):
                rows[self.layers[edge.source] + k].append((lane[k], 0.03, (lane, k)))
        neighbours = []
        for row in rows:
            row.sort(key=lambda place: place[0])
            neighbours += itertools.pairwise(row)
        needs = [(one[1] + other[1] + 0.2, other[0] - one[0]) for one, other in neighbours]
        stretch = max((room / apart for room, apart in needs if apart > 0.4), default=1)
        for values in (nodes, *lanes):
            values[:] = [stretch * value for value in values]
        for (_, half_one, (one, i)), (_, half_other, (other, k)) in neighbours:
            # igraph sometimes puts two nodes in one place.
            other[k] = max(other[k], one[i] + half_one + half_other + 0.19)
        self.across, self.lanes = np.array(nodes), lanes
        for side, end, beside in (("source", 0, 1), ("target", -1, -2)):
            for node in range(len(nodes)):
                # Spread the arrows that meet at a node along its side, in the order they arrive.
                here = [i for i, e in enumerate(self.graph.edges) if getattr(e, side) == node]
                here.sort(key=lambda i: lanes[i][beside])
                for rank, i in enumerate(here, start=1):
                    share = 2 * rank / (len(here) + 1) - 1
                    lanes[i][end] = self.across[node] + share * half[node]

    def _set_along(self, gap):
        """Place each layer, with room for the labels between layers."""
        n_layers = self.layers.max() + 1
        depths, gaps = np.zeros(n_layers), np.full(n_layers, gap)
        np.maximum.at(depths, self.layers, self.sizes[:, self.axis] + 0.2)  # room for arrowheads
        for edge, size in zip(self.graph.edges, self.label_sizes, strict=True):
            k = self.layers[edge.target] - 1
            gaps[k] = max(gaps[k], 0.7 * gap + size[self.axis])
        self.ends = np.cumsum(depths + gaps) - gaps
        self.starts = self.ends - depths
        self.along = (self.starts + self.ends)[self.layers] / 2
        self.centres = self._to_xy(np.column_stack([self.along, self.across]))
        self.paths = [self._path(*pair) for pair in zip(self.graph.edges, self.lanes, strict=True)]

    def _to_xy(self, points):
        """Convert (along, across) to (x, y)."""
        points = np.asarray(points)
        return (points if self.axis == 0 else points[:, ::-1]) * (1, -1)

    def _path(self, edge, lane):
        """Return an arrow's path: straight past boxes, curved in the gaps between layers."""
        half = self.sizes[:, self.axis] / 2
        points = [(self.along[edge.source] + half[edge.source], lane[0])]
        for k, (here, there) in enumerate(itertools.pairwise(lane), self.layers[edge.source]):
            middle = (self.ends[k] + self.starts[k + 1]) / 2
            points += [(self.ends[k], here), (middle, here), (middle, there)]
            points += [(self.starts[k + 1], there)]
        points.append((self.along[edge.target] - half[edge.target], lane[-1]))
        curve = [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
        return Path(self._to_xy(points), [Path.MOVETO, *curve * (len(points) // 4), Path.LINETO])

    def _set_labels(self):
        """Place each label on its arrow and, if possible, off others; return whether all fit."""
        boxes = zip(self.centres, self.sizes, strict=True)
        taken = [(centre - size / 2, centre + size / 2) for centre, size in boxes]
        self.curves = [
            np.vstack([bezier(corners[k : k + 4], np.linspace(0, 1, 20)) for k in starts])
            for corners in (path.vertices for path in self.paths)
            for starts in [range(1, len(corners) - 1, 4)]
        ]
        self.labels, all_free = {}, True
        for i, edge in enumerate(self.graph.edges):
            others = np.vstack([[(-99, 99)], *(c for k, c in enumerate(self.curves) if k != i)])
            half, free = self.label_sizes[i] / 2, []
            for at in bezier(self.paths[i].vertices[-5:-1], LABEL_PLACES if edge.label else ()):
                low, high = at - half, at + half
                if not any((low < b).all() and (a < high).all() for a, b in taken):
                    crossed = ((low < others) & (others < high)).all(axis=1).sum()
                    free.append((crossed, len(free), at))
            if edge.label:
                all_free = all_free and bool(free)
                self.labels[i] = min(free)[2] if free else at
                taken.append((self.labels[i] - half, self.labels[i] + half))
        return all_free

    def corners(self):
        """Return the lower left and upper right corners of the drawing, with a margin."""
        points = [self.centres - self.sizes / 2, self.centres + self.sizes / 2, *self.curves]
        for i, at in self.labels.items():
            points += [[at - self.label_sizes[i] / 2, at + self.label_sizes[i] / 2]]
        points = np.vstack(points)
        return points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN


def draw(graph: Graph, ax: Axes | None) -> str | None:
    """Show the graph, or draw it on `ax` and return its caption."""
    if ax is None:
        with style():
            show(draw_on(graph, None), graph.caption)
        return None
    draw_on(graph, ax)
    return graph.caption


def draw_on(graph, ax):
    """Draw the graph on `ax`, or on a new figure of its size; return the figure.

    It runs from left to right if there is room, else from top to bottom. On axes that are too
    small for it, the text shrinks, too.
    """
    room = np.array([MAX_WIDTH, np.inf])
    if ax is not None:
        room = ax.get_figure().get_size_inches() * ax.get_position().size
    layout = Layout(graph, sideways=True)
    low, high = layout.corners()
    if high[0] - low[0] > room[0]:
        layout = Layout(graph, sideways=False)
        low, high = layout.corners()
    entries = legend_entries(graph, max(high[0] - low[0], 6.5))
    high[0] = max(high[0], low[0] + max(right for *_, right in entries))
    bottom = low[1]
    low[1] += entries[-1][2][1] - 0.2
    scale = min(1, *(room / (high - low)))
    if ax is None:
        ax = Figure(figsize=(high - low) * scale, layout="none").add_axes((0, 0, 1, 1))
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    ax.axis("off")
    paint(ax, graph, layout, scale)
    for what, words, place, _ in entries:
        paint_entry(ax, what, words, (low[0], bottom) + np.array(place), scale)
    return ax.get_figure()


def legend_entries(graph, width):
    """Return the legend's entries: kind, words, position below the drawing, and right end."""
    kinds = {node.kind for node in graph.nodes}
    entries = {kind: words for kind, words in graph.legend.items() if kind in kinds}
    if any(edge.label for edge in graph.edges):
        entries["local"] = "local derivative: ∂end / ∂start"
    if any(node.gradient is not None for node in graph.nodes):
        entries["grad"] = "gradient: ∂loss / ∂node"
    if any(node.right is not None for node in graph.nodes):
        entries["wrong"] = "a wrong gradient"
    placed, x, y = [], MARGIN, -0.2
    for what, words in entries.items():
        step = 0.85 + text_size([words])[0]
        # The entries for numbers, the first of which is the local derivative, begin a new row.
        if placed and (x + step > width or what == "local"):
            x, y = MARGIN, y - 0.32
        placed.append((what, words, (x, y), x + step))
        x += step
    return placed


def paint(ax, graph, layout, scale):
    """Draw the arrows, labels and boxes."""
    for i, edge in enumerate(graph.edges):
        paint_arrow(ax, layout.paths[i], scale, edge.flows, edge.arrow)
        if i in layout.labels:
            paint_label(ax, layout.labels[i], edge.label, scale)
    boxes = zip(graph.nodes, layout.centres, layout.sizes, layout.strips, strict=True)
    for node, centre, size, strip in boxes:
        strip_height = strip[1] + PAD if strip[1] else 0
        size = size - 2 * FRAME * (node.kind == RESULT)
        strip_style = PLAIN if node.note else HAS_GRADIENT if node.right is None else HAS_ERROR
        paint_box(ax, node.kind, centre, size, strip_height, strip_style, scale)
        ink = "0.35" if node.kind in (CONSTANT, CUT) else "black"
        for lines, top in (
            (node.lines(), centre[1] + size[1] / 2 - PAD),
            (node.strip(), centre[1] - size[1] / 2 + strip_height - PAD / 2),
        ):
            for k, line in enumerate(lines):
                paint_text(ax, (centre[0], top - LINE * (k + 0.5)), line, scale, color=ink)


def paint_text(ax, at, text, scale, **style):
    """Write one line of text, centred unless `style` says otherwise."""
    style = {"ha": "center", "va": "center", "zorder": 6} | style
    return ax.text(*at, text, fontsize=TEXT_SIZE * scale, parse_math=False, **style)


def paint_label(ax, at, text, scale):
    """Write the text on an arrow."""
    back = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    paint_text(ax, at, text, scale, bbox=back, zorder=2.5, gid="label")


def paint_box(ax, kind, centre, size, strip_height, strip_style, scale, gid="box"):
    """Draw a box and its strip: inputs rounded, without gradient dashed, the loss double.

    `strip_style` is the colour and the opacity of the strip.
    """
    grey = kind in (CONSTANT, CUT)
    rounded = kind in (LEAF, CONSTANT)
    colour = {LEAF: TRAIN, RESULT: BEST}.get(kind, "0.55" if grey else "0.2")
    width = scale * (2.2 if kind == LEAF else 1.1)
    border = {"edgecolor": colour, "linewidth": width, "linestyle": DASHED if grey else "-"}
    box = FancyBboxPatch(
        centre - size / 2,
        *size,
        boxstyle="round,pad=0,rounding_size=0.12" if rounded else "square,pad=0",
        facecolor="0.97" if grey else "white",
        zorder=3,
        gid=gid,
        **border,
    )
    ax.add_artist(box)
    if strip_height:
        colour, alpha = strip_style
        low = centre - size / 2
        strip = Rectangle(low, size[0], strip_height, color=colour, alpha=alpha, lw=0, zorder=3)
        ax.add_artist(strip)
        strip.set_clip_path(box)
    if kind == RESULT:
        low, size = centre - size / 2 - FRAME, size + 2 * FRAME
        ax.add_artist(Rectangle(low, *size, fill=False, zorder=3, **border))


def paint_arrow(ax, path, scale, flows=True, head=True):
    """Draw an arrow, dashed and grey if no gradient flows back along it."""
    arrow = FancyArrowPatch(
        path=path,
        arrowstyle="-|>" if head else "-",
        mutation_scale=11 * scale,
        color="0.3" if flows else "0.6",
        linestyle="-" if flows else DASHED,
        linewidth=1.1 * scale,
        zorder=2,
    )
    ax.add_artist(arrow)


def paint_entry(ax, what, words, left, scale):
    """Draw one entry of the legend."""
    centre, size = left + (0.25, 0), np.array([0.5, 0.22])
    if what == "local":
        paint_arrow(ax, Path([left, left + (0.5, 0)]), scale)
        paint_label(ax, centre - (0.05, 0), "2", scale)
    elif what == "grad":
        paint_box(ax, OPERATION, centre, size, size[1], HAS_GRADIENT, scale, gid=None)
        paint_text(ax, centre, "grad", scale)
    elif what == "wrong":
        paint_box(ax, OPERATION, centre, size, size[1], HAS_ERROR, scale, gid=None)
        paint_text(ax, centre, "✗ grad", scale)
    else:
        inner = size - 2 * FRAME * (what == RESULT)
        paint_box(ax, what, centre, inner, 0, PLAIN, scale, gid=None)
    paint_text(ax, left + (0.58, 0), words, scale, ha="left")
