// The query's mirror, jumping to an error, and ids made from names.
"use strict";
(() => {
  const text = document.getElementById("query");
  const mirror = document.getElementById("mirror");

  if (text && mirror) {
    const follow = () => { mirror.scrollTop = text.scrollTop; };
    // At once: the same text without marks, so that old marks never stand under other words.
    text.addEventListener("input", () => { mirror.textContent = text.value; follow(); });
    text.addEventListener("scroll", follow);
    document.addEventListener("htmx:after:swap", () => {
      const marked = document.getElementById("marked");
      if (marked && marked.content.textContent.trimEnd() === text.value.trimEnd()) {
        mirror.replaceChildren(marked.content.cloneNode(true));
        follow();
      }
      if (document.querySelector("#query-errors [data-good]")) htmx.trigger(document.body, "query-good");
    });
    document.addEventListener("click", (event) => {
      const jump = event.target.closest("[data-jump]");
      if (!jump) return;
      // Positions count code points; the text box counts UTF-16 units.
      const units = [...text.value].slice(0, Number(jump.dataset.jump)).join("").length;
      text.focus();
      text.setSelectionRange(units, units);
    });
  }

  const name = document.querySelector("[data-id-from]");
  const id = document.querySelector("[data-id]");
  if (name && id) {
    let isOwn = id.value !== "";
    id.addEventListener("input", () => { isOwn = id.value !== ""; });
    name.addEventListener("input", () => {
      if (isOwn) return;
      const words = name.value.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-");
      id.value = words.replace(/^-+|-+$/g, "").slice(0, 63).replace(/-+$/, "");
    });
  }
})();
