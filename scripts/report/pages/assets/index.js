"use strict";

const data = window.blueprintData;
const EVERYTHING = "bash run_pipeline.sh --full";
const cycleOf = (version) => data.cycles.find((cycle) => cycle.version === version);

function renderProblems() {
  byId("problems").hidden = data.problems.length === 0;
  show("problems", el("h2", {}, "Files that could not be read"),
    el("p", { class: "lead" }, "They were left as they are; everything else is shown."),
    el("ul", {}, data.problems.map(({ problem, fix }) => el("li", {}, problem, el("div", { class: "muted" }, `Fix: ${advice(fix)}`)))));
}

function tile(name, value, note) {
  return el("div", { class: "tile" }, el("div", { class: "name" }, name), el("div", { class: "value" }, value), el("div", { class: "note" }, note));
}

function figureTile(name, figure, base) {
  return tile(name, percent(figure), [interval(figure), base ? el("div", {}, `base model: ${percent(base)}`) : null]);
}

function renderTiles() {
  const cycle = cycleOf(data.newest) || {};
  const base = data.newest === 0 ? {} : cycleOf(0) || {};
  const last = data.runs[0];
  show("tiles",
    tile("Newest version", data.newest == null ? "none" : versionName(data.newest), cycle.finished ? [cycle.status === "complete" ? "trained" : cycle.status, " ", when(cycle.finished)] : "not trained yet"),
    figureTile("Hold-out: right as graphs", cycle.hold_out?.graph_equal, base.hold_out?.graph_equal),
    figureTile("Lessons: right as graphs", cycle.lessons?.graph_equal, base.lessons?.graph_equal),
    figureTile("Evaluation score", cycle.evaluation?.score, base.evaluation?.score),
    tile("Health", data.health ? badge(data.health.worst, LEVEL_BADGES[data.health.worst]) : "–",
      data.health ? counted(data.health.findings.filter((f) => f.level !== "INFO").length, "alert") : "not checked yet"),
    tile("Last run", last ? badge(last.status, RUN_BADGES[last.status]) : "–", last ? [last.mode, ", ", when(last.started_at)] : "no run yet"));
}

function renderScores() {
  const cycles = data.cycles.filter((cycle) => cycle.hold_out || cycle.lessons || cycle.evaluation);
  if (cycles.length === 0) return show("scores", empty("No exam has been taken yet.", EVERYTHING));
  const series = [
    { label: "hold-out", colour: "accent", figures: cycles.map((cycle) => cycle.hold_out?.graph_equal) },
    { label: "lessons", colour: "second", figures: cycles.map((cycle) => cycle.lessons?.graph_equal) },
    { label: "evaluation", colour: "third", figures: cycles.map((cycle) => cycle.evaluation?.score) },
  ].filter((line) => line.figures.some(Boolean));
  const host = el("div");
  show("scores", host, el("details", {}, el("summary", {}, "As a table"), figuresTable(cycles)));
  intervalChart(host, { description: "Exam and evaluation figures by version; the table below has the same numbers.",
    versions: cycles.map((cycle) => cycle.version), series });
}

function figuresTable(cycles) {
  const figure = (name, pick) => ({ name, number: true, cell: (cycle) => (pick(cycle) ? `${percent(pick(cycle))} (${interval(pick(cycle))})` : "–") });
  return table("Mean and 95 % interval", [
    { name: "Version", cell: (cycle) => versionName(cycle.version) },
    figure("Hold-out, right as graphs", (cycle) => cycle.hold_out?.graph_equal),
    figure("Hold-out, score", (cycle) => cycle.hold_out?.score),
    figure("Lessons, right as graphs", (cycle) => cycle.lessons?.graph_equal),
    figure("Lessons, score", (cycle) => cycle.lessons?.score),
    figure("Valid answers", (cycle) => (cycle.hold_out || cycle.lessons)?.valid),
    figure("Evaluation", (cycle) => cycle.evaluation?.score),
  ], [...cycles].reverse());
}

