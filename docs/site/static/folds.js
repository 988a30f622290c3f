// A word that was searched for and is only in folds opens them; if it is elsewhere, too, they stay
// closed: they hide answers.
function openFolds() {
  const found = [...document.querySelectorAll("main .highlighted")];
  if (found.some(word => !word.closest("details:not([open])"))) return;
  for (const word of found)
    for (let fold = word; (fold = fold.parentElement.closest("details"));) fold.open = true;
}

// Sphinx marks the words 10 ms after the page is there.
document.addEventListener("DOMContentLoaded", () => setTimeout(openFolds, 20));
