// On a narrow screen a tap on a picture, or the link below it, shows it in full size: the one that
// its sliders show now. A tap or Escape closes it.
document.addEventListener("DOMContentLoaded", () => {
  const links = document.querySelectorAll("a.full-size");
  if (!links.length) return;
  document.body.insertAdjacentHTML("beforeend", '<dialog id="full-size"></dialog>');
  const dialog = document.getElementById("full-size");

  function show(image) {
    const copy = new Image(image.getAttribute("width"));
    copy.src = image.currentSrc || image.src;
    copy.alt = image.alt;
    dialog.innerHTML = '<button type="button" autofocus>Close</button><div tabindex="0"></div>';
    dialog.lastChild.append(copy);
    dialog.setAttribute("aria-label", "The picture in full size");
    dialog.showModal();
  }

  dialog.addEventListener("click", () => dialog.close());
  for (const link of links) {
    const image = link.parentElement.querySelector("img");
    const isNarrow = () => getComputedStyle(link).display !== "none";
    image.addEventListener("click", () => isNarrow() && show(image));
    link.addEventListener("click", event => {
      event.preventDefault();
      show(image);
    });
  }
});