function renderTraining() {
  const versions = Object.keys(data.training).map(Number).sort((a, b) => b - a);
  fillSelect("training-version", versions.map((version) => [version, versionName(version)]), versions[0]);
  byId("training-version").parentElement.hidden = versions.length < 2;
  byId("training-version").onchange = (event) => drawTraining(Number(event.target.value));
  if (versions.length === 0) return show("loss", empty("Nothing has been trained yet.", EVERYTHING));
  drawTraining(versions[0]);
}

function drawTraining(version) {
  const run = data.training[version];
  const cycle = cycleOf(version) || {};
  const facts = [cycle.base_model, cycle.start_from && `from ${cycle.start_from}`, `${number(cycle.training?.steps)} optimiser steps`,
    duration(cycle.duration_s), cycle.training?.answer_tokens_per_s && `${number(cycle.training.answer_tokens_per_s, 0)} answer tokens/s`,
    cycle.device, ...(cycle.reductions || []).map((r) => `${r.setting} reduced from ${r.from} to ${r.to}`),
    [cycle.status === "complete" ? "" : cycle.status, cycle.stop_reason].filter(Boolean).join(": ")];
  show("training-lead", facts.filter(Boolean).join(" · "));
  if (run.steps.length === 0) return show("loss", empty(`${versionName(version)} has no training log.`));
  const [loss, rate] = [el("div"), el("div")];
  show("loss", el("h3", {}, "Loss"), loss);
  show("learning-rate", el("h3", {}, "Learning rate"), rate);
  stepChart(loss, { description: `Training and validation loss of ${versionName(version)}, ending at ${number(run.loss.at(-1))}.`,
    steps: run.steps, y: "loss", series: [{ label: "training", values: run.loss, colour: "accent" },
      { label: "validation", values: run.validation_loss, colour: "second", points: true }] });
  stepChart(rate, { description: `Learning rate of ${versionName(version)} by optimiser step.`,
    steps: run.steps, y: "per step", series: [{ label: "learning rate", values: run.learning_rate, colour: "third" }] });
}

function renderHealth() {
  if (!data.health) return show("health", empty("Health has not been checked yet.", "python scripts/19_training_health_monitor.py"));
  const named = data.health.version == null ? "before the first training" : `of ${versionName(data.health.version)}`;
  show("health-lead", `State ${named}, run ${data.health.run_id}.`);
  const finding = (f) => el("div", { class: "finding" }, el("div", {}, badge(f.level, LEVEL_BADGES[f.level])), el("div", {},
    el("p", {}, f.message, " ", el("span", { class: "dimension" }, f.dimension)),
    f.remedy ? el("p", { class: "muted" }, `→ ${advice(f.remedy)}`) : null,
    f.last_seen !== data.health.checked ? el("p", { class: "muted" }, ["seen by an earlier attempt of this run, ", when(f.last_seen)]) : null,
    Object.keys(f.evidence).length ? el("details", {}, el("summary", {}, "Numbers"), el("pre", {}, JSON.stringify(f.evidence, null, 1))) : null));
  const alerts = data.health.findings.filter((f) => f.level !== "INFO");
  const notes = data.health.findings.filter((f) => f.level === "INFO");
  show("health", alerts.map(finding), el("details", { open: alerts.length === 0 }, el("summary", {}, counted(notes.length, "note")), notes.map(finding)));
}

const SHOWN_VERSIONS = 4;

