"""Whether two pictures show the same."""

import base64
import io
import math

import numpy as np

# Root mean square of the pixels' differences, of 255, over the figure and over its worst tile.
# Measured on three panels of 80 points: the same figure 0 and 0; data off by 1e-5 0.1 and 1.2;
# one point moved by 1 % of the axis in one panel 0.9 and 26; one letter 2.0 and 47.
MAX_RMS, MAX_TILE_RMS, TILE = 1.0, 8.0, 24


def picture_difference(stored, new):
    """Return how two PNGs (base64) differ, or None if they don't; and the pixels of both."""
    from matplotlib.image import imread  # every start of pytest would wait for it

    pixels = [imread(io.BytesIO(base64.b64decode(png)))[..., :3] * 255.0 for png in (stored, new)]
    if pixels[0].shape != pixels[1].shape:
        sizes = " and ".join(f"{p.shape[1]}x{p.shape[0]}" for p in pixels)
        return f"the sizes differ: {sizes} pixels", pixels
    squares = ((pixels[0] - pixels[1]) ** 2).mean(axis=2)
    height, width = (-(-side // TILE) * TILE for side in squares.shape)
    padded = np.zeros((height, width))
    padded[: squares.shape[0], : squares.shape[1]] = squares
    tiles = padded.reshape(height // TILE, TILE, width // TILE, TILE).mean(axis=(1, 3))
    rms, tile_rms = math.sqrt(squares.mean()), math.sqrt(tiles.max())
    if rms > MAX_RMS or tile_rms > MAX_TILE_RMS:
        row, column = np.unravel_index(tiles.argmax(), tiles.shape)
        where = f"around pixel ({column * TILE + TILE // 2}, {row * TILE + TILE // 2})"
        return f"RMS {rms:.2f} over all, {tile_rms:.1f} {where}", pixels
    return None, pixels
