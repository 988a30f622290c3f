// A word of the glossary shows its meaning beside it: under a pointer, with the focus, or at the
// first tap. Escape, leaving it, or a tap elsewhere hides it. The word itself is a link to the
// glossary, and without this script its title has the meaning.
document.addEventListener("DOMContentLoaded", () => {
  const words = document.querySelectorAll("a.glossary");
  if (!words.length || !HTMLElement.prototype.showPopover) return;
  document.body.insertAdjacentHTML("beforeend", '<div id="meaning" role="tooltip" popover="manual"></div>');
  const meaning = document.getElementById("meaning");
  let shown = null, timer = 0, wasShown = false;

  function show(word) {
    clearTimeout(timer);
    if (word === shown) return;
    hide();
    meaning.textContent = word.dataset.meaning;
    word.setAttribute("aria-describedby", meaning.id);
    meaning.showPopover();
    shown = word;
    // Above the word's first line, or below its last one if there is no room; never off the screen.
    const lines = word.getClientRects(), first = lines[0], last = lines[lines.length - 1];
    const box = meaning.getBoundingClientRect(), edge = 8;
    const isAbove = first.top > box.height + 2 * edge, at = isAbove ? first : last;
    const top = isAbove ? at.top - box.height - 4 : at.bottom + 4;
    const width = document.documentElement.clientWidth;
    const left = Math.max(edge, Math.min(at.left, width - box.width - edge));
    meaning.style.top = `${top + scrollY}px`;
    meaning.style.left = `${left + scrollX}px`;
  }

  function hide() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (meaning.matches(":popover-open")) meaning.hidePopover();
  }

  // A pointer that only passes shows nothing, and one that goes to the meaning finds it there.
  function soon(action) {
    clearTimeout(timer);
    timer = setTimeout(action, 200);
  }

  for (const word of words) {
    word.dataset.meaning = word.title;
    word.removeAttribute("title");
    word.addEventListener("pointerenter", event => event.pointerType === "mouse" && soon(() => show(word)));
    word.addEventListener("pointerleave", event => event.pointerType === "mouse" && soon(hide));
    word.addEventListener("pointerdown", () => { wasShown = word === shown; });
    word.addEventListener("focus", () => show(word));
    word.addEventListener("blur", hide);
    word.addEventListener("click", event => {
      if (event.pointerType && event.pointerType !== "mouse" && !wasShown) {
        event.preventDefault();  // the second tap opens the glossary
        show(word);
      }
    });
  }
  meaning.addEventListener("pointerenter", () => clearTimeout(timer));
  meaning.addEventListener("pointerleave", () => soon(hide));
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
  document.addEventListener("pointerdown", event => {
    if (!event.target.closest("a.glossary, #meaning")) hide();
  });
});
