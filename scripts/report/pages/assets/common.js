"use strict";

/** An element with attributes and children; text goes in as text, never as markup. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

const byId = (id) => document.getElementById(id);
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const versionName = (version) => (version === 0 ? "base" : `v${version}`);

function show(id, ...children) {
  byId(id).replaceChildren(...children.flat().filter((child) => child != null));
}

/** A text with the project named in every command that it advises; window.blueprintProject is empty for the default one. */
const advice = (text) => text.replace(/(?:scripts\/\d\d_\w+\.py|run_pipeline\.sh)(?! --project)/g, (script) => script + (window.blueprintProject || ""));

/** What an empty place says: that nothing was measured, and what to run. */
function empty(text, command) {
  return el("p", { class: "empty" }, text, command ? [" Run ", el("code", {}, advice(command))] : null);
}

function number(value, digits = 3) {
  if (!isNumber(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return size !== 0 && size < 0.001 ? value.toExponential(1) : value.toLocaleString("en", { maximumFractionDigits: digits });
}

const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
const percent = (figure) => (figure ? `${Math.round(figure.mean)} %` : "–");
const interval = (figure) => (figure ? `${Math.round(figure.low)} to ${Math.round(figure.high)} %, n=${figure.n}` : "not measured yet");

function duration(seconds) {
  if (!isNumber(seconds)) return "–";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

function when(iso) {
  const time = new Date(iso);
  if (!iso || Number.isNaN(time.getTime())) return iso || "–";
  return el("time", { datetime: iso, title: iso }, time.toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}

const LEVEL_BADGES = { CRITICAL: "bad", WARNING: "warn", SUGGESTION: "note", INFO: "" };
const badge = (text, kind) => el("span", { class: `badge ${kind || ""}` }, text);

/** A table; a column is {name, cell(row), number?}. */
function table(caption, columns, rows) {
  const kind = (column) => (column.number ? "number" : null);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, el("table", {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col", class: kind(column) }, column.name)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((column) => el("td", { class: kind(column) }, column.cell(row))))))));
}

function fillSelect(id, options, chosen) {
  byId(id).replaceChildren(...options.map(([value, text]) => el("option", { value, selected: String(value) === String(chosen) }, text)));
}
