"""Whether a page and its pictures can be read, by contrast as WCAG 2 defines it."""

import io

import numpy as np
from matplotlib.image import imread

CONTRAST = 4.5  # WCAG's minimum for text
DRAWN = 3  # and for what is drawn
TILE = 16

# The colour behind an element, as [r, g, b].
_BEHIND = """
    const colors = {}, dot = new OffscreenCanvas(1, 1).getContext("2d");
    const parse = color => {  // in any notation: let the browser draw a dot
        if (!colors[color]) {
            dot.clearRect(0, 0, 1, 1);
            dot.fillStyle = color;
            dot.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = dot.getImageData(0, 0, 1, 1).data;
            colors[color] = {rgb: [r, g, b], a: a / 255};
        }
        return colors[color];
    };
    const over = (top, a, below) => top.map((c, k) => a * c + (1 - a) * below[k]);
    const behind = element => {
        if (!element) return [255, 255, 255];
        const {rgb, a} = parse(getComputedStyle(element).backgroundColor);
        return a === 1 ? rgb : over(rgb, a, behind(element.parentElement));
    };
"""
# A picture as a PNG, as the page shows it: with its CSS filter, on what is behind it.
SHOWN = f"""image => {{ {_BEHIND}
    const canvas = document.createElement("canvas"), drawing = canvas.getContext("2d");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const [r, g, b] = behind(image.parentElement), style = getComputedStyle(image);
    drawing.fillStyle = `rgb(${{r}} ${{g}} ${{b}})`;
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.filter = style.filter;
    drawing.fillStyle = style.backgroundColor;
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(image, 0, 0);
    return canvas.toDataURL().split(",")[1];
}}"""
# The texts inside `selector` whose contrast is below `minimum`.
FAINT = f"""([selector, minimum]) => {{ {_BEHIND}
    const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const luminance = rgb => {{
        const [r, g, b] = rgb.map(c => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }};
    const opacity = element =>
        element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1;
    const faint = [];
    for (const root of document.querySelectorAll(selector)) {{
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {{
            const element = texts.currentNode.parentElement, text = texts.currentNode.data.trim();
            if (!text || !element.getClientRects().length) continue;
            const below = behind(element), {{rgb, a}} = parse(getComputedStyle(element).color);
            const seen = over(rgb, a * opacity(element), below);
            const [low, high] = [luminance(below), luminance(seen)].sort((p, q) => p - q);
            const contrast = (high + 0.05) / (low + 0.05);
            if (contrast < minimum) faint.push([text.slice(0, 60), contrast]);
        }}
    }}
    return faint;
}}"""

# What is written or drawn inside `selector` and reaches beyond the right edge of `pane`, or is cut
# off before that. What has a scroll bar of its own counts as seen.
WIDER = """([pane, selector]) => {
    const outer = document.querySelector(pane), wider = [];
    const {left} = outer.getBoundingClientRect(), edge = left + outer.clientWidth;
    const within = Math.round(outer.scrollWidth - outer.clientWidth);
    if (within > 0) wider.push(["the notebook", `scrolls by ${within} pixels`]);
    for (const root of document.querySelectorAll(selector))
        for (const element of root.querySelectorAll("*")) {
            const draws = element.matches("img, svg, canvas, table")
                || [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
            if (!draws || !element.getClientRects().length) continue;
            if (element.closest("mjx-assistive-mml")) continue;  // for screen readers
            let {right} = element.getBoundingClientRect(), wrong = "";
            for (let box = element.parentElement; box !== outer; box = box.parentElement) {
                const limit = box.getBoundingClientRect().right;
                const overflow = getComputedStyle(box).overflowX;
                if (overflow === "visible" || right <= limit + 1) continue;
                if (overflow !== "auto" && overflow !== "scroll")
                    wrong = `is cut off ${Math.round(right - limit)} pixels early`;
                right = limit;
            }
            if (right > edge + 1) wrong = `reaches ${Math.round(right - edge)} pixels too far`;
            const name = (element.alt || element.textContent).trim().slice(0, 60);
            if (wrong) wider.push([name, wrong]);
        }
    return wider;
}"""


def luminance(rgb):
    """Return the relative luminance of colours from 0 to 1, shape (..., 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def hidden_fraction(png, shown):
    """Return the fraction of a picture's tiles with text or lines that cannot be seen on a page.

    A picture is drawn for white paper. A tile is hidden if its contrast there is enough for
    text, and in `shown`, the picture as the page shows it, not even enough for what is drawn. Both
    are PNGs.
    """
    on_white, on_page = map(_measure_contrasts, (png, shown))
    drawn = on_white >= CONTRAST
    return float((on_page[drawn] < DRAWN).mean()) if drawn.any() else 0.0


def _measure_contrasts(png):
    """Return the contrast within each tile of a picture on white paper."""
    pixels = imread(io.BytesIO(png))
    alpha = pixels[..., 3:] if pixels.shape[-1] == 4 else 1
    light = luminance(alpha * pixels[..., :3] + (1 - alpha)) + 0.05
    rows, columns = (side // TILE for side in light.shape)
    tiles = light[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    return tiles.max(axis=(1, 3)) / tiles.min(axis=(1, 3))
