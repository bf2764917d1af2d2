// The stream of changes: its sign in the header, the banner when it is lost, a message for new alerts.
"use strict";
(() => {
  const stream = document.getElementById("live");
  if (!stream) return;
  const sign = document.getElementById("live-state");
  const lost = document.getElementById("lost");
  const notifierLost = document.getElementById("notifier-lost");
  const announcer = document.getElementById("announcer");
  const SILENCE = 15000; // a sign of life comes every 5 s
  let last = Date.now();
  let waiting = 0;

  function set(state) {
    sign.dataset.state = state;
    const isLost = state === "lost";
    if (lost.hidden === isLost) {
      lost.hidden = !isLost;
      const since = document.getElementById("lost-since");
      since.textContent = isLost ? window.groundswellTimes.axis.clock.format(new Date(last)) : "";
    }
    notifierLost.hidden = state !== "stale";
  }

  function alive(connected) {
    last = Date.now();
    set(connected ? "live" : "stale");
  }

  document.body.addEventListener("live-beat", (event) => alive(JSON.parse(event.detail.data).connected));
  document.body.addEventListener("live-reset", () => alive(true));
  document.body.addEventListener("live-alert", (event) => {
    alive(true);
    tell(JSON.parse(event.detail.data));
  });

  // Only what is new to a person: a new alert or a level that rose, never a repeat.
  function tell(alert) {
    if (!alert.news) return;
    const words = announcer.dataset.new.replace("{level}", alert.level).replace("{headline}", alert.headline);
    if (alert.level === "I" || alert.level === "II") announcer.textContent = words;
    window.groundswellMessages.show(words, { href: `/${alert.name}`, level: alert.level, seconds: 20 });
    if (document.hidden) {
      waiting += 1;
      document.title = `(${waiting}) ` + document.title.replace(/^\(\d+\) /, "");
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    waiting = 0;
    last = Math.max(last, Date.now() - SILENCE / 2); // the stream may have been resting
    document.title = document.title.replace(/^\(\d+\) /, "");
  });

  function leave(status) {
    if (status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  stream.addEventListener("htmx:sse:error", (event) => leave(event.detail.status));
  stream.addEventListener("htmx:response:error", (event) => leave(event.detail.ctx.response.status));

  setInterval(() => {
    if (document.hidden) return;
    if (Date.now() - last > SILENCE) set("lost");
    if (!stream._htmx?.sse) htmx.trigger(stream, "live-retry");
  }, 2500);
})();