function renderParts() {
  const examined = data.cycles.filter((cycle) => Object.keys(cycle.by_lesson).length);
  if (examined.length === 0) return show("parts", empty("No exam has been taken yet.", EVERYTHING));
  const newest = examined.slice(-SHOWN_VERSIONS).reverse();
  const cycles = newest.some((cycle) => cycle.version === 0) ? newest : newest.concat(examined.filter((cycle) => cycle.version === 0));
  const rows = (part) => [...new Set(cycles.flatMap((cycle) => Object.keys(cycle[part])))].sort();
  const isHoldOut = (name) => cycles.some((cycle) => cycle.by_lesson[name]?.hold_out);
  const columns = (name, part, text) => [{ name, cell: text }, ...cycles.map((cycle) => ({ name: versionName(cycle.version), number: true,
    cell: (row) => bar(cycle[part][row]?.graph_equal) }))];
  show("parts", table("Lessons", columns("Lesson", "by_lesson", (row) => [row, " ", isHoldOut(row) ? badge("hold-out", "note") : null].filter(Boolean)), rows("by_lesson")),
    el("details", {}, el("summary", {}, "By category"), table("Categories of all exams", columns("Category", "by_category", (row) => row), rows("by_category"))));
}

function bar(figure) {
  if (!figure) return "–";
  return [percent(figure), el("span", { class: "cell-bar", title: interval(figure) }, el("i", { style: `width:${figure.mean}%` }))];
}

/** What the lesson after each version aimed at, and what the next version made of it; the newest first. */
function renderCorrections() {
  const effects = [...data.cycles].reverse().flatMap((cycle) => cycle.corrections.map((effect) => ({ ...effect, version: cycle.version })));
  if (effects.length === 0) return show("corrections", empty("No version has been trained on correction lessons yet.", `${EVERYTHING} --next-cycle`));
  const share = (value) => (value == null ? "–" : `${Math.round(100 * value)} %`);
  const change = (effect) => {
    if (effect.before == null || effect.after == null) return "–";
    const points = Math.round(100 * (effect.after - effect.before));
    return badge(`${points > 0 ? "+" : ""}${points}`, points > 0 ? "good" : points < 0 ? "bad" : "note");
  };
  show("corrections", table("Points are percentage points.", [
    { name: "Version", cell: (effect) => versionName(effect.version) },
    { name: "Weakness", cell: (effect) => [effect.name, " ", el("span", { class: "muted" }, effect.kind)] },
    { name: "Prompts", number: true, cell: (effect) => effect.n },
    { name: "Before", number: true, cell: (effect) => share(effect.before) },
    { name: "After", number: true, cell: (effect) => share(effect.after) },
    { name: "Points", number: true, cell: change },
  ], effects));
}

const FIRST_NODES = 15;
let allNodes = false;

function renderMastery() {
  const versions = data.mastery.versions;
  if (versions.length === 0) return show("mastery", empty("No exam has been taken yet.", EVERYTHING));
  const wanted = byId("node-filter").value.trim().toLowerCase();
  const found = data.mastery.nodes.filter((node) => node.name.toLowerCase().includes(wanted));
  const shown = allNodes || wanted ? found : found.slice(0, FIRST_NODES);
  const cell = (node, version) => {
    const tally = node.by_version[version];
    if (!tally) return "–";
    const share = (100 * tally[0]) / tally[1];
    return [`${tally[0]} of ${tally[1]}`, el("span", { class: "cell-bar", title: `${Math.round(share)} %` }, el("i", { style: `width:${share}%` }))];
  };
  show("mastery", table(`Most asked for first; ${data.mastery.mastered} of ${data.mastery.nodes.length} node types mastered (four of five found).`,
    [{ name: "Node type", cell: (node) => node.name },
      ...versions.map((version) => ({ name: versionName(version), number: true, cell: (node) => cell(node, version) }))], shown),
  found.length > shown.length ? el("button", { onclick: () => { allNodes = true; renderMastery(); } }, `Show all ${found.length}`) : null);
}

const SOURCE_COLOURS = ["accent", "second", "third", "fourth", "good", "warn"];

