"use strict";

// What the page is about, and how it is said.
const facts = JSON.parse(document.getElementById("facts").textContent);
const STEPS = ["wait-handshake", "connect", "transfer", "apply", "verify"];
const MARKS = {
  success: "\u2713", failed: "\u2715", interrupted: "\u25A0", running: "\u25B6", noop: "=",
  skipped: "\u2013", waiting: "\u2026",
};
const FONT = getComputedStyle(document.body).fontFamily;

/** Milliseconds as people read them. */
function brief(ms) {
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  if (ms < 1e3) return ms + " ms";
  const seconds = Math.floor(ms / 1e3);
  if (seconds < 60) return seconds + "." + Math.floor((ms % 1e3) / 100) + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min " + two(seconds % 60) + " s";
  if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + two((seconds % 3600) / 60) + " min";
  return Math.floor(seconds / 86400) + " d";
}

/** A moment on an axis whose ticks are so far apart. */
function tick(ms, apart) {
  if (ms === 0) return "0";
  if (apart < 1e3) return ms < 1e3 ? ms + " ms" : +(ms / 1e3).toFixed(3) + " s";
  const minutes = Math.floor(ms / 6e4);
  const seconds = Math.round((ms % 6e4) / 1e3);
  if (minutes === 0) return seconds + " s";
  if (minutes < 60) return minutes + " min" + (seconds ? " " + seconds + " s" : "");
  return Math.floor(minutes / 60) + " h" + (minutes % 60 ? " " + (minutes % 60) + " min" : "");
}

/** Distance of ticks, so that at most so many are on a stretch. */
function apart(span, most) {
  const nice = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 12e4, 3e5, 6e5,
    9e5, 18e5, 36e5, 72e5, 144e5, 432e5, 864e5];
  const least = span / Math.max(1, most);
  return nice.find((distance) => distance >= least) || Math.ceil(least / 864e5) * 864e5;
}

/** A colour of the style sheet, as it is now. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

/** Text for a tooltip; whatever a guest printed stays text. */
function tip(heading, ...lines) {
  const box = document.createElement("div");
  box.className = "tip";
  const bold = document.createElement("b");
  bold.textContent = heading;
  box.append(bold);
  for (const line of lines.filter(Boolean)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    box.append(paragraph);
  }
  return box;
}

function tooltip() {
  return {
    trigger: "item",
    confine: true,
    transitionDuration: 0,
    backgroundColor: colour("paper"),
    borderColor: colour("soft"),
    textStyle: { color: colour("ink"), fontFamily: FONT, fontSize: 13 },
  };
}

/** Shows a tooltip after a drawing, which later puts back the one that was there before. */
function showTip(chart, where) {
  setTimeout(() => where() && chart.dispatchAction({ type: "showTip", ...where() }));
}

function textWidth(text, font) {
  const pen = textWidth.pen || (textWidth.pen = document.createElement("canvas").getContext("2d"));
  pen.font = font + " " + FONT;
  return pen.measureText(text).width;
}

/** A place for a chart, which is drawn anew when its width or the colour scheme changes. */
function place(id, draw) {
  const element = document.getElementById(id);
  element.hidden = false;
  const chart = echarts.init(element, null, { renderer: "svg" });
  let width = element.clientWidth;
  const fit = () => {
    if (element.clientWidth !== width) {
      width = element.clientWidth;
      draw();
    }
  };
  // Drawing changes the height, which the observer must not see before it is done.
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  document.querySelectorAll(".tools").forEach((tools) => (tools.hidden = false));
  return { element, chart };
}

/** Calls what belongs to a key; other keys keep their meaning. */
function keys(element, actions) {
  element.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (action && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      action();
    }
  });
}
