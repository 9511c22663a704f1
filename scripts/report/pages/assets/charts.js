"use strict";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const drawn = new Map();

/** Draw into `host`, again whenever its width or the colour scheme changes; `options()` is asked anew each time. */
function draw(host, description, options, data) {
  host.classList.add("chart");
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", description);
  drawn.get(host)?.observer.disconnect();
  const redraw = () => {
    drawn.get(host)?.plot?.destroy();
    drawn.get(host).plot = new uPlot({ width: Math.max(240, host.clientWidth), ...options() }, data, host);
  };
  const observer = new ResizeObserver(() => {
    const plot = drawn.get(host).plot;
    if (plot && plot.width !== host.clientWidth && host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height: plot.height });
  });
  drawn.set(host, { observer, redraw });
  redraw();
  observer.observe(host);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((chart) => chart.redraw()));

const axis = (label, more = {}) => ({
  stroke: colour("muted"), label, labelSize: 16, labelGap: 0, labelFont: "12px system-ui", font: "12px system-ui",
  grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 }, ...more,
});

const WHOLE_NUMBERS = [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4, 5, 6].map((power) => n * 10 ** power)).sort((a, b) => a - b);

/** Lines over steps. series: [{label, values, colour, points?}] */
function stepChart(host, { description, steps, series, y, log }) {
  const options = () => ({
    height: 260,
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [axis("optimiser step", { size: 34, incrs: WHOLE_NUMBERS }), axis(y, { size: 64, values: (_, splits) => splits.map((v) => (v == null ? "" : number(v, 4))) })],
    series: [{ label: "step", value: (_, v) => number(v) }, ...series.map((line) => ({
      label: line.label, stroke: colour(line.colour), width: line.points ? 2 : 1.5, spanGaps: true,
      points: { show: Boolean(line.points) || steps.length < 40, size: 6, fill: colour(line.colour) }, value: (_, v) => number(v, 4),
    }))],
  });
  draw(host, description, options, [steps, ...series.map((line) => line.values)]);
}

/** Figures with 95 % intervals over versions, the series side by side. series: [{label, figures: [figure|null], colour}] */
function intervalChart(host, { description, versions, series }) {
  const ratio = () => devicePixelRatio;
  const marks = (plot) => series.forEach((line, index) => {
    const shift = (index - (series.length - 1) / 2) * 9 * ratio();
    const points = versions.map((version, i) => line.figures[i] && {
      x: plot.valToPos(version, "x", true) + shift,
      ...Object.fromEntries(["mean", "low", "high"].map((key) => [key, plot.valToPos(line.figures[i][key], "y", true)])),
    }).filter(Boolean);
    drawMarks(plot.ctx, points, colour(line.colour), ratio());
  });
  const options = () => ({
    height: 280,
    scales: { x: { time: false, range: (_, low, high) => [low - 0.5, high + 0.5] }, y: { range: [0, 100] } },
    axes: [axis("version", { size: 34, incrs: WHOLE_NUMBERS, values: (_, splits) => splits.map((v) => (versions.includes(v) ? versionName(v) : "")) }),
      axis("percent", { size: 56 })],
    series: [{ label: "version", value: (_, v) => (v == null ? "–" : versionName(v)) }, ...series.map((line) => ({
      label: line.label, stroke: colour(line.colour), width: 2, paths: () => null, points: { show: false },
      value: (_, v, __, i) => (i == null || !line.figures[i] ? "–" : `${percent(line.figures[i])} (${interval(line.figures[i])})`),
    }))],
    hooks: { draw: [marks] },
  });
  draw(host, description, options, [versions, ...series.map((line) => line.figures.map((figure) => figure && figure.mean))]);
}

function drawMarks(ctx, points, stroke, ratio) {
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = stroke;
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  points.forEach(({ x, mean }, i) => (i ? ctx.lineTo(x, mean) : ctx.moveTo(x, mean)));
  ctx.stroke();
  ctx.lineWidth = 1.5 * ratio;
  for (const { x, mean, low, high } of points) {
    ctx.beginPath();
    ctx.moveTo(x, low);
    ctx.lineTo(x, high);
    for (const end of [low, high]) {
      ctx.moveTo(x - 4 * ratio, end);
      ctx.lineTo(x + 4 * ratio, end);
    }
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, mean, 4 * ratio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}
