// A button below each animated picture plays it again, and for the first time where it stood still.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".play-again")) {
    const image = button.parentElement.querySelector("img");
    button.hidden = false;
    button.addEventListener("click", () => {
      image.parentElement.querySelector("source")?.remove();
      image.src = `${image.src.split("?")[0]}?again=${Date.now()}`;  // the same address would not
    });
  }
});
