// How long each step took in the runs before.
(() => {
  const choice = document.getElementById("past-vm");
  const said = document.getElementById("past-said");
  const drawn = new Set(facts.lanes.map((lane) => lane.run));
  const vms = [...new Set(facts.past.map((run) => run.vm))];
  const worst = facts.lanes.find((lane) => lane.outcome === "failed" && vms.includes(lane.vm));
  const CROSS = "path://M-4 -2L-2 -4L0 -2L2 -4L4 -2L2 0L4 2L2 4L0 2L-2 4L-4 2L-2 0Z";
  let panel = 0;
  let at = -1;
  let focused = false;

  for (const vm of vms) choice.append(new Option(vm, vm));
  choice.value = worst ? worst.vm : vms[0] || "";
  const { element, chart } = place("past", () => draw());

  const runs = () => facts.past.filter((run) => run.vm === choice.value);
  const taken = (step) => step && { duration_ms: step[0], status: step[1] };
  const whole = (run) => ({ duration_ms: run.duration_ms, status: run.status });

  /** One for each step that was ever taken, and one for the run. */
  function panels() {
    const steps = STEPS.filter((step) => runs().some((run) => run.steps[step]));
    return [
      ...steps.map((step) => ({ title: step, hue: step, of: (run) => taken(run.steps[step]) })),
      { title: "whole run", hue: "ink", of: whole },
    ].map((one) => ({
      ...one,
      points: runs().map((run) => {
        const step = one.of(run);
        return step && step.status !== "skipped" && step.duration_ms !== null ? { run, ...step } : null;
      }),
    })).filter((one) => one.points.some(Boolean));
  }

  function median(points) {
    const sorted = points.filter(Boolean).map((point) => point.duration_ms).sort((a, b) => a - b);
    return sorted[Math.max(1, Math.ceil(sorted.length / 2)) - 1];
  }

  function words({ title }, { run, duration_ms, status }) {
    return run.vm + ", run " + run.run + ": " + title + ", " + status + ", " + brief(duration_ms) +
      ", started " + run.started_at;
  }

  function look(point, hue, here) {
    const bad = { failed: CROSS, interrupted: "rect" }[point.status];
    const shown = drawn.has(point.run.run);
    return {
      symbol: bad || "circle",
      symbolSize: here ? 15 : bad ? 11 : shown ? 11 : 6,
      itemStyle: {
        color: bad ? colour(point.status) : shown ? colour("paper") : colour(hue),
        borderColor: here ? colour("focus") : shown && !bad ? colour(hue) : colour("paper"),
        borderWidth: here ? 3 : shown && !bad ? 3 : 0.5,
      },
    };
  }

  function option(list, columns) {
    const width = element.clientWidth / columns;
    const labels = runs().map((run) => String(run.run));
    const parts = { title: [], grid: [], xAxis: [], yAxis: [], series: [] };
    list.forEach((one, index) => {
      const left = Math.round((index % columns) * width);
      const top = Math.floor(index / columns) * 190;
      const most = Math.max(1, ...one.points.map((point) => (point ? point.duration_ms : 0)));
      const distance = apart(most, 3);
      const text = { color: colour("soft"), fontFamily: FONT, fontSize: 12 };
      parts.title.push({
        text: one.title, subtext: "median " + brief(median(one.points)), left, top: top + 4, padding: 0, itemGap: 2,
        textStyle: { color: colour("ink"), fontFamily: FONT, fontSize: 14, lineHeight: 18 },
        subtextStyle: { ...text, lineHeight: 16 },
      });
      parts.grid.push({ left: left + 64, width: width - 64 - 28, top: top + 56, height: 94 });
      parts.xAxis.push({
        type: "category", gridIndex: index, data: labels, boundaryGap: true, axisTick: { show: false },
        axisLine: { lineStyle: { color: colour("line") } },
        axisLabel: {
          ...text, hideOverlap: true,
          interval: (place) => place === 0 || place === labels.length - 1,
          formatter: (run) => "run " + run,
        },
      });
      parts.yAxis.push({
        type: "value", gridIndex: index, min: 0, max: Math.ceil(most / distance) * distance, interval: distance,
        axisLabel: { ...text, formatter: (ms) => tick(ms, distance) },
        splitLine: { lineStyle: { color: colour("line") } },
      });
      parts.series.push({
        type: "line", xAxisIndex: index, yAxisIndex: index, connectNulls: true, showAllSymbol: true, cursor: "pointer",
        lineStyle: { color: colour(one.hue), width: 1.5, opacity: 0.7 },
        data: one.points.map((point, place) => point
          ? { value: point.duration_ms, ...look(point, one.hue, focused && panel === index && at === place) }
          : { value: null }),
        markLine: {
          silent: true, symbol: "none", animation: false, label: { show: false },
          lineStyle: { color: colour("soft"), type: "dashed", width: 1 }, data: [{ yAxis: median(one.points) }],
        },
      });
    });
    return {
      ...parts,
      animation: false,
      tooltip: {
        ...tooltip(),
        formatter: ({ seriesIndex, dataIndex }) => {
          const point = list[seriesIndex].points[dataIndex];
          return point
            ? tip("run " + point.run.run + " \u00b7 " + list[seriesIndex].title,
                point.status + " \u00b7 " + brief(point.duration_ms), point.run.started_at)
            : "";
        },
      },
    };
  }

  function draw() {
    const list = panels();
    const columns = Math.max(1, Math.min(3, Math.floor(element.clientWidth / 300)));
    element.style.height = Math.ceil(list.length / columns) * 190 + "px";
    chart.resize();
    chart.setOption(option(list, columns), { notMerge: true });
  }

  function go(nextPanel, next, direction) {
    const list = panels();
    if (!list[nextPanel]) return;
    let place = next;
    while (direction && place >= 0 && place < list[nextPanel].points.length && !list[nextPanel].points[place]) {
      place += direction;
    }
    const point = list[nextPanel].points[place];
    if (!point) return;
    panel = nextPanel;
    at = place;
    focused = true;
    draw();
    showTip(chart, () => focused && { seriesIndex: panel, dataIndex: at });
    said.textContent = words(list[panel], point);
  }

  /** Another step of the same run, or of the nearest that took it. */
  function step(by) {
    for (let next = panel + by; panels()[next]; next += by) {
      const points = panels()[next].points;
      const near = points.map((point, index) => index).filter((index) => points[index])
        .sort((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
      if (near !== undefined) return go(next, near, 0);
    }
    return undefined;
  }

  const count = () => runs().length;
  keys(element, {
    ArrowRight: () => go(panel, at + 1, 1), ArrowLeft: () => go(panel, at - 1, -1),
    ArrowDown: () => step(1), ArrowUp: () => step(-1),
    Home: () => go(panel, 0, 1), End: () => go(panel, count() - 1, -1),
    Escape: () => chart.dispatchAction({ type: "hideTip" }),
  });
  element.addEventListener("focus", () => {
    if (element.matches(":focus-visible")) go(panel, at < 0 ? count() - 1 : at, -1);
  });
  element.addEventListener("blur", () => {
    focused = false;
    chart.dispatchAction({ type: "hideTip" });
    draw();
  });
  choice.addEventListener("change", () => {
    panel = 0;
    at = -1;
    said.textContent = "";
    draw();
  });
  chart.on("click", ({ seriesIndex, dataIndex }) => go(seriesIndex, dataIndex, 0));
  draw();
})();
