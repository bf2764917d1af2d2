// A story's charts: counts with heat and level changes, what is expected, how it spread.
"use strict";
(() => {
  const pairs = (times, values) => times.map((time, i) => [time, values[i]]);

  function bars(name, times, values, fill) {
    return { name, type: "bar", stack: "documents", data: pairs(times, values), itemStyle: { color: fill }, barMaxWidth: 14, animation: false };
  }

  function line(name, times, values, { colour, ...more }) {
    return { name, type: "line", data: pairs(times, values), showSymbol: false, lineStyle: { color: colour, width: 2 }, itemStyle: { color: colour }, animation: false, ...more };
  }

  function marks(levels, from, kit) {
    return {
      silent: true, symbol: "none", animation: false,
      data: levels.filter((one) => one.time >= from).map((one) => ({
        xAxis: one.time,
        lineStyle: { color: kit.colour(`level-${one.level}`), type: "solid", width: 1.5 },
        label: { formatter: one.level === "NONE" ? "–" : one.level, color: kit.colour(`level-${one.level}`), fontWeight: "bold" },
      })),
    };
  }

  function series(data, kit) {
    const { times, words } = data;
    const options = kit.frame(times.at(-1) - times[0]);
    options.series = [
      { ...bars(words.documents, times, data.documents, kit.colour("accent")), markLine: marks(data.levels, times[0], kit) },
      bars(words.copies, times, data.copies, kit.colour("line-strong")),
    ];
    if (data.heat.length) {
      options.series.push(line(words.heat, times, data.heat, { colour: kit.colour("level-II"), yAxisIndex: 1, step: "end" }));
      options.yAxis.push({ ...options.yAxis[0], minInterval: 0, min: 0, splitLine: { show: false } });
    }
    return options;
  }

  // The last day by hours, then the expected line within the band that holds four times in five.
  function forecast(data, kit) {
    const { times, words, points } = data;
    const ends = points.map((point) => point[0]);
    const from = times.length ? Math.min(times[0], data.now) : data.now;
    const options = kit.frame(0);
    const band = kit.colour("accent");
    const nothing = { opacity: 0, width: 0 };
    const low = points.map((point) => point[2]);
    const width = points.map((point) => point[3] - point[2]);
    const now = { xAxis: data.now, lineStyle: { color: kit.colour("muted"), type: "dashed" }, label: { formatter: words.now, color: kit.colour("muted"), position: "insideEndTop" } };
    const levels = marks(data.levels.slice(-1), from, kit); // more would stand in each other's way
    levels.data.push(now);
    options.series = [
      bars(words.documents, times, data.documents, band),
      bars(words.copies, times, data.copies, kit.colour("line-strong")),
      line("_low", ends, low, { colour: band, stack: "band", lineStyle: nothing }),
      line(words.band, ends, width, { colour: band, stack: "band", lineStyle: nothing, areaStyle: { color: band, opacity: 0.18 } }),
      { ...line(words.expected, ends, points.map((point) => point[1]), { colour: band }), lineStyle: { color: band, width: 2, type: "dashed" }, markLine: levels },
    ];
    options.legend.data = [words.documents, words.copies, words.expected, { name: words.band, icon: "rect", itemStyle: { opacity: 0.3 } }];
    options.yAxis[0].minInterval = 0;
    options.tooltip.formatter = (rows) => {
      const point = points[ends.indexOf(rows[0].value[0])];
      const whole = (value) => kit.compact.format(value);
      if (point) return [kit.moment(point[0]), `${words.expected}  ${whole(point[1])}`, `${words.band}  ${whole(point[2])} – ${whole(point[3])}`].join("\n");
      return [kit.moment(rows[0].value[0]), ...rows.map((row) => `${row.seriesName}  ${whole(row.value[1])}`)].join("\n");
    };
    return options;
  }

  const LOOKS = {
    first_hand: ["accent", "solid"], copies: ["line-strong", "solid"], outlets: ["ink", "solid"],
    source_kinds: ["level-IV", "dashed"], places: ["level-II", "dotted"], languages: ["level-I", [8, 3, 2, 3]],
  };

  function spread(data, kit) {
    const options = kit.frame(data.times.at(-1) - data.times[0]);
    options.yAxis.push({ ...options.yAxis[0], splitLine: { show: false } });
    options.series = data.lines.map(({ key, name, values }) => {
      const [shade, type] = LOOKS[key];
      const colour = kit.colour(shade);
      const area = key === "first_hand" || key === "copies" ? { stack: "documents", areaStyle: { color: colour, opacity: 0.25 } } : {};
      const axis = area.stack ? 0 : 1; // counts of names are far fewer than those of documents
      return { ...line(name, data.times, values, { colour, step: "end", yAxisIndex: axis, ...area }), lineStyle: { color: colour, width: 2, type } };
    });
    return options;
  }

  window.groundswellCharts = { ...window.groundswellCharts, series, forecast, spread };
})();
