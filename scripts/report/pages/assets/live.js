"use strict";

// A page from disk cannot fetch JSON, but it may load a script again and again; the logger writes this one.
const SOURCE = "../logs/pipeline_live_state.js";
const POLL_MS = 2000;
// As long as the stall watch waits before it warns.
const SILENT_S = 300;
const losses = new Map();
let lossRun = "";
let lossShown = 0;
let lastLog = null;

function poll() {
  const script = el("script", { src: `${SOURCE}?t=${Date.now()}`, onload: () => script.remove(), onerror: () => { script.remove(); showNothing(); } });
  document.head.append(script);
}

function showNothing() {
  show("status", el("strong", {}, "No run has been recorded yet."));
  show("now", empty("This page follows a run as soon as one starts.", "bash run_pipeline.sh --full"));
}

/** Called by the loaded script. */
function onLiveState({ state, log }) {
  show("made", `looked at ${new Date().toLocaleTimeString()}`);
  showStatus(state);
  showNow(state);
  showError(state);
  showLosses(state, log);
  showLog(log);
}

const silence = (state) => (Date.now() - Date.parse(state.updated_at)) / 1000;

let statusShown = "";
function showStatus(state) {
  const isIdle = state.status === "idle";
  const isSilent = state.status === "running" && silence(state) > SILENT_S;
  const text = isIdle ? "Nothing is running" : isSilent ? `No news for ${duration(silence(state))}` : [state.status, state.mode].filter(Boolean).join(": ");
  if (text === statusShown) return;
  statusShown = text;
  show("status", el("strong", {}, el("span", { class: `pulse ${isIdle ? "" : isSilent ? "bad" : "good"}` }), text));
}

function showNow(state) {
  if (state.status === "idle") return show("now", empty("The log below is of the last run. To start one:", "bash run_pipeline.sh --full"));
  const known = state.progress_total > 0;
  show("now",
    el("p", {}, el("strong", {}, `Step ${state.step || "–"}`), ` ${state.step_text || ""}`),
    el("progress", { max: known ? state.progress_total : null, value: known ? state.progress_done : null, "aria-label": "progress of the step" }),
    el("p", { class: "muted" }, [
      known ? `${number(state.progress_done)} of ${number(state.progress_total)}` : null, state.progress_text,
      isNumber(state.eta_s) ? `step: about ${duration(state.eta_s)}` : null, isNumber(state.run_eta_s) ? `run: about ${duration(state.run_eta_s)} left` : null,
    ].filter(Boolean).join(" · ")),
    el("p", { class: "muted" }, state.run_id ? ["run ", state.run_id, ", started ", when(state.started_at), ". "] : null, "To stop at the next safe place: ", el("code", {}, advice("python scripts/15_stop_signal.py stop"))));
}

function showError(state) {
  const errors = [...(state.error_history || []), ...(state.error_info ? [state.error_info] : [])];
  byId("error").hidden = errors.length === 0 && !state.retry_info;
  const line = (error) => el("li", {}, [error.step && `step ${error.step}`, error.category, error.problem || error.message].filter(Boolean).join(": "),
    error.fix ? el("div", { class: "muted" }, `Fix: ${advice(error.fix)}`) : null);
  show("error", el("h2", {}, state.retry_info ? "Trying again" : "Errors of this run"),
    state.retry_info ? el("p", {}, Object.entries(state.retry_info).map(([key, value]) => `${key.replaceAll("_", " ")}: ${value}`).join(", ")) : null,
    el("ul", {}, errors.map(line)));
}

const PROGRESS = /\[4\.3\] (\d+)\/\d+ .*loss=([\d.]+)/;

/** Losses as the progress lines of the log tell them; they gather while the page is open. */
function showLosses(state, log) {
  if (state.run_id && state.run_id !== lossRun) {
    losses.clear();
    lossRun = state.run_id;
  }
  // Only what follows the last start of the training loop belongs to this run.
  const start = log.findLastIndex((line) => line.includes("[STEP 4.3] STARTING"));
  for (const line of log.slice(Math.max(0, start))) {
    const match = PROGRESS.exec(line);
    if (match) losses.set(Number(match[1]), Number(match[2]));
  }
  byId("loss-section").hidden = losses.size < 2;
  if (losses.size < 2 || losses.size === lossShown) return;
  lossShown = losses.size;
  const points = [...losses].sort((a, b) => a[0] - b[0]);
  stepChart(byId("loss"), { description: `Training loss so far, now ${points.at(-1)[1]}.`, steps: points.map((p) => p[0]), y: "loss",
    series: [{ label: "loss", values: points.map((p) => p[1]), colour: "accent" }] });
}

function showLog(log) {
  const text = log.join("\n");
  if (text === lastLog) return;
  lastLog = text;
  const old = byId("log").querySelector("pre");
  const atEnd = !old || old.scrollTop + old.clientHeight >= old.scrollHeight - 20;
  const shown = text ? el("pre", { class: "log", tabindex: "0" }, text) : empty("The log is empty.");
  const place = old ? old.scrollTop : 0;
  show("log", shown);
  shown.scrollTop = atEnd ? shown.scrollHeight : place;
}

poll();
setInterval(poll, POLL_MS);
