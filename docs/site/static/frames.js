// Sliders without a kernel: each place of a control's sliders has a picture, a caption and a text.
function startFrames(control) {
  const { pictures, values, frames } = JSON.parse(control.querySelector("script").textContent);
  const inputs = [...control.querySelectorAll("input")];
  const image = control.parentElement.querySelector("img");
  const caption = control.parentElement.querySelector("figcaption");
  const printed = control.parentElement.querySelector(".printed");
  const number = () => inputs.reduce((n, input, k) => n * values[k].length + +input.value, 0);
  const start = number(), still = image.src;

  async function show() {
    inputs.forEach((input, k) => {
      const text = values[k][input.value];
      input.setAttribute("aria-valuetext", text);
      input.nextElementSibling.textContent = text;
    });
    const shown = number(), [picture, words, output] = frames[shown];
    const next = new Image();
    next.src = shown === start ? still : pictures[picture];
    await next.decode().catch(() => { /* the page then shows the caption as its alt text */ });
    if (shown !== number()) return;  // the slider has moved on
    image.src = next.src;
    image.alt = words;
    if (caption) caption.textContent = words;
    if (printed) printed.textContent = output;
  }

  // A longer caption must not push the page down, nor a picture that is rounded to whole dots.
  function reserve(element, texts) {
    if (!element) return;
    const now = element.textContent;
    element.style.minHeight = "";
    element.textContent = texts.reduce((a, b) => (b.length > a.length ? b : a));
    const {height} = element.getBoundingClientRect();  // with its fraction of a pixel
    element.textContent = now;
    element.style.minHeight = `${height}px`;
  }
  let width = 0;
  new ResizeObserver(() => {
    if (width === control.parentElement.offsetWidth) return;
    width = control.parentElement.offsetWidth;
    reserve(caption, frames.map(frame => frame[1]));
    reserve(printed, frames.map(frame => frame[2]));
  }).observe(control.parentElement);
  if (image.hasAttribute("height"))
    image.style.aspectRatio = `${image.getAttribute("width")} / ${image.getAttribute("height")}`;

  // The pictures are loaded when someone is about to move a slider.
  const load = () => pictures.forEach(address => { new Image().src = address; });
  for (const kind of ["pointerenter", "focusin"])
    control.addEventListener(kind, load, { once: true });
  control.addEventListener("input", show);
  control.hidden = false;
}

function startAllFrames() { document.querySelectorAll(".frames").forEach(startFrames); }

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAllFrames);
else startAllFrames();
