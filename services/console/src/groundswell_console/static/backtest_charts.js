// A backtest's charts: alarms a day by level, and what each threshold would have given.
"use strict";
(() => {
  function alarms(data, kit) {
    const options = kit.frame(0);
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", month: "short", day: "numeric" });
    const wanted = { silent: true, symbol: "none", animation: false, data: [{ yAxis: data.wanted, lineStyle: { color: kit.colour("muted"), type: "dashed" }, label: { formatter: data.words.wanted, color: kit.colour("muted"), position: "insideEndTop" } }] };
    options.series = data.levels.map(({ level, name, values }, i) => ({
      name, type: "bar", stack: "alarms", animation: false, barMaxWidth: 34,
      data: values,
      itemStyle: { color: kit.colour(`level-${level}`), borderColor: kit.colour("surface"), borderWidth: 1 },
      label: { show: true, color: kit.colour("surface"), fontSize: 10, formatter: (bar) => (bar.value ? level : "") },
      markLine: i === 0 && data.wanted ? wanted : undefined,
    }));
    options.xAxis = { ...options.xAxis, type: "category", data: data.times.map((time) => day.format(time)), axisLabel: { color: kit.colour("muted"), hideOverlap: true } };
    options.tooltip.formatter = (rows) => [rows[0].name, ...rows.map((row) => `${row.seriesName}  ${row.value}`)].join("\n");
    return options;
  }

  function thresholds(data, kit) {
    const options = kit.frame(0);
    const ink = kit.colour("muted");
    options.grid.bottom = 24;
    options.xAxis = { ...options.xAxis, type: "value", min: 0, max: 100, name: data.words.score, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: ink }, axisLabel: { color: ink } };
    const guide = (place, text, type) => ({ ...place, lineStyle: { color: kit.colour("level-II"), type, width: 2 }, label: { formatter: text, color: kit.colour("ink"), position: "xAxis" in place ? "insideEndTop" : "insideStartTop" } });
    const marks = [];
    if (data.suggested > 0) marks.push(guide({ xAxis: data.suggested }, data.words.suggested, "solid"));
    if (data.wanted != null) marks.push(guide({ yAxis: data.wanted }, data.words.wanted, "dashed"));
    if (data.present != null) marks.push(guide({ xAxis: data.present }, data.words.present, "dotted"));
    options.series = [{
      name: data.words.alarms, type: "line", step: "end", showSymbol: false, animation: false,
      data: data.points.map((point) => [point[0], point[1]]),
      lineStyle: { color: kit.colour("accent"), width: 2 }, itemStyle: { color: kit.colour("accent") },
      areaStyle: { color: kit.colour("accent"), opacity: 0.12 },
      markLine: { silent: true, symbol: "none", animation: false, data: marks },
    }];
    if (data.points.some((point) => point[2])) {
      options.series.push({ name: data.words.missed, type: "line", step: "end", showSymbol: false, animation: false, data: data.points.map((point) => [point[0], point[2]]), lineStyle: { color: kit.colour("bad"), width: 2, type: "dotted" }, itemStyle: { color: kit.colour("bad") } });
    }
    options.tooltip.formatter = (rows) => [`${data.words.score} ${kit.compact.format(rows[0].value[0])}`, ...rows.map((row) => `${row.seriesName}  ${kit.compact.format(row.value[1])}`)].join("\n");
    return options;
  }

  window.groundswellCharts = { ...window.groundswellCharts, alarms, thresholds };
})();
