// On paper everything is unfolded, and black on white. Afterwards the page is as it was.
let opened = [], theme;

addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  for (const fold of opened) fold.open = true;
  for (const image of document.querySelectorAll("main img")) image.loading = "eager";
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});

addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
  document.documentElement.dataset.theme = theme;
});
