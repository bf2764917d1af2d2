// Keyboard: g then a letter goes to a page, j and k walk rows, / searches, ? lists the keys.
"use strict";
(() => {
  const dialog = document.getElementById("shortcuts");
  const isOn = document.getElementById("keys-on");
  const PAGES = { o: "overview", s: "stories", f: "search", a: "alerts", i: "incidents", m: "monitors", u: "sources" };
  let going = 0;

  const here = document.querySelector(".nav [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - 60;

  isOn.checked = localStorage.getItem("keys") !== "off";
  isOn.addEventListener("change", () => localStorage.setItem("keys", isOn.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("[data-shortcuts]")) {
    button.addEventListener("click", () => dialog.showModal());
  }

  const rows = () => [...document.querySelectorAll("[data-rows] > li, [data-rows] > tbody > tr")];

  function walk(step) {
    const all = rows();
    if (!all.length) return;
    const current = all.findIndex((row) => row.classList.contains("is-current"));
    const next = current < 0 ? 0 : Math.min(Math.max(current + step, 0), all.length - 1);
    all[current]?.classList.remove("is-current");
    all[next].classList.add("is-current");
    all[next].querySelector("a.headline")?.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }

  function go(key) {
    document.querySelector(`[data-go="${PAGES[key]}"]`)?.click();
  }

  const ACTIONS = {
    j: () => walk(1),
    k: () => walk(-1),
    "?": () => dialog.showModal(),
    "/": () => document.querySelector("[data-search]")?.focus(),
    g: () => { going = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
      if (isTyping) event.target.blur();
    }
    if (isTyping || dialog.open || !isOn.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const isSecond = Date.now() - going < 1500 && event.key in PAGES;
    going = 0;
    if (isSecond) go(event.key);
    else if (ACTIONS[event.key]) ACTIONS[event.key]();
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
})();
