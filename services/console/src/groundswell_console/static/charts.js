// Draws every box with data-chart: fetches its numbers, keeps them fresh, redraws for another look.
// What a kind of chart looks like is told by groundswellCharts, which other scripts fill.
"use strict";
(() => {
  const boxes = [...document.querySelectorAll("[data-chart]")];
  if (!boxes.length) return;
  const drawn = new Map(); // box -> { chart, data }
  const compact = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

  function colour(name) {
    // Resolves light-dark() pairs, which the chart library cannot read.
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  function axisTime(span) {
    const { clock, shortDay } = window.groundswellTimes.axis;
    return (value) => (span > 2 * 86400e3 ? shortDay : clock).format(value);
  }

  function moment(value) {
    const { clock, shortDay } = window.groundswellTimes.axis;
    return `${shortDay.format(value)} ${clock.format(value)}`;
  }

  function tip(rows) {
    const shown = rows.filter((row) => row.value[1] != null && !row.seriesName.startsWith("_"));
    return [moment(rows[0].value[0]), ...shown.map((row) => `${row.seriesName}  ${compact.format(row.value[1])}`)].join("\n");
  }

  // The parts that all charts share; span is the length of the time axis, null for another axis.
  function frame(span) {
    const ink = colour("muted");
    const line = { lineStyle: { color: colour("line") } };
    const valueAxis = { type: "value", minInterval: 1, axisLabel: { color: ink, formatter: (value) => compact.format(value) }, nameTextStyle: { color: ink }, splitLine: line };
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 12, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 18, itemHeight: 10, type: "scroll", inactiveColor: colour("line-strong") },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("surface"), borderColor: colour("line-strong"), textStyle: { color: colour("ink") }, axisPointer: { type: "line", label: { show: false } }, formatter: tip },
      xAxis: { type: "time", axisLabel: { color: ink, formatter: axisTime(span), hideOverlap: true }, axisLine: line, axisTick: line, splitLine: { show: false } },
      yAxis: [valueAxis],
    };
  }

  const kit = { colour, compact, frame, moment };

  function draw(box, data) {
    drawn.get(box)?.chart.dispose();
    box.replaceChildren();
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(window.groundswellCharts[box.dataset.kind](data, kit));
    box.dataset.drawn = "true";
    drawn.set(box, { chart, data });
  }

  function told(box, data) {
    const failed = box.nextElementSibling;
    const isThere = data && (data.times?.length || data.points?.length);
    if (isThere) draw(box, data);
    box.hidden = !drawn.has(box);
    if (failed?.matches(".chart-failed")) failed.hidden = drawn.has(box) || data !== undefined;
  }

  async function load() {
    for (const address of new Set(boxes.map((box) => box.dataset.chart))) {
      let figures = {};
      try {
        const response = await fetch(address, { headers: { "HX-Request": "true" } });
        if (!response.ok) throw new Error(String(response.status));
        figures = await response.json();
        for (const box of boxes) if (box.dataset.chart === address) told(box, figures[box.dataset.kind] ?? null);
      } catch {
        for (const box of boxes) if (box.dataset.chart === address) told(box, undefined);
      }
    }
  }

  const redraw = () => { for (const [box, { data }] of drawn) draw(box, data); };
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const sizes = new ResizeObserver((seen) => { for (const one of seen) drawn.get(one.target)?.chart.resize(); });
  boxes.forEach((box) => sizes.observe(box));
  if (boxes.some((box) => !("once" in box.dataset))) {
    document.body.addEventListener("live-alert", () => load());
    setInterval(() => { if (!document.hidden) load(); }, 30000);
  }
  load();
})();
