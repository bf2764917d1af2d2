// Writes every <time> in the browser's zone, or the chosen one, with how long ago it was.
"use strict";
(() => {
  const page = document.documentElement;
  const language = page.lang || "en";
  const zone = page.dataset.zone || undefined;
  const format = (options) => new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: "h23", ...options });
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const clockSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  const shortDay = format({ month: "short", day: "numeric" });
  const full = format({ dateStyle: "full", timeStyle: "long" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  function ago(time, now) {
    const seconds = (time - now) / 1000;
    const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) || units[3];
    return relative.format(Math.trunc(seconds / size), unit);
  }

  function date(time, now) {
    if (day.format(time) === day.format(now)) return "";
    return (Math.abs(now - time) < 300 * 86400e3 ? shortDay : day).format(time) + " ";
  }

  function told(time, style, now) {
    const isOld = Math.abs(now - time) > 7 * 86400e3;
    if (style === "relative" && !isOld) return ago(time, now);
    if (style === "exact") return date(time, now) + clockSeconds.format(time);
    if (style === "stamp") return `${shortDay.format(time)} ${clock.format(time)}`;
    if (style === "clock") return date(time, now) + clock.format(time);
    const isFar = Math.abs(now - time) > 36 * 3600e3;
    const gap = language.startsWith("zh") ? `（${ago(time, now)}）` : ` (${ago(time, now)})`;
    return date(time, now) + clock.format(time) + (isFar ? "" : gap);
  }

  function write(root = document) {
    const now = new Date();
    for (const element of root.querySelectorAll("time[datetime]")) {
      const time = new Date(element.dateTime);
      if (isNaN(time)) continue;
      const text = told(time, element.dataset.style, now);
      if (element.textContent !== text) element.textContent = text;
      if (!element.title) element.title = full.format(time);
    }
  }

  const axis = { clock, shortDay, full };
  window.groundswellTimes = { write, axis };
  // Days that are searched for begin when they begin here.
  for (const field of document.querySelectorAll("[data-browser-zone]")) {
    field.value ||= new Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  write();
  setInterval(write, 10000);
  document.addEventListener("htmx:after:swap", () => write());
})();