function renderComposition() {
  const rows = data.rows;
  if (!rows) return show("composition", empty("There is no data set yet.", "bash run_pipeline.sh --data-only"));
  const sources = Object.entries(rows.by_source).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  const shade = (i) => `var(--${SOURCE_COLOURS[i % SOURCE_COLOURS.length]})`;
  const share = (count) => (100 * count) / rows.train;
  show("composition",
    el("p", { class: "lead" }, `${number(rows.train)} training rows, ${number(rows.validation)} for validation.`),
    sources.length ? el("div", { class: "share", "aria-hidden": "true" }, sources.map(([, n], i) => el("i", { style: `width:${share(n)}%;background:${shade(i)}` }))) : null,
    sources.length ? table("Training rows by source", [
      { name: "Source", cell: ([source], i) => [el("span", { class: "swatch", style: `background:${shade(sources.findIndex((s) => s[0] === source))}` }), source] },
      { name: "Rows", number: true, cell: ([, count]) => number(count) },
      { name: "Share", number: true, cell: ([, count]) => `${share(count).toFixed(1)} %` }], sources) : null,
    renderDropped(rows.dropped));
}

function renderDropped(dropped) {
  const reasons = Object.entries(dropped).filter(([, count]) => count > 0);
  if (reasons.length === 0) return null;
  return el("p", { class: "muted" }, "Left out by the merge: ", reasons.map(([reason, count]) => `${number(count)} ${reason.replaceAll("_", " ")}`).join(", "), ".");
}

function renderVersions() {
  if (data.cycles.length === 0) return show("versions", empty("There is no version yet.", EVERYTHING));
  show("versions", table("Newest first", [
    { name: "Version", cell: (cycle) => versionName(cycle.version) },
    { name: "Rows", number: true, cell: (cycle) => number(cycle.rows.train) },
    { name: "Final loss", number: true, cell: (cycle) => number(cycle.training.final_loss) },
    { name: "Training", number: true, cell: (cycle) => duration(cycle.duration_s) },
    { name: "Started from", cell: (cycle) => cycle.start_from || "–" },
    { name: "Data", cell: (cycle) => (cycle.data_hash ? el("code", { title: cycle.data_hash }, cycle.data_hash.slice(0, 8)) : "–") },
  ], [...data.cycles].reverse()));
}

const RUN_BADGES = { complete: "good", stopped: "note", running: "note", failed: "bad", "cut off": "bad" };

/** Why a run ended as it did: the first step that was not done, with its reason, and the bad inputs. */
function exitReason(run) {
  const ended = run.steps.find((step) => step.status === "failed" || step.status === "stopped");
  const findings = run.steps.flatMap((step) => step.findings);
  return [ended ? `${ended.name}: ${[ended.category, ended.reason].filter(Boolean).join(" ")}` : null,
    findings.length ? el("details", {}, el("summary", {}, counted(findings.length, "bad input")), findings.map((f) => el("div", {}, f.problem, el("div", { class: "muted" }, `Fix: ${advice(f.fix)}`)))) : null];
}

function renderRuns() {
  if (data.runs.length === 0) return show("runs", empty("No run has been recorded yet.", EVERYTHING));
  const seconds = (run) => (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000;
  const skipped = (run) => run.steps.filter((step) => step.status === "skipped").length;
  show("runs", table("Newest first", [
    { name: "Started", cell: (run) => when(run.started_at) },
    { name: "Mode", cell: (run) => run.mode },
    { name: "Result", cell: (run) => badge(run.status, RUN_BADGES[run.status]) },
    { name: "Exit", number: true, cell: (run) => run.exit_code ?? "–" },
    { name: "Took", number: true, cell: (run) => duration(seconds(run)) },
    { name: "Steps", cell: (run) => `${run.steps.length}${skipped(run) ? `, ${skipped(run)} unchanged` : ""}` },
    { name: "Reason", cell: exitReason },
  ], data.runs));
}

if (data) {
  show("made", ["made ", when(data.made)]);
  [renderProblems, renderTiles, renderScores, renderTraining, renderHealth, renderParts, renderCorrections, renderMastery, renderComposition, renderVersions, renderRuns].forEach((render) => render());
  byId("node-filter").addEventListener("input", renderMastery);
} else {
  show("tiles", empty("data.js beside this page is missing.", "python scripts/14_update_dashboard.py"));
}
