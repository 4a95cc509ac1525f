// The shapes of bars.

/** Parallel lines across a box, cut at its sides. */
function hatch(box, rising) {
  let path = "";
  for (let at = box.x - box.height; at < box.x + box.width; at += 7) {
    const from = Math.max(at, box.x);
    const to = Math.min(at + box.height, box.x + box.width);
    if (from >= to) continue;
    const low = box.y + box.height;
    const y = (x) => (rising ? low - (x - at) : box.y + (x - at));
    path += "M" + from + " " + y(from) + "L" + to + " " + y(to);
  }
  return path;
}

/** A disc with a sign in it, for those who do not see the colours apart. */
function badge(x, y, status) {
  const r = 7;
  const sign = {
    failed: "M-3 -3L3 3M3 -3L-3 3",
    interrupted: "M-2.5 -2.5L2.5 -2.5L2.5 2.5L-2.5 2.5Z",
    running: "M-2 -3.2L3.2 0L-2 3.2Z",
  }[status];
  const solid = status !== "failed";
  return [
    { type: "circle", shape: { cx: 0, cy: 0, r }, style: { fill: colour(status), stroke: colour("paper"), lineWidth: 1.5 } },
    {
      type: "path",
      shape: { pathData: sign },
      style: solid ? { fill: colour("paper") } : { fill: "none", stroke: colour("paper"), lineWidth: 2 },
    },
  ].map((shape) => ({ ...shape, x, y }));
}

/** Shapes of one bar in the box it fills; `visible` is the end of its row in sight. */
function barShapes(bar, box, visible, focused) {
  const idle = bar.kind === "waiting" || bar.kind === "starting";
  const thin = idle ? 0.34 : bar.status === "skipped" ? 0.5 : 1;
  const height = Math.round(box.height * thin);
  const shape = { x: box.x, y: box.y + (box.height - height) / 2, width: Math.max(2, box.width), height };
  const skipped = bar.status === "skipped";
  const marked = ["failed", "interrupted", "running"].includes(bar.status);
  const style = { fill: skipped ? colour("paper") : colour(bar.kind) };
  if (skipped) Object.assign(style, { stroke: colour("soft"), lineWidth: 1, lineDash: [3, 2] });
  if (marked) style.opacity = 0.55;
  const shapes = [{ type: "rect", shape: { ...shape, r: idle ? 2 : 3 }, style }];
  if (marked) {
    const edge = { fill: "none", stroke: colour(bar.status), lineWidth: 2 };
    if (bar.status === "running") edge.lineDash = [2, 3];
    else {
      const lines = { pathData: hatch(shape, bar.status === "failed") };
      if (lines.pathData) {
        shapes.push({ type: "path", shape: lines, style: { fill: "none", stroke: colour(bar.status), lineWidth: 2 }, silent: true });
      }
    }
    shapes.push({ type: "rect", shape: { ...shape, r: 3 }, style: edge, silent: true });
  } else if (!idle && !skipped) {
    shapes.push(...caption(bar, shape));
  }
  if (marked) {
    shapes.push(...badge(Math.min(shape.x + shape.width, visible - 8), box.y + box.height / 2, bar.status));
  }
  if (focused) {
    shapes.push({
      type: "rect",
      shape: { x: shape.x - 4, y: box.y - 4, width: shape.width + 8, height: box.height + 8, r: 5 },
      style: { fill: "none", stroke: colour("focus"), lineWidth: 2.5 },
      silent: true,
      z2: 20,
    });
  }
  return shapes;
}

/** Name and duration, as much of it as there is room for. */
function caption(bar, shape) {
  const text = [bar.kind + "  " + brief(bar.duration_ms), bar.kind].find(
    (words) => textWidth(words, "12px") + 12 < shape.width && shape.height >= 14,
  );
  return text
    ? [{
        type: "text",
        style: {
          text, x: shape.x + 6, y: shape.y + shape.height / 2 + 0.5, fill: colour("on-bar"),
          font: "12px " + FONT, verticalAlign: "middle",
        },
        silent: true,
      }]
    : [];
}
