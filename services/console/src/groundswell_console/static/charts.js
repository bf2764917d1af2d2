// A story's series: documents and copies as bars, heat as a line, level changes as marks.
"use strict";
(() => {
  const box = document.querySelector("[data-chart]");
  if (!box) return;
  const failed = document.querySelector(".chart-failed");
  let chart = null;
  let data = null;

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => {
    // Resolves light-dark() pairs, which the chart library cannot read.
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    box.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  function axisTime(value) {
    const { clock, shortDay } = window.groundswellTimes.axis;
    const span = data.times.at(-1) - data.times[0];
    return span > 2 * 86400e3 ? shortDay.format(value) : clock.format(value);
  }

  const points = (values) => data.times.map((time, i) => [time, values[i]]);

  function bars(name, values, fill) {
    return { name, type: "bar", stack: "documents", data: points(values), itemStyle: { color: fill }, barMaxWidth: 14, animation: false };
  }

  function marks() {
    return {
      silent: true, symbol: "none", animation: false,
      data: data.levels.filter((one) => one.time >= data.times[0]).map((one) => ({
        xAxis: one.time,
        lineStyle: { color: colour(`level-${one.level}`), type: "solid", width: 1.5 },
        label: { formatter: one.level === "NONE" ? "–" : one.level, color: colour(`level-${one.level}`), fontWeight: "bold" },
      })),
    };
  }

  function options() {
    const ink = colour("muted");
    const line = { lineStyle: { color: colour("line") } };
    const series = [
      { ...bars(data.words.documents, data.documents, colour("accent")), markLine: marks() },
      bars(data.words.copies, data.copies, colour("line-strong")),
    ];
    const axes = [{ type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: line }];
    if (data.heat.length) {
      series.push({ name: data.words.heat, type: "line", yAxisIndex: 1, data: points(data.heat), connectNulls: true, showSymbol: false, lineStyle: { color: colour("level-II"), width: 2 }, itemStyle: { color: colour("level-II") }, animation: false });
      axes.push({ type: "value", axisLabel: { color: ink, formatter: (value) => compact.format(value) }, splitLine: { show: false } });
    }
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 14, itemHeight: 10 },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("surface"), borderColor: colour("line-strong"), textStyle: { color: colour("ink") }, axisPointer: { type: "line", label: { show: false } }, formatter: tip },
      xAxis: { type: "time", axisLabel: { color: ink, formatter: axisTime, hideOverlap: true }, axisLine: line, axisTick: line, splitLine: { show: false } },
      yAxis: axes,
      series,
    };
  }

  const compact = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

  function tip(rows) {
    const { clock, shortDay } = window.groundswellTimes.axis;
    const time = rows[0].value[0];
    const lines = rows.filter((row) => row.value[1] != null).map((row) => `${row.seriesName}  ${compact.format(row.value[1])}`);
    return [`${shortDay.format(time)} ${clock.format(time)}`, ...lines].join("\n");
  }

  function draw() {
    if (chart) chart.dispose();
    box.replaceChildren();
    chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(options());
    box.dataset.drawn = "true";
  }

  async function load() {
    try {
      const response = await fetch(box.dataset.chart, { headers: { "HX-Request": "true" } });
      if (!response.ok) throw new Error(String(response.status));
      data = await response.json();
      if (data.times.length) draw();
      else box.hidden = true;
    } catch {
      box.hidden = !chart;
      failed.hidden = Boolean(chart);
    }
  }

  dark.addEventListener("change", () => { if (data) draw(); });
  new ResizeObserver(() => chart?.resize()).observe(box);
  document.body.addEventListener("live-alert", () => load());
  setInterval(() => { if (!document.hidden) load(); }, 30000);
  load();
})();
