// The search shows words of a page's text, not of the lists around it.
function articleOf(htmlText) {
  const page = new DOMParser().parseFromString(htmlText, "text/html");
  const article = page.querySelector("article.bd-article");
  if (!article) return htmlText;
  for (const other of article.querySelectorAll("h1, .on-the-web, .ways-to-run, .letters")) other.remove();
  return `<div role="main">${article.innerHTML}</div>`;
}

document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search !== "undefined") {
    const toText = Search.htmlToText;
    Search.htmlToText = (htmlText, anchor) => toText(articleOf(htmlText), anchor);
  } else {
    // An article that has none of the words has nothing to hide. Sphinx marks them after 10 ms.
    setTimeout(() => {
      if (!document.querySelector(".bd-article .highlighted")) SphinxHighlight.hideSearchWords();
    }, 100);
  }
});
