// A switch on each lesson that hides the deeper sections. The browser remembers it if it may.
const coreOnly = "core-only";

function remembered() {
  try { return localStorage.getItem(coreOnly) === "true"; } catch { return false; }
}

function hideDeeper(hide) {
  document.documentElement.classList.toggle(coreOnly, hide);
  document.getElementById(coreOnly).checked = hide;
}

// A link to a deeper section shows it.
function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.closest(".deeper") && remembered()) {
    hideDeeper(false);
    target.scrollIntoView();
  }
}

document.documentElement.classList.toggle(coreOnly, remembered());  // before anything is drawn
document.addEventListener("DOMContentLoaded", () => {
  const line = document.querySelector(".ways-to-run");
  if (!line || !document.querySelector(".deeper")) return;
  line.insertAdjacentHTML("beforeend",
    `<label><input type="checkbox" id="${coreOnly}">Core only: hide the deeper sections</label>`);
  hideDeeper(remembered());
  line.querySelector("input").addEventListener("change", event => {
    hideDeeper(event.target.checked);
    try { localStorage.setItem(coreOnly, event.target.checked); } catch { /* not remembered */ }
  });
  addEventListener("hashchange", showTarget);
  showTarget();
});
