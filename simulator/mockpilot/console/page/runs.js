// Runs: a selection of the catalogue against whoever is connected, how far it is, and what came of it.

import {act, ask, askText, field, open, say} from "./asking.js";
import {$, button, count, make, renew} from "./making.js";

const LOOKS = {passed: ["✓", "good"], warned: ["!", "should"], inconclusive: ["?", "should"], failed: ["✗", "bad"]};
const SHOWN = 5, RUNNING = "goes on";
const path = run => `/runs/${encodeURIComponent(run.id)}`;
const words = text => text.split(/[ ,]+/).filter(Boolean);

let last = null;

// A run is told by whom everybody waits for; the runs themselves are only asked for when that changes.
export async function followRuns(awaited) {
  const busy = awaited.filter(one => one.who === "mockpilot").map(one => one.what).join();
  if (busy !== last) { last = busy; await showRuns(); }
}
async function showRuns() {
  const all = await ask("GET", "/runs").catch(error => error.status === 404 ? null : []);
  $("certify").hidden = all === null;
  $("runs-box").hidden = !all?.length;
  renew("runs", (all ?? []).slice(0, SHOWN), shown => shown.map(drawRun));
}
function tag(outcome) {
  const [mark, look] = LOOKS[outcome] ?? ["·", ""];
  return make("span", {class: `tag ${look}`}, `${mark} ${outcome}`);
}
function drawRun(run) {
  const runs = run.state === RUNNING;
  return make("div", {class: "run", "data-key": `${run.id} ${run.state}`},
    make("div", {class: "row"}, make("h3", {}, run.selection.join(" ") || "everything"), runs ? make("span", {class: "tag"}, RUNNING) : tag(run.outcome), make("small", {class: "end"}, `${run.done} of ${run.of}`)),
    runs ? make("progress", {max: run.of, value: run.done, "aria-label": `${run.done} of ${run.of}`}) : null,
    make("small", {}, runs ? run.playing && `plays ${run.playing}` : run.state === "finished" ? run.id : `${run.id}, ${run.state}`), run.trouble ? make("p", {}, run.trouble.trim().split("\n").at(-1)) : null,
    make("div", {class: "buttons"}, button("Results …", () => showResults(run), {class: "small"}), runs ? button("Stop", () => stop(run), {class: "small act"}) : null));
}
async function stop(run) {
  if (await act("DELETE", path(run))) await showRuns();
}
export function certify() {
  const selection = make("input", {placeholder: "everything"}), skip = make("input", {placeholder: "nothing"});
  open("Run scenarios", "Certifies who is connected: links end, and until it is over links, faults and depot are the run's. Scenarios, requirements and rules, or how they begin: boot_accepted, L-03, L-", [make("div", {class: "fields"}, field("play", selection), field("leave out", skip))], "Run", async () => {
    const begun = await ask("POST", "/runs", {selection: words(selection.value), skip: words(skip.value)});
    say(`${count(begun.of, "scenario")} to play`);
    await showRuns();
  });
}
async function showResults(run) {
  const told = await ask("GET", path(run)).catch(error => say(error.message, true));
  if (!told) return;
  const report = make("p", {}, told.state === RUNNING ? "The report is written at its end." : button("Download report.html", () => fetchReport(run, report), {class: "small"}));
  open(`Run ${run.id}`, `${told.state}: ${told.outcome}, ${told.done} of ${told.of} · ${told.folder}`, [
    make("div", {class: "results", tabindex: "0"}, ...told.scenarios.map(drawScenario)), report], null, () => false);
}
function drawScenario(one) {
  const head = [tag(one.outcome), " ", one.name];
  if (!one.findings.length && !one.why) return make("p", {class: "scenario"}, ...head);
  return make("details", {class: "scenario", open: one.outcome === "failed"}, make("summary", {}, ...head),
    one.why ? make("p", {class: "quiet"}, one.why) : null, ...one.findings.map(drawFinding));
}
function drawFinding(one) {
  const said = ["expected", "observed", "perhaps"].filter(name => one[name]);
  return make("div", {class: "finding"},
    make("div", {class: "row"}, make("span", {class: `tag ${one.level}`}, one.level.toUpperCase()), make("h3", {}, one.requirement), make("small", {}, one.rule)), make("p", {}, one.message),
    make("dl", {}, ...said.flatMap(name => [make("dt", {}, name), make("dd", {}, one[name])])));
}
// The report's own script runs nowhere but in a file: so it is saved, and not shown here.
async function fetchReport(run, place) {
  try {
    const page = new Blob([await askText(`${path(run)}/report`)], {type: "text/html"});
    const link = make("a", {class: "to", download: `${run.id}.html`, href: URL.createObjectURL(page)}, `${run.id}.html`);
    place.replaceChildren("saved as ", link);
    link.click();
  } catch (error) { say(error.message, true); }
}
