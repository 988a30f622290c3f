"""Whether a page and its pictures can be read, by contrast as WCAG 2 defines it."""

import io

import numpy as np
from matplotlib.image import imread

CONTRAST = 4.5  # WCAG's minimum for text
TILE = 16

# The colour behind an element, as [r, g, b].
_BEHIND = """
    const parse = color => {
        const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
        return {rgb: [r, g, b], a};
    };
    const over = (top, a, below) => top.map((c, k) => a * c + (1 - a) * below[k]);
    const behind = element => {
        if (!element) return [255, 255, 255];
        const {rgb, a} = parse(getComputedStyle(element).backgroundColor);
        return a === 1 ? rgb : over(rgb, a, behind(element.parentElement));
    };
"""
BEHIND = f"element => {{ {_BEHIND} return behind(element); }}"
# The texts inside `selector` whose contrast is below `minimum`, without the `excluded` elements.
FAINT = f"""([selector, excluded, minimum]) => {{ {_BEHIND}
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
            if (!text || !element.getClientRects().length || element.matches(excluded)) continue;
            const below = behind(element), {{rgb, a}} = parse(getComputedStyle(element).color);
            const seen = over(rgb, a * opacity(element), below);
            const [low, high] = [luminance(below), luminance(seen)].sort((p, q) => p - q);
            const contrast = (high + 0.05) / (low + 0.05);
            if (contrast < minimum) faint.push([text.slice(0, 60), contrast]);
        }}
    }}
    return faint;
}}"""


def luminance(rgb):
    """Return the relative luminance of colours from 0 to 1, shape (..., 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def hidden_fraction(png, behind):
    """Return the fraction of a picture's tiles with text or lines that a page's colour hides.

    A picture is drawn for white paper. A tile is hidden if its contrast is high there and low on
    the page. `behind` is the page's colour, three numbers from 0 to 255.
    """
    pixels = imread(io.BytesIO(png))
    if pixels.shape[-1] == 3:
        return 0.0
    on_white, on_page = (
        _measure_contrasts(pixels, np.array(c) / 255) for c in ((255, 255, 255), behind)
    )
    drawn = on_white >= CONTRAST
    return float((on_page[drawn] < CONTRAST).mean()) if drawn.any() else 0.0


def _measure_contrasts(pixels, paper):
    """Return the contrast within each tile of a picture (height, width, RGBA) on a paper."""
    alpha = pixels[..., 3:]
    light = luminance(alpha * pixels[..., :3] + (1 - alpha) * paper) + 0.05
    rows, columns = (side // TILE for side in light.shape)
    tiles = light[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    return tiles.max(axis=(1, 3)) / tiles.min(axis=(1, 3))
