"use strict";

const data = window.blueprintData;
const FIRST_ANSWERS = 100;
const loaded = new Map();

const RESULTS = {
  all: ["all", () => true],
  wrong: ["not right as a graph", (answer) => !answer.graph_equal],
  right: ["right as a graph", (answer) => answer.graph_equal],
  invalid: ["not valid", (answer) => answer.status === "ok" && !answer.valid],
  cut: ["not finished", (answer) => answer.status !== "ok"],
};

/** Called by the scripts exam_vN.js, one a version: only what is looked at is loaded. */
function onExams(version, exams) {
  loaded.set(version, exams);
  start(version);
}

function load(version) {
  if (loaded.has(version)) return start(version);
  const script = el("script", { src: `exam_v${version}.js?t=${data.made}`, onerror: () => show("answers", empty(`exam_v${version}.js is missing.`, "python scripts/14_update_dashboard.py")) });
  document.head.append(script);
}

const answersOf = (exams) => exams.flatMap((exam) => exam.answers.map((answer) => ({ ...answer, exam })));

function start(version) {
  const exams = loaded.get(version);
  const name = (exam) => exam.lesson_id + (exam.hold_out ? " (hold-out)" : "");
  const keep = (id) => byId(id).value || "all";
  const categories = [...new Set(answersOf(exams).map((answer) => answer.category).filter(Boolean))].sort();
  fillSelect("lesson", [["all", "all"], ["hold-out", "all hold-outs"], ...exams.map((exam) => [exam.lesson_id, name(exam)])], keep("lesson"));
  fillSelect("category", [["all", "all"], ...categories.map((category) => [category, category])], keep("category"));
  fillSelect("result", Object.entries(RESULTS).map(([key, [text]]) => [key, text]), keep("result"));
  render();
  openLinked();
}

/** exam.html#lesson_01_07 opens that answer. */
function openLinked() {
  const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!linked?.classList.contains("answer")) return;
  linked.open = true;
  linked.scrollIntoView();
}

function chosen() {
  const [lesson, category, result] = ["lesson", "category", "result"].map((id) => byId(id).value);
  const text = byId("text").value.trim().toLowerCase();
  return answersOf(loaded.get(Number(byId("version").value)) || []).filter((answer) =>
    (lesson === "all" || answer.exam.lesson_id === lesson || (lesson === "hold-out" && answer.exam.hold_out))
    && (category === "all" || answer.category === category)
    && RESULTS[result][1](answer)
    && (!text || `${answer.prompt_id} ${answer.instruction} ${answer.actual_dsl}`.toLowerCase().includes(text)));
}

function render(limit = FIRST_ANSWERS) {
  const answers = chosen().sort((a, b) => a.score - b.score);
  const share = (holds) => (answers.length ? `${Math.round((100 * answers.filter(holds).length) / answers.length)} %` : "–");
  const mean = answers.reduce((sum, answer) => sum + answer.score, 0) / answers.length;
  show("figures", el("p", {}, `${answers.length} answers: ${share((a) => a.graph_equal)} right as graphs, ${share((a) => a.valid)} valid, mean score ${number(mean, 0)}. The weakest come first.`));
  show("answers", answers.length ? answers.slice(0, limit).map(card) : empty("No answer fits these choices."),
    answers.length > limit ? el("button", { onclick: () => render(Infinity) }, `Show the other ${answers.length - limit}`) : null);
}

function verdict(answer) {
  if (answer.status === "timeout_skipped") return badge("timed out", "warn");
  if (answer.status !== "ok") return badge(answer.status, "bad");
  if (answer.graph_equal) return badge("right", "good");
  return answer.valid ? badge("wrong", "warn") : badge("not valid", "bad");
}

function card(answer) {
  const body = el("div", { class: "body" });
  const open = (event) => { if (event.target.open && !body.hasChildNodes()) body.append(...details(answer)); };
  return el("details", { class: "answer", id: answer.prompt_id, ontoggle: open }, el("summary", {}, el("span", {}, verdict(answer)),
    el("span", { class: "score", title: "score, 0 to 100" }, Math.round(answer.score)), el("span", { class: "id" }, answer.prompt_id),
    el("span", { class: "instruction" }, answer.instruction)), body);
}

function details(answer) {
  const facts = [answer.exam.lesson_id, answer.category, `${answer.tokens} tokens in ${number(answer.seconds, 1)} s`, answer.stop_reason && `ended by: ${answer.stop_reason}`,
    ...["nodes", "wires", "properties"].map((part) => isNumber(answer[`${part}_f1`]) && `${part} F1 ${number(answer[`${part}_f1`], 2)}`)].filter(Boolean);
  return [
    el("p", { class: "muted" }, facts.join(" · "), answer.exam.page ? [" · ", el("a", { href: answer.exam.page }, "graphs as pictures")] : null),
    list("What is different", answer.mistakes, (m) => (typeof m === "string" ? m : [m.kind, m.what].filter(Boolean).join(": "))),
    list("What the validator says", answer.findings, (f) => (typeof f === "string" ? f : [f.line && `line ${f.line}`, f.code, f.message].filter(Boolean).join(": "))),
    el("div", { class: "two" }, side("Expected", answer.expected, answer.actual_dsl), side("Answer", answer.actual_dsl || answer.raw_text, answer.expected)),
    answer.raw_text && answer.raw_text.trim() !== answer.actual_dsl.trim() ? el("details", {}, el("summary", {}, "Raw text of the model"), el("pre", {}, answer.raw_text)) : null,
  ].filter(Boolean);
}

function list(title, items, text) {
  return items.length ? el("div", {}, el("h3", {}, title), el("ul", {}, items.map((item) => el("li", {}, text(item))))) : null;
}

/** A text with the lines marked that the other one does not have, word for word. */
function side(title, text, other) {
  const there = new Set(other.split("\n").map((line) => line.trim()));
  const lines = text.split("\n").map((line) => (line.trim() && !there.has(line.trim()) ? el("span", { class: "alone" }, line) : line));
  return el("div", {}, el("h3", {}, title), el("pre", { tabindex: "0" }, text ? lines.flatMap((line, i) => (i ? ["\n", line] : [line])) : "(empty)"));
}

const versions = data ? data.exam_versions : [];
if (versions.length) {
  show("made", ["made ", when(data.made)]);
  fillSelect("version", versions.map((version) => [version, versionName(version)]), versions[0]);
  byId("version").addEventListener("change", () => load(Number(byId("version").value)));
  ["lesson", "category", "result"].forEach((id) => byId(id).addEventListener("change", () => render()));
  byId("text").addEventListener("input", () => render());
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  load(versions[0]);
} else {
  byId("controls").hidden = true;
  show("answers", empty("No exam has been taken yet.", "python scripts/12_run_exam.py --lesson lessons"));
}
