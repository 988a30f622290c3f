"""A cell with sliders in an open lesson, and how long its picture takes to follow them."""

from tests.support.jupyterlab import PANEL

CELLS = f"{PANEL} .jp-Cell:has(.widget-slider)"
HANDLE = ".noUi-handle"
# Records when a key was pressed and when a new picture was ready to be seen.
WATCH = """cell => {
    const image = () => cell.querySelector("img");
    cell.pressed = cell.followed = 0;
    cell.shown = image().src;
    cell.addEventListener("keydown", () => { cell.pressed = performance.now(); }, true);
    new MutationObserver(async () => {
        if (!image() || image().src === cell.shown) return;
        cell.shown = image().src;
        await image().decode();
        cell.followed = performance.now();
    }).observe(cell, {subtree: true, childList: true, attributes: true});
}"""


class SliderCell:
    """A cell with a picture and its sliders."""

    def __init__(self, page, locator):
        """Start to watch the picture."""
        self.page, self.locator, self.node = page, locator, locator.element_handle()
        self.handles = locator.locator(HANDLE).all()
        self.node.evaluate(WATCH)

    @property
    def caption(self):
        """The text under the picture."""
        return self.locator.locator(".course-caption")

    def milliseconds_until_redrawn(self, act):
        """Call `act`, wait for a new picture, and return the time since the key was pressed."""
        self.node.evaluate("cell => { cell.followed = 0; }")
        act()
        self.page.wait_for_function("cell => cell.followed", arg=self.node, timeout=20_000)
        return self.node.evaluate("cell => cell.followed - cell.pressed")

    def press_inwards(self, handle):
        """Press an arrow key in a direction in which the slider can still move."""
        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        self.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")

    def drag(self):
        """Drag the first handle along its track with the mouse."""
        box = self.handles[0].bounding_box()
        track = self.locator.locator(".noUi-base").first.bounding_box()
        middle, height = track["x"] + track["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] / 2, height)
        self.page.mouse.down()
        self.page.mouse.move(middle + (-40 if box["x"] > middle - 20 else 40), height, steps=4)
        self.page.mouse.up()


def tab_to(page, selector, presses=12):
    """Press Tab until an element that matches has the focus; return whether one did."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return True
    return False
