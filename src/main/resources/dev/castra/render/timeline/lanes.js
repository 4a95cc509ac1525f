// A row for each VM, a bar for each step.
(() => {
  const lanes = facts.lanes;
  const bars = lanes.flatMap((lane, row) => lane.bars.map((bar) => ({ lane, row, bar })));
  const end = Math.max(1, ...bars.map(({ bar }) => bar.start_ms + bar.duration_ms));
  const all = [0, end * 1.015];
  const said = document.getElementById("lanes-said");
  let seen = all.slice();
  let at = Math.max(0, bars.findIndex(({ bar }) => bar.status === "failed"));
  let focused = false;
  const { element, chart } = place("lanes", () => draw());

  const name = (lane) => lane.label;
  const outcome = (lane, narrow) =>
    MARKS[lane.outcome] + (narrow ? "" : " " + lane.outcome) +
    (lane.duration_ms === null ? "" : "  " + brief(lane.duration_ms));

  function words({ lane, bar }) {
    const run = lane.run === null ? "" : ", run " + lane.run;
    const text = name(lane) + (lane.label === lane.vm ? run : "") + ": " + kind(bar) + ", " + bar.status +
      ", " + brief(bar.duration_ms) + ", from " + brief(bar.start_ms);
    return bar.detail ? text + ". " + bar.detail : text;
  }

  function kind(bar) {
    return { waiting: "waiting for its turn", starting: "turn to boot and start" }[bar.kind] || bar.kind;
  }

  function layout() {
    const width = element.clientWidth;
    const narrow = width < 620;
    const widest = (texts, font) => Math.ceil(Math.max(0, ...texts.map((text) => textWidth(text, font))));
    const left = Math.min(narrow ? 92 : 220, widest(lanes.map(name), "600 13px") + 4);
    const right = widest(lanes.map((lane) => outcome(lane, narrow)), "13px") + 4;
    const row = lanes.length > 24 ? 26 : 36;
    return { narrow, left: left + 12, right: right + 14, row, plot: Math.max(40, width - left - right - 26) };
  }

  function option() {
    const { narrow, left, right, row, plot } = layout();
    const distance = apart(seen[1] - seen[0], Math.floor(plot / 80));
    const ticks = [];
    for (let ms = Math.ceil(seen[0] / distance) * distance; ms <= seen[1]; ms += distance) ticks.push(ms);
    const category = (data, position, label) => ({
      type: "category", inverse: true, data, position, axisTick: { show: false }, axisLine: { show: false },
      splitArea: position === "left" ? { show: true, areaStyle: { color: [colour("stripe"), colour("paper")] } } : undefined,
      axisLabel: { fontFamily: FONT, fontSize: 13, interval: 0, margin: 10, ...label },
    });
    return {
      animation: false,
      tooltip: { ...tooltip(), formatter: ({ dataIndex }) => told(bars[dataIndex]) },
      grid: { left, right, top: 30, bottom: 4 },
      dataZoom: [{
        type: "inside", filterMode: "none", startValue: seen[0], endValue: seen[1], minValueSpan: 4,
        zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, moveOnMouseMove: seen[1] - seen[0] < all[1],
      }],
      xAxis: {
        type: "value", min: all[0], max: all[1], position: "top", axisTick: { show: false, customValues: ticks },
        axisLabel: {
          color: colour("soft"), fontFamily: FONT, fontSize: 12, hideOverlap: true, customValues: ticks,
          formatter: (ms) => tick(ms, distance),
        },
        splitLine: { lineStyle: { color: colour("line") } },
      },
      yAxis: [
        category(lanes.map(name), "left", {
          color: colour("ink"), fontWeight: 600, width: left - 12, overflow: "truncate",
        }),
        category(lanes.map((lane, index) => String(index)), "right", {
          color: (index) => colour(lanes[index].outcome === "waiting" ? "running" : lanes[index].outcome),
          formatter: (index) => outcome(lanes[index], narrow),
        }),
      ],
      series: [{
        type: "custom", clip: false, encode: { x: [1, 2], y: 0 },
        data: bars.map(({ row: lane, bar }) => [lane, bar.start_ms, bar.start_ms + bar.duration_ms]),
        renderItem: (params, api) => shapes(params, api, Math.round(row * 0.6)),
      }],
    };
  }

  function shapes(params, api, height) {
    const [x, y] = api.coord([api.value(1), api.value(0)]);
    const [to] = api.coord([api.value(2), api.value(0)]);
    const plot = params.coordSys;
    const least = Math.max(2, to - x);
    const box = echarts.graphic.clipRectByRect({ x, y: y - height / 2, width: least, height }, plot);
    if (!box) return undefined;
    const index = params.dataIndex;
    return { type: "group", children: barShapes(bars[index].bar, box, plot.x + plot.width, focused && index === at) };
  }

  function told(one) {
    const { lane, bar } = one;
    return tip(
      name(lane) + " \u00b7 " + kind(bar),
      bar.status + " \u00b7 " + brief(bar.duration_ms) + " \u00b7 " + brief(bar.start_ms) + " to " +
        brief(bar.start_ms + bar.duration_ms),
      bar.detail,
    );
  }

  function draw() {
    element.style.height = 34 + lanes.length * layout().row + "px";
    chart.resize();
    chart.setOption(option(), { notMerge: true });
  }

  function show() {
    draw();
    showTip(chart, () => focused && { seriesIndex: 0, dataIndex: at });
  }

  /** Makes a bar the one that keys start from, brings it in sight and tells of it. */
  function go(index) {
    if (!bars[index]) return;
    at = index;
    focused = true;
    const { bar, row } = bars[at];
    const span = seen[1] - seen[0];
    if (bar.start_ms < seen[0] || bar.start_ms > seen[1]) {
      const from = Math.min(Math.max(0, bar.start_ms - span / 4), all[1] - span);
      seen = [from, from + span];
    }
    show();
    const top = element.getBoundingClientRect().top + 30 + row * layout().row;
    if (top < 8) scrollBy(0, top - 48);
    if (top > innerHeight - 110) scrollBy(0, top - innerHeight + 150);
    said.textContent = words(bars[at]);
  }

  const first = (row) => bars.findIndex((one) => one.row === row);
  const last = (row) => bars.findLastIndex((one) => one.row === row);
  const beside = (step) => bars[at + step] && bars[at + step].row === bars[at].row && go(at + step);

  /** The bar of the next row that has one which is nearest in time. */
  function across(step) {
    const start = bars[at].bar.start_ms;
    for (let row = bars[at].row + step; lanes[row]; row += step) {
      const there = bars.map((one, index) => index).filter((index) => bars[index].row === row);
      if (there.length) {
        const far = (index) => Math.abs(bars[index].bar.start_ms - start);
        return go(there.reduce((best, index) => (far(index) < far(best) ? index : best)));
      }
    }
    return undefined;
  }

  function zoom(factor) {
    const middle = focused ? bars[at].bar.start_ms : (seen[0] + seen[1]) / 2;
    const span = Math.min(all[1], Math.max(4, (seen[1] - seen[0]) * factor));
    const from = Math.min(Math.max(0, middle - span / 2), all[1] - span);
    seen = [from, from + span];
    show();
  }

  function showAll() {
    seen = all.slice();
    show();
  }

  keys(element, {
    ArrowRight: () => beside(1), ArrowLeft: () => beside(-1),
    ArrowDown: () => across(1), ArrowUp: () => across(-1),
    Home: () => go(first(bars[at].row)), End: () => go(last(bars[at].row)),
    "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), 0: showAll,
    Escape: () => chart.dispatchAction({ type: "hideTip" }),
  });
  element.addEventListener("focus", () => element.matches(":focus-visible") && go(at));
  element.addEventListener("blur", () => {
    focused = false;
    chart.dispatchAction({ type: "hideTip" });
    draw();
  });
  chart.on("click", ({ dataIndex }) => go(dataIndex));
  chart.on("datazoom", () => {
    const { startValue, endValue } = chart.getOption().dataZoom[0];
    seen = [startValue, endValue];
    draw();
  });
  document.getElementById("zoom-in").addEventListener("click", () => zoom(0.5));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(2));
  document.getElementById("zoom-all").addEventListener("click", showAll);
  draw();
})();
