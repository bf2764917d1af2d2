// Short messages in the corner: why something could not be done.
"use strict";
(() => {
  const box = document.getElementById("messages");
  const close = document.querySelector("#shortcuts form button")?.textContent || "×";

  function show(text, { href = "", level = "", seconds = 12 } = {}) {
    const message = document.createElement("div");
    message.className = "message" + (level ? ` level-${level}` : "");
    const words = document.createElement(href ? "a" : "span");
    words.className = "grow";
    words.textContent = text;
    if (href) words.href = href;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small quiet";
    button.textContent = close;
    button.addEventListener("click", () => message.remove());
    message.append(words, button);
    box.append(message);
    while (box.children.length > 4) box.firstElementChild.remove();
    setTimeout(() => message.remove(), seconds * 1000);
  }

  window.groundswellMessages = { show };
  document.addEventListener("htmx:response:error", (event) => {
    const response = event.detail.ctx.response;
    const source = event.detail.ctx.sourceElement;
    // The stream has its own sign; what a page refreshes by itself keeps its last content, quietly.
    const byItself = ["every", "load", "live-alert", "live-reset"].includes(event.detail.ctx.sourceEvent?.type);
    if (source.id === "live" || response.status === 401 || byItself) return;
    const told = response.headers.get("X-Message");
    show(told ? decodeURIComponent(told) : `${response.status}`);
  });
})();
